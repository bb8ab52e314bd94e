"""Documents: who may see which, whether a unit has any, and where else a content stands."""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Exists,
    Select,
    and_,
    bindparam,
    exists,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload, selectinload

from tracker.assignments.models import Assignment
from tracker.assignments.rules import DEPARTMENTS
from tracker.evidence.models import Evidence, EvidenceVersion, Placement
from tracker.evidence.rules import COUNTS, EvidenceState
from tracker.files.models import StoredFile
from tracker.files.rules import FileKind
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.plan.models import Campaign, Material, Task
from tracker.units.models import Unit
from tracker.units.rules import UnitKind


class Paper(NamedTuple):
    """A document as a list shows it, once for each slot that it stands under."""

    id: int
    material_id: int
    unit_id: int
    unit: str
    title: str
    file_name: str
    document_number: str
    proves_year: int
    state: EvidenceState
    reason: str
    version_count: int
    created_at: datetime
    size: int
    kind: FileKind


def papers_of_task(session: Session, task_id: int, reader: User) -> list[Paper]:
    """The documents under a task that the reader may see, by unit, slot and time."""
    query = _papers_seen_by(reader.role, reader.unit.kind)
    return [
        Paper._make(row) for row in session.execute(query, {"task_id": task_id, "unit_id": reader.unit_id})
    ]


@cache  # every task page asks for them
def _papers_seen_by(role: Role, kind: UnitKind) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Evidence.id, Placement.material_id, Evidence.unit_id, Unit.short, Evidence.title,
            Evidence.file_name, Evidence.document_number, Evidence.proves_year, Evidence.state,
            Evidence.reason, Evidence.version_count, Evidence.created_at, StoredFile.size, StoredFile.kind,
        )
        .select_from(Placement)
        .join(Evidence, Evidence.id == Placement.evidence_id)
        .join(Unit, Unit.id == Evidence.unit_id)
        .join(StoredFile, StoredFile.id == Evidence.file_id)
        .where(Placement.task_id == bindparam("task_id"), _visible_to(role, kind, bindparam("unit_id")))
        .order_by(Unit.position, Placement.material_id, Evidence.proves_year.desc(), Evidence.id.desc())
    )  # fmt: skip


def visible(reader: User) -> ColumnElement[bool]:
    """Who may see a document: its unit, the departments of its indicator, the office, leaders. A draft
    is seen by its unit, and by the office, which may file in its name."""
    return _visible_to(reader.role, reader.unit.kind, reader.unit_id)


def _visible_to(role: Role, kind: UnitKind, unit_id: int | BindParameter[int]) -> ColumnElement[bool]:
    if role.is_office:
        return true()
    own = Evidence.unit_id == unit_id
    handed_in = Evidence.state != EvidenceState.DRAFT
    if role.reads_all:
        return handed_in
    return or_(own, and_(handed_in, _is_of_indicator_of(unit_id))) if kind in DEPARTMENTS else own


def _is_of_indicator_of(unit_id: int | BindParameter[int]) -> ColumnElement[bool]:
    there, theirs, ours = aliased(Placement), aliased(Task), aliased(Task)
    return exists().where(
        there.evidence_id == Evidence.id,
        theirs.id == there.task_id,
        ours.item_id == theirs.item_id,
        Assignment.task_id == ours.id,
        Assignment.unit_id == unit_id,
    )


def find(session: Session, evidence_id: int, reader: User) -> Evidence | None:
    """A document of the reader's jurisdiction that they may see."""
    return session.scalar(
        select(Evidence)
        .join(Campaign, Campaign.id == Evidence.campaign_id)
        .where(
            Evidence.id == evidence_id,
            Campaign.jurisdiction_id == reader.unit.jurisdiction_id,
            visible(reader),
        )
        .options(
            joinedload(Evidence.file),
            joinedload(Evidence.unit),
            joinedload(Evidence.created_by),
            selectinload(Evidence.placements).joinedload(Placement.material).joinedload(Material.task),
            selectinload(Evidence.versions).joinedload(EvidenceVersion.by),
        )
    )


def has_papers(campaign_id: BindParameter[int], unit_id: BindParameter[int]) -> Exists:
    """Whether a unit has any document at all, for a query that asks for more."""
    return exists().where(Evidence.campaign_id == campaign_id, Evidence.unit_id == unit_id)


def has_papers_under(task_id: InstrumentedAttribute[int], unit_id: InstrumentedAttribute[int]) -> Exists:
    """Whether any document of a unit stands under a task, for a query that asks for more."""
    return exists().where(Placement.task_id == task_id, Placement.unit_id == unit_id)


def assignment_to_file(session: Session, task_id: int, unit_id: int, reader: User) -> Assignment | None:
    """The share of a task under which the reader may file: of the own unit, for the office of any."""
    if unit_id != reader.unit_id and not reader.role.is_office:
        return None
    return session.scalar(
        select(Assignment)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(
            Assignment.task_id == task_id,
            Assignment.unit_id == unit_id,
            Unit.jurisdiction_id == reader.unit.jurisdiction_id,
        )
        .options(joinedload(Assignment.task), joinedload(Assignment.unit))
    )


def twin_of_unit(session: Session, campaign_id: int, unit_id: int, file_id: int) -> Evidence | None:
    """The unit's own document with this content, unless it was returned."""
    return session.scalars(
        select(Evidence)
        .where(
            Evidence.campaign_id == campaign_id,
            Evidence.unit_id == unit_id,
            Evidence.file_id == file_id,
            Evidence.state.in_(COUNTS),
        )
        .order_by(Evidence.id)
        .options(selectinload(Evidence.placements))
    ).first()


def places_of_content(session: Session, file_id: int, reader: User) -> list[str]:
    """Where the reader can see this content already: 11-1, 市农业农村局 12-1."""
    query = (
        select(Task.code, Evidence.unit_id, Unit.short)
        .select_from(Evidence)
        .join(Placement, Placement.evidence_id == Evidence.id)
        .join(Task, Task.id == Placement.task_id)
        .join(Unit, Unit.id == Evidence.unit_id)
        .where(
            Evidence.file_id == file_id,
            Unit.jurisdiction_id == reader.unit.jurisdiction_id,
            visible(reader),
        )
        .order_by(Task.position, Unit.position)
    )
    places = [
        code if unit_id == reader.unit_id else f"{unit} {code}"
        for code, unit_id, unit in session.execute(query)
    ]
    return list(dict.fromkeys(places))
