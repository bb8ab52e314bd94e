"""What the task page shows besides the plan: the shares that the reader may see, and the history."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, bindparam, exists, or_, select, true
from sqlalchemy.orm import Session, aliased

from tracker.appeals.models import Appeal
from tracker.assignments.models import Assignment
from tracker.assignments.rules import DEPARTMENTS, may_act_for, reads_others
from tracker.comments.models import Comment
from tracker.desk.history import History, history
from tracker.desk.outline import Outline
from tracker.evidence.models import Placement
from tracker.milestones.models import Milestone
from tracker.milestones.rules import OWING, State
from tracker.people.models import User
from tracker.people.queries import Colleague, handler_count, handler_names
from tracker.plan.models import Deadline, Task
from tracker.plan.rules import PartyRole
from tracker.reminders.queries.nudges import urged_today
from tracker.reminders.rules import Ties, Urged, refuse_nudge
from tracker.supervision.queries import OrderName, has_open_orders, orders_about
from tracker.units.models import Unit, UnitGroup
from tracker.units.rules import UnitKind


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
    returned_on: date | None
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
    """One unit's share of a task with its milestones; `acts_for` is the outside body it ticks for,
    `handler` the person of the unit who works on it, None: all its liaisons.

    `is_lights_alone` tells that the reader learns how far it is, but not by whom or why.
    """

    id: int
    task_id: int
    code: str
    unit_id: int
    unit: str
    kind: UnitKind
    role: PartyRole
    left_on: date | None
    acts_for: str | None
    handler_id: int | None
    handler: str | None
    acknowledged_at: datetime | None
    is_lights_alone: bool = field(kw_only=True)
    cells: list[Cell] = field(default_factory=list)

    @property
    def is_owing(self) -> bool:
        """Whether there is something left to give to another unit."""
        return self.left_on is None and any(cell.state in OWING for cell in self.cells)

    def at(self, deadline_id: int) -> Cell | None:
        """The milestone of one column."""
        return next((cell for cell in self.cells if cell.deadline_id == deadline_id), None)


@dataclass(frozen=True)
class TaskPage:
    """Everything on the page of one task.

    `shares` are those of the whole indicator, this task's first; `history` is this task's; `to_urge` are
    the milestones that the reader may urge, `urged` those of them that somebody urged today; `people`,
    by unit, those to whom the reader may give its shares; `orders`, by milestone, those about what is late.
    """

    task: Outline
    shares: list[Share]
    own: Share | None
    history: History
    to_urge: set[int]
    urged: set[int]
    people: dict[int, list[Colleague]]
    orders: dict[int, OrderName]

    @property
    def tells_filings(self) -> bool:
        """Whether the page says of any unit how many of its materials are there."""
        return any(
            cell.state in (State.SUBMITTED, State.RETURNED)
            for share in self.shares
            if share.task_id == self.task.id and not share.is_lights_alone
            for cell in share.cells
        )


class Attached(NamedTuple):
    """Whether anybody has filed, said or asked anything about a task, and whether a unit has an open order
    and how many people do its tasks. Mostly there is nothing, and what is not there need not be read."""

    has_papers: bool
    has_comments: bool
    has_appeals: bool
    has_orders: bool
    handlers: int


def attached(session: Session, task_id: int, campaign_id: int, unit_id: int, today: date) -> Attached:
    """What there is of a task besides its shares, whoever may read it, and of a unit."""
    wanted = {"task_id": task_id, "campaign_id": campaign_id, "unit_id": unit_id, "today": today}
    return Attached._make(session.execute(_ATTACHED, wanted).one())


def task_page(
    session: Session,
    task: Outline,
    reader: User,
    unit: Unit,
    today: date,
    there: Attached,
    *,
    is_history_whole: bool = False,
) -> TaskPage | None:
    """The page of a task, or None when the reader's unit has no share in its indicator.

    Args:
        unit: whose share can be worked on: the reader's, or one in whose name the office acts.
        there: what is attached to the task and to that unit.
    """
    shares = _shares(session, task, reader)
    if not reader.role.reads_all and all(share.unit_id != reader.unit_id for share in shares):
        return None
    own = next((one for one in shares if one.unit_id == unit.id and one.task_id == task.id), None)
    told = history(session, task.id, reader, is_whole=is_history_whole)
    to_urge = _to_urge(shares, reader, today)
    urged = urged_today(session, to_urge, today) if to_urge else set()
    people = _people(session, shares, reader, today, there)
    orders = _orders(session, shares, reader, today) if there.has_orders or reader.role.reads_all else {}
    return TaskPage(task, shares, own, told, to_urge, urged, people, orders)


def _orders(session: Session, shares: list[Share], reader: User, today: date) -> dict[int, OrderName]:
    """The orders about what is late, of the reader's unit or for who reads all; mostly there is none."""
    seen = [share for share in shares if reader.role.reads_all or share.unit_id == reader.unit_id]
    late = [
        cell.id
        for share in seen
        for cell in share.cells
        if cell.late_from <= today and not cell.is_backfill and cell.state in (*OWING, State.SUBMITTED)
    ]
    return orders_about(session, late) if late else {}


def _to_urge(shares: list[Share], reader: User, today: date) -> set[int]:
    """The milestones that the reader may urge now."""
    own = [one for one in shares if one.unit_id == reader.unit_id and one.left_on is None]
    led = {one.task_id for one in own if one.role is PartyRole.LEAD}
    found = set()
    for share in shares:
        urged, ties = Urged(share.unit_id, share.kind, share.role), Ties(share.task_id in led, bool(own))
        for cell in share.cells:
            if refuse_nudge(cell, urged, reader, reader.unit.kind, ties, today) is None:
                found.add(cell.id)
    return found


def _shares(session: Session, task: Outline, reader: User) -> list[Share]:
    is_for_all = reads_others(reader.role, reader.unit.kind)
    wanted = {"item_id": task.item.id, "task_id": task.id, "unit_id": reader.unit_id}
    size = len(_SHARE_COLUMNS)
    found: dict[int, Share] = {}
    for row in session.execute(_query(is_for_all=is_for_all), wanted):
        share = found.get(row[0])
        if share is None:
            is_lights_alone = row.unit_id != reader.unit_id and not is_for_all
            share = found[row[0]] = Share(*row[:size], is_lights_alone=is_lights_alone)
        share.cells.append(Cell._make(row[size:]))
    return list(found.values())


@cache  # every task page asks for it
def _query(*, is_for_all: bool) -> Select[*tuple[Any, ...]]:
    """The shares of an item with their milestones; a county sees itself, and of the departments their
    lights."""
    own_or_departments = or_(Unit.id == bindparam("unit_id"), Unit.kind.in_(DEPARTMENTS))
    return (
        select(*_SHARE_COLUMNS, *_CELL_COLUMNS)
        .select_from(Assignment)
        .join(Task, Task.id == Assignment.task_id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .outerjoin(UnitGroup, UnitGroup.id == Assignment.acts_for_id)
        .outerjoin(_handler, _is_handler())
        .join(Milestone, Milestone.assignment_id == Assignment.id)
        .join(Deadline, Deadline.id == Milestone.deadline_id)
        .outerjoin(User, User.id == Milestone.submitted_by_id)
        .where(Task.item_id == bindparam("item_id"), true() if is_for_all else own_or_departments)
        .order_by(
            Task.id != bindparam("task_id"), Task.number, Assignment.role, Assignment.is_first.desc(),
            Unit.position, Assignment.id, Deadline.due_on, Milestone.id,
        )
    )  # fmt: skip


def _is_handler() -> ColumnElement[bool]:
    """Who was given the share and has not left the unit since."""
    return and_(
        _handler.id == Assignment.handler_id, _handler.unit_id == Assignment.unit_id, _handler.is_active
    )


def _people(
    session: Session, shares: list[Share], reader: User, today: date, there: Attached
) -> dict[int, list[Colleague]]:
    """By unit: to whom the reader may give the unit's shares, where there is a choice."""
    given = {share.unit_id for share in shares if share.handler_id}
    if there.handlers < 2 and not given and not reader.role.is_office:
        return {}
    unit_ids = {share.unit_id for share in shares if may_act_for(share.unit_id, reader)}
    found = handler_names(session, unit_ids, today) if unit_ids else {}
    return {unit_id: people for unit_id, people in found.items() if len(people) > 1 or unit_id in given}


_task_id, _unit_id = bindparam("task_id", type_=Integer), bindparam("unit_id", type_=Integer)
_ATTACHED = select(
    exists().where(Placement.task_id == _task_id),
    exists().where(Comment.task_id == _task_id),
    exists().where(Appeal.assignment_id == Assignment.id, Assignment.task_id == _task_id),
    has_open_orders(bindparam("campaign_id", type_=Integer), _unit_id),
    handler_count(_unit_id, bindparam("today", type_=Date)),
)
_handler = aliased(User)
_SHARE_COLUMNS: tuple[Any, ...] = (
    Assignment.id,
    Assignment.task_id,
    Task.code,
    Assignment.unit_id,
    Unit.short,
    Unit.kind,
    Assignment.role,
    Assignment.left_on,
    UnitGroup.name,
    _handler.id,
    _handler.name,
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
    Milestone.returned_on,
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
