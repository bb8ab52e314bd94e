"""What a unit's desk shows: one row an assignment, with its chips, and the counts above them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tracker.desk.rows import Chip, DeskRow, desk_rows
from tracker.desk.rules import Heading, heading, row_milestone
from tracker.desk.words import TaskWords
from tracker.milestones.models import Assignment, Milestone
from tracker.milestones.rules import Day, Light, State, light
from tracker.paging import PAGE_SIZE
from tracker.people.models import User
from tracker.plan.models import Campaign, Deadline
from tracker.plan.rules import PartyRole


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
    counts: Counts


class View:
    """What of the desk is asked for: the names of the pills in its address."""

    TO_DO, RETURNED, LATE, NEAR, HANDED_IN, ALL, LEAD, SUPPORT = (
        "todo", "returned", "late", "near", "handed_in", "all", "lead", "support",
    )  # fmt: skip


def desk(
    session: Session,
    campaign: Campaign,
    view: str,
    number: int,
    words: Mapping[int, TaskWords],
    *,
    reader: User,
    day: Day,
) -> Desk:
    """Page `number` of the desk of the reader's unit."""
    shares = _shares(session, campaign, reader.unit_id, day)
    shown = [share.chips for share in shares if _is_shown(share, view)]
    shown.sort(key=lambda chips: _row_order(chips, day))
    page = shown[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return Desk(desk_rows(session, page, words, reader, day), len(shown), _counts(shares))


def desk_row(
    session: Session, assignment_id: int, words: Mapping[int, TaskWords], *, reader: User, day: Day
) -> DeskRow:
    """The one row that is shown again after its box was ticked."""
    chips = _chips(session, Milestone.assignment_id == assignment_id)
    return desk_rows(session, [chips], words, reader, day)[0]


def counts(session: Session, campaign: Campaign, unit_id: int, day: Day) -> Counts:
    """The numbers above the rows."""
    return _counts(_shares(session, campaign, unit_id, day))


class Share(NamedTuple):
    """A unit's share of a task: its chips, and the light of each."""

    chips: list[Chip]
    lights: list[Light]


def _shares(session: Session, campaign: Campaign, unit_id: int, day: Day) -> list[Share]:
    today, near_through = day.today, day.near_through
    mine = (Milestone.campaign_id == campaign.id) & (Milestone.unit_id == unit_id)
    grouped = groupby(_chips(session, mine), key=lambda chip: chip.assignment_id)
    return [
        Share(chips, [light(chip, today, near_through) for chip in chips])
        for chips in (list(group) for _, group in grouped)
    ]


def _chips(session: Session, condition: ColumnElement[bool]) -> list[Chip]:
    query = (
        select(*_CHIP_COLUMNS)
        .join(Assignment, Assignment.id == Milestone.assignment_id)
        .join(Deadline, Deadline.id == Milestone.deadline_id)
        .where(condition)
        .order_by(Milestone.assignment_id, Deadline.due_on, Milestone.id)
    )
    return [Chip._make(row) for row in session.execute(query)]


def _is_shown(share: Share, view: str) -> bool:
    if view == View.ALL:
        return True
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
_ORDER = {wanted: position for position, wanted in enumerate(Heading)}


def _row_order(chips: Sequence[Chip], day: Day) -> tuple[int, date, int]:
    current = row_milestone(chips, day.today)
    return _ORDER[heading(current, day)], current.due_on, current.assignment_id


def _counts(shares: Sequence[Share]) -> Counts:
    by_light = Counter(chain.from_iterable(share.lights for share in shares))
    roles = Counter(share.chips[0].role for share in shares)
    returned = sum(chip.state is State.RETURNED for share in shares for chip in share.chips)
    return Counts(by_light, returned, roles[PartyRole.LEAD], roles[PartyRole.SUPPORT])


_CHIP_COLUMNS = (
    Milestone.id,
    Milestone.version,
    Milestone.assignment_id,
    Milestone.task_id,
    Milestone.deadline_id,
    Assignment.role,
    Milestone.state,
    Milestone.opens_on,
    Milestone.due_on,
    Milestone.late_from,
    Milestone.is_waiting,
    Milestone.is_backfill,
    Milestone.submitted_on,
    Milestone.reason,
    Milestone.missing,
    Deadline.label,
    Deadline.title,
)
