"""What the task page shows besides the plan: the shares that the reader may see, and the history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session, aliased

from tracker.assignments.models import Assignment
from tracker.assignments.rules import DEPARTMENTS, reads_others
from tracker.desk.outline import Outline
from tracker.events.models import Event
from tracker.milestones.models import Milestone
from tracker.milestones.rules import State, Step
from tracker.people.models import User
from tracker.plan.models import Deadline, Task
from tracker.plan.rules import PartyRole
from tracker.units.models import Unit, UnitGroup

HISTORY_LENGTH = 100


class Cell(NamedTuple):
    """A milestone on the task page; it answers the questions of `milestones.rules.Facts`.

    `plan_due_on` is the day of the plan, `submitter` a name.
    """

    id: int
    version: int
    state: State
    opens_on: date
    planned_on: date
    due_on: date
    late_from: date
    is_waiting: bool
    is_backfill: bool
    submitted_on: date | None
    submitted_at: datetime | None
    submitted_by_id: int | None
    reason: str
    missing: str
    extension_count: int
    deadline_id: int
    label: str
    title: str
    plan_due_on: date
    submitter: str | None


@dataclass(frozen=True)
class Share:
    """One unit's share of a task with its milestones; `acts_for` is the outside body it ticks for.

    `is_lights_alone` tells that the reader learns how far it is, but not by whom or why.
    """

    id: int
    task_id: int
    code: str
    unit_id: int
    unit: str
    role: PartyRole
    left_on: date | None
    acts_for: str | None
    acknowledged_at: datetime | None
    is_lights_alone: bool = field(kw_only=True)
    cells: list[Cell] = field(default_factory=list)

    def at(self, deadline_id: int) -> Cell | None:
        """The milestone of one column."""
        return next((cell for cell in self.cells if cell.deadline_id == deadline_id), None)


class Happening(NamedTuple):
    """One line of the history."""

    at: datetime
    verb: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    note: str
    by: str | None
    by_unit: str | None
    unit: str
    label: str

    @property
    def words(self) -> str:
        return Step(self.verb).label


@dataclass(frozen=True)
class TaskPage:
    """Everything on the page of one task.

    `shares` are those of the whole indicator, this task's first; `history` is this task's.
    """

    task: Outline
    shares: list[Share]
    own: Share | None
    history: list[Happening]


def task_page(session: Session, task: Outline, reader: User) -> TaskPage | None:
    """The page of a task, or None when the reader's unit has no share in its indicator."""
    shares = _shares(session, task, reader)
    if not reader.role.reads_all and all(share.unit_id != reader.unit_id for share in shares):
        return None
    own = next((one for one in shares if one.unit_id == reader.unit_id and one.task_id == task.id), None)
    return TaskPage(task, shares, own, _history(session, task, reader))


def _shares(session: Session, task: Outline, reader: User) -> list[Share]:
    query = (
        select(*_SHARE_COLUMNS, *_CELL_COLUMNS)
        .select_from(Assignment)
        .join(Task, Task.id == Assignment.task_id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .outerjoin(UnitGroup, UnitGroup.id == Assignment.acts_for_id)
        .join(Milestone, Milestone.assignment_id == Assignment.id)
        .join(Deadline, Deadline.id == Milestone.deadline_id)
        .outerjoin(User, User.id == Milestone.submitted_by_id)
        .where(Task.item_id == task.item.id, _visible(reader))
        .order_by(
            Task.id != task.id, Task.number, Assignment.role, Assignment.is_first.desc(), Unit.position,
            Assignment.id, Deadline.due_on, Milestone.id,
        )
    )  # fmt: skip
    size = len(_SHARE_COLUMNS)
    found: dict[int, Share] = {}
    for row in session.execute(query):
        share = found.get(row[0])
        if share is None:
            is_lights_alone = row.unit_id != reader.unit_id and not reads_others(
                reader.role, reader.unit.kind
            )
            share = found[row[0]] = Share(*row[:size], is_lights_alone=is_lights_alone)
        share.cells.append(Cell._make(row[size:]))
    return list(found.values())


def _reads_others(reader: User) -> bool:
    return reads_others(reader.role, reader.unit.kind)


def _visible(reader: User) -> ColumnElement[bool]:
    """A county sees itself, and of the departments their lights."""
    return true() if _reads_others(reader) else or_(Unit.id == reader.unit_id, Unit.kind.in_(DEPARTMENTS))


def _readable(reader: User) -> ColumnElement[bool]:
    return true() if _reads_others(reader) else Milestone.unit_id == reader.unit_id


def _history(session: Session, task: Outline, reader: User) -> list[Happening]:
    own_unit = aliased(Unit)
    query = (
        select(
            Event.at, Event.verb, Event.before, Event.after, Event.note,
            User.name, own_unit.short, Unit.short, Deadline.label,
        )
        .select_from(Milestone)
        .join(Unit, Unit.id == Milestone.unit_id)
        .join(Deadline, Deadline.id == Milestone.deadline_id)
        .join(Event, and_(Event.subject == "milestone", Event.subject_id == Milestone.id))
        .outerjoin(User, User.id == Event.by_id)
        .outerjoin(own_unit, own_unit.id == User.unit_id)
        .where(Milestone.task_id == task.id, _readable(reader))
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(HISTORY_LENGTH)
    )  # fmt: skip
    return [Happening._make(row) for row in session.execute(query)]


_SHARE_COLUMNS: tuple[Any, ...] = (
    Assignment.id,
    Assignment.task_id,
    Task.code,
    Assignment.unit_id,
    Unit.short,
    Assignment.role,
    Assignment.left_on,
    UnitGroup.name,
    Assignment.acknowledged_at,
)
_CELL_COLUMNS: tuple[Any, ...] = (
    Milestone.id,
    Milestone.version,
    Milestone.state,
    Milestone.opens_on,
    Milestone.planned_on,
    Milestone.due_on,
    Milestone.late_from,
    Milestone.is_waiting,
    Milestone.is_backfill,
    Milestone.submitted_on,
    Milestone.submitted_at,
    Milestone.submitted_by_id,
    Milestone.reason,
    Milestone.missing,
    Milestone.extension_count,
    Milestone.deadline_id,
    Deadline.label,
    Deadline.title,
    Deadline.due_on,
    User.name,
)
"""The columns of Share and of Cell in their order."""
