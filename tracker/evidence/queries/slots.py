"""The expected materials of tasks, and which of them are filled."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import NamedTuple

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from tracker.assignments.models import Assignment
from tracker.evidence.models import Evidence, Placement
from tracker.evidence.rules import COUNTS, HANDED_IN, Span, gap, span
from tracker.people.models import User
from tracker.plan.models import Campaign, Material, Task
from tracker.plan.rules import MaterialKind


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
