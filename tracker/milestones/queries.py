"""What lists and counts read of milestones; each condition here has its sister in rules.py."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Case,
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session, contains_eager, joinedload, with_expression

from tracker.assignments.models import Assignment
from tracker.evidence.queries import has_papers_under
from tracker.milestones.models import Milestone
from tracker.milestones.rules import DONE, OWING, Day, Light, State
from tracker.plan.models import Campaign, Deadline, PlanItem, Task
from tracker.plan.rules import PartyRole
from tracker.units.models import Unit

SORTS: dict[str, tuple[Any, ...]] = {
    "due": (Milestone.late_from, Milestone.id),
    "task": (Task.position, Unit.position, Milestone.planned_on, Milestone.id),
    "unit": (Unit.position, Task.position, Milestone.planned_on, Milestone.id),
    "submitted": (Milestone.submitted_at, Milestone.id),
}
"""Orders of a list by the name in its address."""


@dataclass(frozen=True)
class Filter:
    """What a list shows; None means all.

    `item_id` is an item of the plan with what stands under it; `is_opened` means 应办: all that has
    begun and was not left; `is_returned` 退回: what was returned, whatever its light.
    """

    unit_id: int | None = None
    deadline_id: int | None = None
    section: int | None = None
    item_id: int | None = None
    task_id: int | None = None
    light: Light | None = None
    is_opened: bool = False
    is_returned: bool = False
    role: PartyRole | None = None
    text: str = ""
    sort: str = "due"


class Dates(NamedTuple):
    """What conditions need of a `Day`."""

    today: date | BindParameter[date]
    near_through: date | BindParameter[date]


TO_BE_NAMED = Dates(bindparam("today", type_=Date), bindparam("near_through", type_=Date))
"""For a statement that is built once: the day comes when it runs, as `today` and `near_through`."""


def light_is(light: Light, day: Day | Dates) -> ColumnElement[bool]:
    """SQL sister of `rules.light`."""
    owing = Milestone.state.in_(_written(sorted(OWING)))
    untouched = and_(Milestone.state == _written(State.OPEN), Milestone.is_backfill)
    live = and_(owing, not_(untouched))
    late = and_(live, not_(Milestone.is_waiting), Milestone.late_from <= day.today)
    opened = Milestone.opens_on <= day.today
    waiting = and_(live, opened, Milestone.is_waiting)
    ahead = and_(live, opened, not_(late), not_(waiting))
    conditions: dict[Light, ColumnElement[bool]] = {
        Light.LATE: late,
        Light.WAITING: waiting,
        Light.NEAR: and_(ahead, Milestone.due_on <= day.near_through),
        Light.AHEAD: and_(ahead, Milestone.due_on > day.near_through),
        Light.NOT_OPEN: and_(live, not_(late), Milestone.opens_on > day.today),
        Light.BACKFILL: untouched,
        Light.REVIEW: Milestone.state == State.SUBMITTED,
        Light.DONE: Milestone.state.in_(DONE),
        Light.LEFT: Milestone.state == State.LEFT,
    }
    return conditions[light]


def _written(value: State | list[State]) -> BindParameter[Any]:
    """A value that stands in the statement itself, so that the planner, who plans a prepared statement
    once for all values, sees that a partial index fits."""
    return bindparam(None, value, expanding=isinstance(value, list), literal_execute=True, unique=True)


def light_number(day: Day | Dates) -> Case[int]:
    """The light of each row as its place in `Light`, for counting all lights in one pass; the same
    steps as `rules.light`, each of them cheap because it may rely on those before."""
    places = {shown: literal(place) for place, shown in enumerate(Light)}
    return case(
        (Milestone.state.in_(DONE), places[Light.DONE]),
        (Milestone.state == State.SUBMITTED, places[Light.REVIEW]),
        (Milestone.state == State.LEFT, places[Light.LEFT]),
        (and_(Milestone.is_backfill, Milestone.state == State.OPEN), places[Light.BACKFILL]),
        (and_(not_(Milestone.is_waiting), Milestone.late_from <= day.today), places[Light.LATE]),
        (Milestone.opens_on > day.today, places[Light.NOT_OPEN]),
        (Milestone.is_waiting, places[Light.WAITING]),
        (Milestone.due_on <= day.near_through, places[Light.NEAR]),
        else_=places[Light.AHEAD],
    )


def opened(day: Day | Dates) -> ColumnElement[bool]:
    """应办: every milestone that has begun, but those that were left."""
    return and_(Milestone.state != State.LEFT, not_(light_is(Light.NOT_OPEN, day)))


def ledger(
    session: Session, campaign: Campaign, wanted: Filter, day: Day, *, offset: int = 0, limit: int | None = 50
) -> Sequence["LedgerRow"]:
    """Rows of the ledger (台账), in the wanted order."""
    if limit is None:
        return list(whole_ledger(session, campaign, wanted, day))[offset:]
    page = _page(campaign.id, wanted, Dates(day.today, day.near_through))
    return [LedgerRow._make(row) for row in session.execute(page, {"offset": offset, "limit": limit})]


def whole_ledger(session: Session, campaign: Campaign, wanted: Filter, day: Day) -> Iterator["LedgerRow"]:
    """All rows of the ledger, read as they are used, so that a long one needs no room."""
    whole = _ledger(campaign.id, wanted, Dates(day.today, day.near_through))
    return (LedgerRow._make(row) for row in session.execute(whole.execution_options(yield_per=1000)))


def ledger_count(session: Session, campaign: Campaign, wanted: Filter, day: Day) -> int:
    """How many rows `ledger` has for the same filter."""
    return session.scalar(_count(campaign.id, wanted, Dates(day.today, day.near_through))) or 0


@lru_cache(maxsize=256)  # building one takes longer than running it, and people ask for the same lists
def _page(campaign_id: int, wanted: Filter, day: Dates) -> Select[*tuple[Any, ...]]:
    offset, limit = (bindparam(name, type_=Integer, literal_execute=True) for name in ("offset", "limit"))
    return _ledger(campaign_id, wanted, day).offset(offset).limit(limit)


@lru_cache(maxsize=256)
def _count(campaign_id: int, wanted: Filter, day: Dates) -> Select[int]:
    query = select(func.count()).select_from(Milestone)
    if wanted.section is not None or wanted.item_id is not None or wanted.text:
        query = query.join(Task, Task.id == Milestone.task_id)
    if wanted.text:
        query = query.join(Unit, Unit.id == Milestone.unit_id)
    if wanted.role is not None:
        query = query.join(Assignment, Assignment.id == Milestone.assignment_id)
    return query.where(*conditions(campaign_id, wanted, day))


def _ledger(campaign_id: int, wanted: Filter, day: Dates) -> Select[*tuple[Any, ...]]:
    return (
        select(*_LEDGER_COLUMNS)
        .select_from(Milestone)
        .join(Assignment, Assignment.id == Milestone.assignment_id)
        .join(Task, Task.id == Milestone.task_id)
        .join(Unit, Unit.id == Milestone.unit_id)
        .join(Deadline, Deadline.id == Milestone.deadline_id)
        .where(*conditions(campaign_id, wanted, day))
        .order_by(*SORTS.get(wanted.sort, SORTS["due"]))
    )


def conditions(campaign_id: int, wanted: Filter, day: Day | Dates) -> list[ColumnElement[bool]]:
    """The filter as SQL over Milestone, Task, Unit and Assignment."""
    found: list[ColumnElement[bool]] = [Milestone.campaign_id == campaign_id]
    if wanted.unit_id is not None:
        found.append(Milestone.unit_id == wanted.unit_id)
    if wanted.deadline_id is not None:
        found.append(Milestone.deadline_id == wanted.deadline_id)
    if wanted.light is not None:
        found.append(light_is(wanted.light, day))
    if wanted.section is not None:
        found.append(Task.section == wanted.section)
    if wanted.is_opened:
        found.append(opened(day))
    if wanted.is_returned:
        found.append(Milestone.state == State.RETURNED)
    if wanted.task_id is not None:
        found.append(Milestone.task_id == wanted.task_id)
    if wanted.item_id is not None:
        below = select(PlanItem.id).where(
            or_(PlanItem.id == wanted.item_id, PlanItem.parent_id == wanted.item_id)
        )
        found.append(Task.item_id.in_(below))
    if wanted.role is not None:
        found.append(Assignment.role == wanted.role)
    for word in wanted.text.split():
        found.append(
            or_(
                Task.code.startswith(word, autoescape=True),
                Task.text.contains(word, autoescape=True),
                Unit.short.contains(word, autoescape=True),
            )
        )
    return found


def milestone_of_unit(session: Session, unit_id: int, milestone_id: int) -> Milestone | None:
    """A milestone of the unit, with what a tick needs to know besides."""
    return session.scalar(_OF_UNIT, {"id": milestone_id, "unit_id": unit_id})


def milestone_of_city(session: Session, jurisdiction_id: int, milestone_id: int) -> Milestone | None:
    """A milestone of whichever unit of the city, for the office that acts in its name."""
    unit_id = session.scalar(
        select(Milestone.unit_id)
        .join(Unit, Unit.id == Milestone.unit_id)
        .where(Milestone.id == milestone_id, Unit.jurisdiction_id == jurisdiction_id)
    )
    return milestone_of_unit(session, unit_id, milestone_id) if unit_id else None


_OF_UNIT = (  # every tick asks for it: built once
    select(Milestone)
    .where(Milestone.id == bindparam("id"), Milestone.unit_id == bindparam("unit_id"))
    .options(
        joinedload(Milestone.assignment, innerjoin=True),
        joinedload(Milestone.task, innerjoin=True).load_only(Task.code),
        joinedload(Milestone.deadline, innerjoin=True).load_only(Deadline.label),
        with_expression(Milestone.has_papers, has_papers_under(Milestone.task_id, Milestone.unit_id)),
    )
)


def milestones_by_id(session: Session, campaign: Campaign, ids: Sequence[int]) -> list[Milestone]:
    """The campaign's milestones among `ids`, in the order of their days."""
    return _whole_milestones(session, [Milestone.campaign_id == campaign.id, Milestone.id.in_(ids)])


def milestones_of(session: Session, campaign: Campaign, wanted: Filter, day: Day) -> list[Milestone]:
    """The milestones of a filter to act on, in the order of their days."""
    return _whole_milestones(session, conditions(campaign.id, wanted, day))


def _whole_milestones(session: Session, wanted: list[ColumnElement[bool]]) -> list[Milestone]:
    """Milestones with what the actions and their messages need of them."""
    query = (
        select(Milestone)
        .join(Assignment, Assignment.id == Milestone.assignment_id)
        .join(Task, Task.id == Milestone.task_id)
        .join(Unit, Unit.id == Milestone.unit_id)
        .where(*wanted)
        .order_by(Milestone.planned_on, Milestone.id)
        .options(
            contains_eager(Milestone.assignment),
            contains_eager(Milestone.task).selectinload(Task.item),
            contains_eager(Milestone.unit),
            joinedload(Milestone.deadline),
        )
    )
    return list(session.scalars(query))


class LedgerRow(NamedTuple):
    """One milestone as a list shows it; it answers the questions of `rules.Facts`."""

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
    assignment_id: int
    task_id: int
    unit_id: int
    role: PartyRole
    code: str
    text: str
    unit: str
    deadline: str
    deadline_code: str
    deadline_title: str


_LEDGER_COLUMNS = (
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
    Milestone.assignment_id,
    Milestone.task_id,
    Milestone.unit_id,
    Assignment.role,
    Task.code,
    Task.text,
    Unit.short,
    Deadline.label,
    Deadline.code,
    Deadline.title,
)
