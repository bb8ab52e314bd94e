"""What a unit's desk shows: one row an assignment, with its chips, and the counts above them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.desk.rows import Chip, DeskRow, desk_rows
from tracker.desk.rules import Heading, heading, row_milestone
from tracker.milestones.models import Assignment, Milestone
from tracker.milestones.rules import Day, Light, State, light
from tracker.paging import PAGE_SIZE
from tracker.plan.models import Campaign, Deadline
from tracker.plan.rules import PartyRole
from tracker.units.models import Unit


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


def desk(session: Session, campaign: Campaign, unit: Unit, view: str, day: Day, number: int) -> Desk:
    """Page `number` of the unit's desk."""
    assignments = _chips_by_assignment(session, campaign, unit.id)
    shown = [chips for chips in assignments.values() if _is_shown(chips, view, day)]
    shown.sort(key=lambda chips: _row_order(chips, day))
    page = shown[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return Desk(desk_rows(session, page, day), len(shown), _counts(assignments.values(), day))


def desk_row(session: Session, assignment_id: int, day: Day) -> DeskRow:
    """The one row that is shown again after its box was ticked."""
    chips = list(_chips(session, Milestone.assignment_id == assignment_id))
    return desk_rows(session, [chips], day)[0]


def counts(session: Session, campaign: Campaign, unit: Unit, day: Day) -> Counts:
    """The numbers above the rows."""
    return _counts(_chips_by_assignment(session, campaign, unit.id).values(), day)


def _chips_by_assignment(session: Session, campaign: Campaign, unit_id: int) -> dict[int, list[Chip]]:
    grouped: dict[int, list[Chip]] = {}
    mine = (Milestone.campaign_id == campaign.id) & (Milestone.unit_id == unit_id)
    for chip in _chips(session, mine):
        grouped.setdefault(chip.assignment_id, []).append(chip)
    return grouped


def _chips(session: Session, condition: object) -> Iterable[Chip]:
    query = (
        select(*_CHIP_COLUMNS)
        .join(Assignment, Assignment.id == Milestone.assignment_id)
        .join(Deadline, Deadline.id == Milestone.deadline_id)
        .where(condition)  # type: ignore[arg-type]  # a column expression
        .order_by(Milestone.assignment_id, Deadline.due_on, Milestone.id)
    )
    return (Chip(*tuple(row)) for row in session.execute(query))


def _is_shown(chips: Sequence[Chip], view: str, day: Day) -> bool:
    if view == View.ALL:
        return True
    if view == View.LEAD:
        return chips[0].role is PartyRole.LEAD
    if view == View.SUPPORT:
        return chips[0].role is PartyRole.SUPPORT
    if view == View.RETURNED:
        return any(chip.state is State.RETURNED for chip in chips)
    lights = {light(chip, day.today, day.near_through) for chip in chips}
    return not lights.isdisjoint(_VIEW_LIGHTS.get(view, _VIEW_LIGHTS[View.TO_DO]))


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


def _counts(assignments: Iterable[Sequence[Chip]], day: Day) -> Counts:
    by_light: Counter[Light] = Counter()
    roles: Counter[PartyRole] = Counter()
    returned = 0
    near_through = day.near_through
    for chips in assignments:
        roles[chips[0].role] += 1
        for chip in chips:
            by_light[light(chip, day.today, near_through)] += 1
            returned += chip.state is State.RETURNED
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
    Milestone.planned_on,
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
