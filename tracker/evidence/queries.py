"""What pages read of documents: which slots are filled, who may see what, where else a content stands."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property, lru_cache
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
from tracker.evidence.rules import COUNTS, HANDED_IN, EvidenceState, Span, gap, span
from tracker.files.models import StoredFile
from tracker.files.rules import FileKind
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.plan.models import Campaign, Material, Task
from tracker.plan.rules import MaterialKind
from tracker.units.models import Unit
from tracker.units.rules import UnitKind


class Slot(NamedTuple):
    """An expected material as lists need it."""

    id: int
    task_id: int
    name: str
    kind: MaterialKind
    is_per_year: bool
    window_years: int | None
    words: str
    inherited_from: str


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


@dataclass(frozen=True)
class Completeness:
    """材料 2/3（缺：耕地台账）: how many of the slots are filled, and what is missing, in words."""

    filled: int
    total: int
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @cached_property
    def words(self) -> str:
        lacking = f"（缺：{'、'.join(self.missing)}）" if self.missing else ""
        return f"材料 {self.filled}/{self.total}{lacking}"


Slots = Mapping[int, tuple[Slot, ...]]
Covered = Mapping[int, Collection[int]]


@dataclass(frozen=True)
class Filing:
    """What a unit has filed under many tasks, for lists that show one after the other."""

    slots: Slots
    covered: Covered
    starts_on: date

    def of(self, task_id: int, due_on: date) -> Completeness:
        """How complete the materials of a task are for a deadline on `due_on`."""
        slots = self.slots.get(task_id, ())
        if not any(slot.id in self.covered for slot in slots):
            return _nothing_filed(slots)
        return completeness(slots, self.covered, span(self.starts_on, due_on))


def slots_by_task(session: Session, campaign: Campaign) -> Slots:
    """The expected materials of every task of the campaign; the same for everybody."""
    query = _SLOTS.join(Task, Task.id == Material.task_id).where(Task.campaign_id == campaign.id)
    found: dict[int, list[Slot]] = defaultdict(list)
    for row in session.execute(query):
        found[row.task_id].append(Slot._make(row))
    return {task_id: tuple(slots) for task_id, slots in found.items()}


def slots_of(session: Session, task_id: int) -> tuple[Slot, ...]:
    """The expected materials of one task."""
    return tuple(Slot._make(row) for row in session.execute(_SLOTS.where(Material.task_id == task_id)))


def slots_of_unit(session: Session, evidence: Evidence) -> list[tuple[str, Slot]]:
    """The expected materials of all tasks of the document's unit, each with the task's code."""
    query = (
        _SLOTS.add_columns(Task.code)
        .join(Task, Task.id == Material.task_id)
        .join(Assignment, Assignment.task_id == Task.id)
        .where(
            Task.campaign_id == evidence.campaign_id,
            Assignment.unit_id == evidence.unit_id,
            Assignment.left_on.is_(None),
        )
    )
    return [(row.code, Slot._make(row[:-1])) for row in session.execute(query)]


def has_papers(campaign_id: BindParameter[int], unit_id: BindParameter[int]) -> Exists:
    """Whether a unit has any document at all, for a query that asks for more."""
    return exists().where(Evidence.campaign_id == campaign_id, Evidence.unit_id == unit_id)


def has_papers_under(task_id: InstrumentedAttribute[int], unit_id: InstrumentedAttribute[int]) -> Exists:
    """Whether any document of a unit stands under a task, for a query that asks for more."""
    return exists().where(Placement.task_id == task_id, Placement.unit_id == unit_id)


def covered_years(
    session: Session, unit_id: int, task_ids: Collection[int], *, is_own: bool
) -> dict[int, set[int]]:
    """The years that a unit's documents stand for, by slot.

    Args:
        is_own: whether drafts count, as in the eyes of the unit itself.
    """
    query = (
        select(Placement.material_id, Evidence.proves_year)
        .join(Evidence, Evidence.id == Placement.evidence_id)
        .where(
            Placement.unit_id == unit_id,
            Placement.task_id.in_(task_ids),
            Evidence.state.in_(COUNTS if is_own else HANDED_IN),
        )
        .distinct()
    )
    found: dict[int, set[int]] = defaultdict(set)
    for material_id, year in session.execute(query):
        found[material_id].add(year)
    return found


def completeness(slots: Sequence[Slot], covered: Covered, asked: Span) -> Completeness:
    """How complete a task's materials are for a deadline."""
    gaps = [gap(slot, covered.get(slot.id, ()), asked) for slot in slots]
    missing = tuple(words for words in gaps if words)
    return Completeness(len(slots) - len(missing), len(slots), missing)


@lru_cache(maxsize=4096)  # of what the plan says alone: most tasks of most units
def _nothing_filed(slots: tuple[Slot, ...]) -> Completeness:
    """What is missing while nothing is there: every slot, whatever the years."""
    return Completeness(0, len(slots), tuple(slot.name for slot in slots))


def filings_of_task(
    session: Session, task_id: int, reader: User, slots: Slots, starts_on: date, *, has_papers: bool
) -> dict[int, Filing]:
    """What each unit has handed in under a task, by unit; one's own drafts count for oneself.

    Args:
        slots: at least those of the task.
        starts_on: the campaign's first day.
        has_papers: whether anybody has a document under the task.
    """
    covered: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    wanted = {"task_id": task_id, "unit_id": reader.unit_id}
    for unit_id, material_id, year in session.execute(_FILED, wanted) if has_papers else ():
        covered[unit_id][material_id].add(year)
    nothing = Filing(slots, {}, starts_on)
    return defaultdict(
        lambda: nothing, {unit_id: Filing(slots, years, starts_on) for unit_id, years in covered.items()}
    )


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


_FILED = (
    select(Placement.unit_id, Placement.material_id, Evidence.proves_year)
    .join(Evidence, Evidence.id == Placement.evidence_id)
    .where(
        Placement.task_id == bindparam("task_id"),
        or_(
            Evidence.state.in_(HANDED_IN),
            and_(Evidence.state.in_(COUNTS), Placement.unit_id == bindparam("unit_id")),
        ),
    )
    .distinct()
)
_SLOTS = (
    select(
        Material.id, Material.task_id, Material.name, Material.kind, Material.is_per_year,
        Material.window_years, Material.words, Material.inherited_from,
    )
    .where(Material.is_dropped.is_(False))
    .order_by(Material.task_id, Material.position, Material.id)
)  # fmt: skip
