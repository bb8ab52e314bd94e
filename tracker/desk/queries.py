"""What a unit's desk shows: one row an assignment, with its chips, and the counts above them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Date, Integer, bindparam, select
from sqlalchemy.orm import Session

from tracker.assignments.models import Assignment
from tracker.assignments.queries import unacknowledged_count
from tracker.db import looked_up
from tracker.desk.rows import Chip, DeskRow, Plan, Share, desk_rows
from tracker.desk.rules import ORDER, Heading, place, row_box
from tracker.desk.words import deadline_words, task_words
from tracker.evidence.queries import has_papers, slots_by_task
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day, Light, State, light
from tracker.paging import PAGE_SIZE
from tracker.people.models import User
from tracker.people.queries import handler_count
from tracker.plan.models import Campaign
from tracker.plan.rules import PartyRole
from tracker.supervision.queries import has_open_orders


@dataclass(frozen=True)
class Counts:
    """Numbers over all milestones of the unit, whatever the page shows."""

    by_light: Counter[Light]
    returned: int
    lead_tasks: int
    support_tasks: int

    @property
    def to_do(self) -> int:
        """Opened and still owed."""
        return sum(self.by_light[light] for light in (Light.LATE, Light.NEAR, Light.AHEAD, Light.WAITING))

    @property
    def handed_in(self) -> int:
        return self.by_light[Light.REVIEW] + self.by_light[Light.DONE]

    @property
    def total(self) -> int:
        return self.by_light.total() - self.by_light[Light.LEFT]


@dataclass(frozen=True)
class Desk:
    """A page of rows with the counts of the whole desk."""

    rows: list[DeskRow]
    row_count: int
    number: int
    counts: Counts

    @property
    def has_steps(self) -> bool:
        """Whether anything on the page can be clicked."""
        return any(row.has_steps for row in self.rows)


class Around(NamedTuple):
    """What the page asks about the unit besides the rows: whether it has documents, how many of its
    assignments it has not acknowledged, how many people do its tasks, whether it has an open order."""

    has_papers: bool
    unacknowledged: int
    handlers: int
    has_orders: bool


class View:
    """What of the desk is asked for: the names of the pills in its address."""

    TO_DO, RETURNED, LATE, NEAR, HANDED_IN, ALL, LEAD, SUPPORT, MINE = (
        "todo", "returned", "late", "near", "handed_in", "all", "lead", "support", "mine",
    )  # fmt: skip


def desk(
    session: Session,
    campaign: Campaign,
    view: str,
    number: int,
    plan: Plan,
    *,
    unit_id: int,
    has_papers: bool,
    has_orders: bool,
    reader: User,
    day: Day,
) -> Desk:
    """Page `number` of the desk of a unit: the reader's own, or one in whose name the office acts.

    Args:
        has_papers, has_orders: whether the unit has any document, any open order (`around`).
    """
    shares = _shares(session, campaign, unit_id, plan, day)
    shown = sorted(
        (share for share in shares if _is_shown(share, view, reader.id)),
        key=_newest_first if view == View.HANDED_IN else _row_order,
    )
    number = min(number, max(1, -(-len(shown) // PAGE_SIZE)))
    page = shown[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    if view == View.HANDED_IN:
        page = [share._replace(heading=Heading.HANDED_IN) for share in page]
    rows = desk_rows(session, page, plan, unit_id, reader, day, has_papers=has_papers, has_orders=has_orders)
    return Desk(rows, len(shown), number, _counts(shares))


def row_again(
    session: Session,
    campaign: Campaign,
    assignment_id: int,
    plan: Plan,
    *,
    unit_id: int,
    has_papers: bool,
    has_orders: bool,
    reader: User,
    day: Day,
) -> tuple[DeskRow, Counts]:
    """The one row that is shown again after its box was ticked, and the numbers above the rows."""
    shares = _shares(session, campaign, unit_id, plan, day)
    share = next(one for one in shares if one.chips[0].assignment_id == assignment_id)
    rows = desk_rows(
        session, [share], plan, unit_id, reader, day, has_papers=has_papers, has_orders=has_orders
    )
    return rows[0], _counts(shares)


def around(session: Session, campaign: Campaign, unit_id: int, today: date) -> Around:
    """What the page asks about the unit besides the rows, in one go."""
    wanted = {"campaign_id": campaign.id, "unit_id": unit_id, "today": today}
    return Around._make(session.execute(_AROUND, wanted).one())


def plan_of(session: Session, campaign: Campaign) -> Plan:
    """What the plan says of every task of the campaign, the same for everybody on every day."""
    return Plan(
        task_words(session, campaign),
        deadline_words(session, campaign),
        slots_by_task(session, campaign),
        campaign.starts_on,
    )


def _shares(session: Session, campaign: Campaign, unit_id: int, plan: Plan, day: Day) -> list[Share]:
    """All shares of a unit, with the lights of today."""
    of_share: dict[int, list[Chip]] = defaultdict(list)
    found = session.execute(_CHIPS, {"campaign_id": campaign.id, "unit_id": unit_id}).all()
    for chip in sorted(map(Chip._make, found), key=plan.place):
        of_share[chip.assignment_id].append(chip)
    return [_share(chips, day) for chips in of_share.values()]


def _share(chips: list[Chip], day: Day) -> Share:
    today, near_through = day.today, day.near_through
    lights = [light(chip, today, near_through) for chip in chips]
    box = row_box(lights)
    return Share(chips, lights, box, *place(chips, lights, box, near_through))


def _is_shown(share: Share, view: str, reader_id: int) -> bool:
    if view == View.ALL:
        return True
    if view == View.MINE:
        return share.chips[0].handler_id == reader_id
    if view == View.LEAD:
        return share.chips[0].role is PartyRole.LEAD
    if view == View.SUPPORT:
        return share.chips[0].role is PartyRole.SUPPORT
    if view == View.RETURNED:
        return any(chip.state is State.RETURNED for chip in share.chips)
    return not _VIEW_LIGHTS.get(view, _VIEW_LIGHTS[View.TO_DO]).isdisjoint(share.lights)


_VIEW_LIGHTS = {
    View.TO_DO: {Light.LATE, Light.NEAR, Light.AHEAD, Light.WAITING},
    View.LATE: {Light.LATE},
    View.NEAR: {Light.NEAR},
    View.HANDED_IN: {Light.REVIEW, Light.DONE},
}


def _row_order(share: Share) -> tuple[int, date, int]:
    return ORDER[share.heading], share.due_on, share.chips[0].assignment_id


def _newest_first(share: Share) -> tuple[int, int]:
    submitted = max((chip.submitted_on for chip in share.chips if chip.submitted_on), default=date.min)
    return -submitted.toordinal(), share.chips[0].assignment_id


def _counts(shares: Sequence[Share]) -> Counts:
    by_light = Counter(chain.from_iterable(share.lights for share in shares))
    roles = Counter(share.chips[0].role for share in shares)
    returned = sum(chip.state is State.RETURNED for share in shares for chip in share.chips)
    return Counts(by_light, returned, roles[PartyRole.LEAD], roles[PartyRole.SUPPORT])


# Of the tables, not of the mapped classes, and built once: a desk reads hundreds of rows, for which the
# ORM takes as long again as the database. The words and the order of their deadlines are in the kept plan.
_m, _a = Milestone.__table__.c, Assignment.__table__.c
_campaign_id, _unit_id = bindparam("campaign_id", type_=Integer), bindparam("unit_id", type_=Integer)
_CHIPS = (
    select(
        _m.id, _m.version, _m.assignment_id, _m.task_id, _m.deadline_id, looked_up(_a.role, PartyRole),
        looked_up(_m.state, State), _m.opens_on, _m.due_on, _m.late_from, _m.is_waiting, _m.is_backfill,
        _m.submitted_on, _m.reason, _m.missing, _a.handler_id,
    )
    .join(Assignment.__table__, _a.id == _m.assignment_id)
    .where(
        _m.campaign_id == _campaign_id,
        _m.unit_id == _unit_id,
        _a.unit_id == _unit_id,  # says nothing new, but spares PostgreSQL all other assignments
    )
)  # fmt: skip
_AROUND = select(
    has_papers(_campaign_id, _unit_id),
    unacknowledged_count(_campaign_id, _unit_id),
    handler_count(_unit_id, bindparam("today", type_=Date)),
    has_open_orders(_campaign_id, _unit_id),
)
