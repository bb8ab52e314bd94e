"""Documents in the numbers of a city that has collected for years, named as people name them."""

import random
from collections.abc import Iterator
from itertools import count, islice
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from tests.world import city_moment, fill
from tracker.assignments.models import Assignment
from tracker.db import Database
from tracker.evidence.models import Evidence, Placement
from tracker.evidence.rules import EvidenceState
from tracker.files.models import StoredFile
from tracker.files.rules import FileKind
from tracker.people.models import User
from tracker.plan.models import Material
from tracker.units.models import Unit

AT = city_moment("2024-03-20T10:00")
YEARS = range(2022, 2026)
CHUNK = 5_000
STATES = (EvidenceState.ACCEPTED, *[EvidenceState.SUBMITTED] * 7, EvidenceState.RETURNED, EvidenceState.DRAFT)
ENDINGS = (FileKind.PDF, FileKind.DOCX, FileKind.XLSX, FileKind.JPG)
TABLES = (StoredFile, Evidence, Placement)
Row = dict[str, Any]


def fill_with_papers(database: Database, wanted: int) -> None:
    """The plan with `wanted` documents: each unit's of each material of its tasks, year by year and
    draft by draft, in the order in which a city sends them in: any."""
    fill(database)
    with database.transaction() as session:
        papers = islice(_papers(session), wanted)
        while chunk := list(islice(papers, CHUNK)):
            for table, rows in zip(TABLES, zip(*chunk, strict=True), strict=True):
                session.execute(insert(table), list(rows))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))  # what autovacuum does on a day without a bench


def _papers(session: Session) -> Iterator[tuple[Row, Row, Row]]:
    """A stored file, the document, and where it stands, for each; the same in every run."""
    slots = session.execute(
        select(Material.id, Material.name, Assignment.task_id, Assignment.campaign_id, Unit.id, Unit.short)
        .join(Assignment, Assignment.task_id == Material.task_id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .order_by(Material.id, Unit.id)
    ).all()
    writer = session.scalars(select(User.id).order_by(User.id)).first()
    orders, number = random.Random(20240320), 0
    for turn in count():
        edition, year = turn // len(YEARS) + 1, YEARS[turn % len(YEARS)]
        for slot in orders.sample(slots, len(slots)):
            number += 1
            yield _paper(number, tuple(slot), year, edition, writer)


def _paper(
    number: int, slot: tuple[Any, ...], year: int, edition: int, writer: int | None
) -> tuple[Row, Row, Row]:
    material_id, name, task_id, campaign_id, unit_id, unit = slot
    kind = ENDINGS[number % len(ENDINGS)]
    title = f"{unit}{name}（{year}年）" + (f"第{edition}稿" if edition > 1 else "")
    file = {"id": number, "sha256": f"{number:064x}", "size": number * 97, "kind": kind, "stored_at": AT}
    document = {
        "id": number, "campaign_id": campaign_id, "unit_id": unit_id, "file_id": number, "title": title,
        "file_name": f"{title}.{kind.value}", "proves_year": year, "state": STATES[number % len(STATES)],
        "document_number": f"昌食安〔{year}〕{number % 300 + 1}号" if number % 5 == 0 else "",
        "issuer": "", "note": "", "reason": "", "version_count": 1, "version": 1,
        "created_at": AT, "created_by_id": writer,
    }  # fmt: skip
    place = {"evidence_id": number, "material_id": material_id, "task_id": task_id, "unit_id": unit_id}
    return file, document, place
