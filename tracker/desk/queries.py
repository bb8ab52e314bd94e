"""What a unit's desk shows: one row an assignment, with its chips, and the counts above them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from tracker.desk.rules import Heading, heading, row_milestone
from tracker.milestones.models import Assignment, Milestone
from tracker.milestones.rules import Day, Light, State, light
from tracker.paging import PAGE_SIZE
from tracker.plan.models import Campaign, Deadline, PlanItem, Task, TaskParty
from tracker.plan.rules import ItemKind, Method, PartyRole
from tracker.units.models import Unit, UnitGroup


@dataclass(frozen=True, slots=True)
class Chip:
    """A milestone as a desk row shows it; it answers the questions of `milestones.rules.Facts`."""

    id: int
    version: int
    assignment_id: int
    role: PartyRole
    state: State
    opens_on: date
    planned_on: date
    due_on: date
    late_from: date
    is_waiting: bool
    is_backfill: bool
    submitted_on: date | None
    reason: str
    missing: str
    label: str
    title: str


@dataclass(frozen=True)
class DeskRow:
    """One assignment on the desk: its task, its chips, and the one chip that the box stands for."""

    assignment_id: int
    task_id: int
    code: str
    text: str
    context: str
    role: PartyRole
    partners: str
    chips: list[Chip]
    current: Chip
    heading: Heading


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
    return Desk(_rows(session, page, day), len(shown), _counts(assignments.values(), day))


def desk_row(session: Session, assignment_id: int, day: Day) -> DeskRow:
    """The one row that is shown again after its box was ticked."""
    chips = list(_chips(session, Milestone.assignment_id == assignment_id))
    return _rows(session, [chips], day)[0]


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


def _rows(session: Session, page: Sequence[Sequence[Chip]], day: Day) -> list[DeskRow]:
    point = aliased(PlanItem)
    query = (
        select(
            Assignment.id, Task.id, Task.code, Task.text, Assignment.role,
            PlanItem.kind, PlanItem.methods, point.number, point.title,
        )
        .join(Task, Task.id == Assignment.task_id)
        .join(PlanItem, PlanItem.id == Task.item_id)
        .outerjoin(point, point.id == PlanItem.parent_id)
        .where(Assignment.id.in_([chips[0].assignment_id for chips in page]))
    )  # fmt: skip
    found = {row[0]: row for row in session.execute(query)}
    partners = _partners(session, [row[1] for row in found.values()])
    rows = []
    for chips in page:
        assignment_id, task_id, code, text, role, kind, methods, number, title = found[chips[0].assignment_id]
        current = row_milestone(chips, day.today)
        rows.append(
            DeskRow(
                assignment_id, task_id, code, text, _context(kind, number, title, methods), role,
                _partner_words(role, partners.get(task_id, [])), list(chips), current, heading(current, day),
            )
        )  # fmt: skip
    return rows


def _context(kind: ItemKind, number: int | None, title: str | None, methods: list[str]) -> str:
    place = kind.label if title is None or kind is not ItemKind.INDICATOR else f"{number} {title}"
    words = "、".join(Method(method).label for method in methods)
    return f"{place} · {words}" if words else place


def _partners(session: Session, task_ids: list[int]) -> dict[int, list[tuple[PartyRole, str]]]:
    query = (
        select(TaskParty.task_id, TaskParty.role, Unit.short, UnitGroup.name)
        .outerjoin(Unit, Unit.id == TaskParty.unit_id)
        .outerjoin(UnitGroup, UnitGroup.id == TaskParty.group_id)
        .where(TaskParty.task_id.in_(task_ids))
        .order_by(TaskParty.task_id, TaskParty.position)
    )
    found: dict[int, list[tuple[PartyRole, str]]] = {}
    for task_id, role, unit, group in session.execute(query):
        found.setdefault(task_id, []).append((role, unit or group))
    return found


def _partner_words(role: PartyRole, parties: list[tuple[PartyRole, str]]) -> str:
    """Of a lead: who supports it; of a supporting unit: who leads."""
    other = PartyRole.SUPPORT if role is PartyRole.LEAD else PartyRole.LEAD
    names = [name for party_role, name in parties if party_role is other]
    shown = "、".join(names[:4]) + (f"等 {len(names)} 家" if len(names) > 4 else "")
    return f"{other.label}：{shown}" if names else ""


_CHIP_COLUMNS = (
    Milestone.id,
    Milestone.version,
    Milestone.assignment_id,
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
