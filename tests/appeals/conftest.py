"""What units ask in the stories of these tests, on Friday 2024-03-22."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from sqlalchemy.orm import Session

from tests.world import city_moment, find_milestone
from tracker.appeals import actions
from tracker.appeals.models import Appeal
from tracker.evidence.models import Evidence, EvidenceVersion, Placement
from tracker.files.models import StoredFile
from tracker.files.rules import FileKind
from tracker.milestones.models import Milestone
from tracker.people.models import User
from tracker.plan.models import Material
from tracker.plan.rules import MaterialKind

Person = Callable[[str], User]
Find = Callable[..., Milestone]
TODAY = date(2024, 3, 22)
AT = city_moment("2024-03-22T09:00")
NEW_DAY = date(2024, 5, 20)


@pytest.fixture
def find(session: Session) -> Find:
    """Finds the milestone of a task, a unit and a deadline."""
    return partial(find_milestone, session)


@pytest.fixture
def row(find: Find) -> Milestone:
    """11-1 of 市农业农村局 at 自评, due on 2024-04-30."""
    return find("11-1", "市农业农村局")


@pytest.fixture
def extension(session: Session, row: Milestone, person: Person) -> Appeal:
    """市农业农村局 asks for three weeks more."""
    return actions.ask_extension(
        session, row, NEW_DAY, "检测设备 5 月到货", by=person("nongye"), at=AT, today=TODAY
    )


@pytest.fixture
def waiver(session: Session, find: Find, person: Person) -> Appeal:
    """芒康县 says that it has no such thing."""
    milestone = find("11-2", "芒康县")
    return actions.ask_waiver(session, milestone, "辖区内没有这一业态", by=person("mangkang"), at=AT)


@pytest.fixture
def proof(session: Session, row: Milestone, person: Person) -> Evidence:
    """A document of 市农业农村局, filed under 11-1."""
    return document(session, row, person("nongye"))


def document(session: Session, milestone: Milestone, by: User) -> Evidence:
    """A document of the milestone's unit, filed under its task."""
    file = StoredFile(sha256=f"{milestone.id:064}", size=1, kind=FileKind.PDF, stored_at=AT)
    material = Material(task_id=milestone.task_id, name="工作成效资料", kind=MaterialKind.OTHER, position=99)
    session.add_all([file, material])
    session.flush()
    evidence = Evidence(
        campaign_id=milestone.campaign_id, unit_id=milestone.unit_id, file_id=file.id,
        file_name="无此业态.pdf", title="无此业态的说明", proves_year=2024, created_at=AT,
        created_by_id=by.id,
    )  # fmt: skip
    session.add(evidence)
    session.flush()
    session.add(
        EvidenceVersion(
            evidence_id=evidence.id, number=1, file_id=file.id, file_name="无此业态.pdf", at=AT, by_id=by.id
        )
    )
    session.add(
        Placement(
            evidence_id=evidence.id,
            material_id=material.id,
            task_id=milestone.task_id,
            unit_id=milestone.unit_id,
        )
    )
    session.flush()
    return evidence
