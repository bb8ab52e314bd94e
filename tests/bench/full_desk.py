"""A desk that is full: a unit with 600 milestones and 5,000 documents, on SQLite or PostgreSQL."""

import secrets
from itertools import cycle

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from tests.bench.growth import ISSUED, LIAISON, UNIT, add_people
from tests.world import SEED
from tracker.assignments.models import Assignment
from tracker.db import Database
from tracker.evidence.models import Evidence, EvidenceVersion, Placement
from tracker.evidence.rules import EvidenceState
from tracker.files.models import StoredFile
from tracker.files.rules import FileKind
from tracker.milestones.fanout import fan_out
from tracker.milestones.models import Milestone
from tracker.people.models import User
from tracker.plan.models import Campaign, Material, Task, TaskParty
from tracker.plan.rules import ItemKind, PartyRole
from tracker.plan.seed.loading import load_plan
from tracker.plan.seed.reading import read_plan
from tracker.units.models import Unit

MILESTONES, DOCUMENTS = 600, 5_000


def grow(database: Database) -> list[int]:
    """Fill an empty database; returns the tasks of the unit."""
    database.upgrade()
    with database.transaction() as session:
        campaign = load_plan(
            session, read_plan(SEED), slug=SEED.name, at=ISSUED, today=ISSUED.date()
        ).campaign
        add_people(session, campaign)
        unit = session.scalars(select(Unit).where(Unit.short == UNIT)).one()
        _give_tasks(session, campaign, unit)
        _give_documents(session, campaign, unit)
        tasks = select(Assignment.task_id).where(Assignment.unit_id == unit.id)
        found = list(session.scalars(tasks.order_by(Assignment.task_id)))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return found


def _give_tasks(session: Session, campaign: Campaign, unit: Unit) -> None:
    """Let the unit support as many more basic tasks as make up 600 milestones."""
    _fan_out(session, campaign)
    there = session.scalar(select(func.count()).where(Milestone.unit_id == unit.id)) or 0
    own = select(Assignment.task_id).where(Assignment.unit_id == unit.id)
    others = select(Task).where(Task.campaign_id == campaign.id, Task.id.not_in(own))
    for task in session.scalars(others.order_by(Task.position)).all():
        if task.item.kind is ItemKind.INDICATOR and there < MILESTONES:
            position = 1 + max(party.position for party in task.parties)
            task.parties.append(TaskParty(role=PartyRole.SUPPORT, position=position, unit_id=unit.id))
            there += len(task.deadlines)
    _fan_out(session, campaign)


def _fan_out(session: Session, campaign: Campaign) -> None:
    session.flush()
    fan_out(session, campaign, at=ISSUED, today=ISSUED.date())


def _give_documents(session: Session, campaign: Campaign, unit: Unit) -> None:
    """5,000 documents of three years and all states, all over the unit's slots."""
    liaison = session.scalars(select(User.id).where(User.username == LIAISON)).one()
    slots = session.execute(
        select(Material.id, Material.task_id)
        .join(Assignment, Assignment.task_id == Material.task_id)
        .where(Assignment.unit_id == unit.id)
        .order_by(Material.id)
    ).all()
    numbers, states = range(1, DOCUMENTS + 1), cycle(EvidenceState)
    rows = {
        StoredFile: [
            {
                "id": n, "sha256": secrets.token_hex(32), "size": 100_000, "kind": FileKind.PDF,
                "stored_at": ISSUED,
            }
            for n in numbers
        ],
        Evidence: [
            {
                "id": n, "campaign_id": campaign.id, "unit_id": unit.id, "file_id": n,
                "file_name": f"材料{n}.pdf", "title": f"材料{n}", "proves_year": 2022 + n % 3,
                "state": next(states), "created_at": ISSUED, "created_by_id": liaison,
            }
            for n in numbers
        ],
        EvidenceVersion: [
            {
                "evidence_id": n, "number": 1, "file_id": n, "file_name": "材料.pdf", "at": ISSUED,
                "by_id": liaison,
            }
            for n in numbers
        ],
        Placement: [
            {"evidence_id": n, "material_id": slot.id, "task_id": slot.task_id, "unit_id": unit.id}
            for n, slot in zip(numbers, cycle(slots), strict=False)
        ],
    }  # fmt: skip
    for model, values in rows.items():
        session.execute(insert(model), values)
    if session.get_bind().dialect.name == "postgresql":  # it numbers on from where it was itself
        for table in ("stored_file", "evidence"):
            session.execute(select(func.setval(f"{table}_id_seq", DOCUMENTS)))
