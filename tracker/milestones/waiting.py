"""Which leads wait for the supporting units that their basic task names.

`is_waiting` and `ready_on` of a lead's milestone are derived from the supporting units' milestones
of the same task and deadline; they stand in the row so that lists need no second look, and this
module is the only one that writes them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from tracker.assignments.models import Assignment
from tracker.milestones.models import Milestone
from tracker.milestones.rules import OWING, late_from
from tracker.plan.models import PlanItem, Task
from tracker.plan.rules import ItemKind, PartyRole
from tracker.units.models import Unit

_SHARES = (
    select(Milestone.task_id, Milestone.deadline_id, Milestone.state, Milestone.submitted_on)
    .join(Assignment, Assignment.id == Milestone.assignment_id)
    .join(Task, Task.id == Milestone.task_id)
    .join(PlanItem, PlanItem.id == Task.item_id)
    .where(
        PlanItem.kind == ItemKind.INDICATOR,
        Assignment.role == PartyRole.SUPPORT,
        Assignment.group_id.is_(None),
    )
)
"""The shares that a lead must wait for: those of units that a basic task names itself; groups and
initiatives block nobody."""
_LEADS = (
    select(Milestone)
    .join(Assignment, Assignment.id == Milestone.assignment_id)
    .where(Assignment.role == PartyRole.LEAD)
    .execution_options(populate_existing=True)
)


def refresh_waiting(session: Session, task_id: int, deadline_id: int) -> None:
    """Bring the lead's milestone of one task and deadline up to date after a share changed.

    The lead's row is locked before the shares are read: of two units that submit at the same moment
    the second sees what the first has done.
    """
    at_place = (Milestone.task_id == task_id, Milestone.deadline_id == deadline_id)
    leads = session.scalars(_LEADS.where(*at_place).with_for_update(of=Milestone)).all()
    rows = session.execute(_SHARES.where(*at_place)).all()
    if rows:
        _tell(leads, ((state, day) for _, _, state, day in rows))
        session.flush()


def refresh_all_waiting(session: Session, campaign_id: int) -> None:
    """The same for a whole campaign, after a fan-out."""
    shares: dict[tuple[int, int], list[tuple[str, date | None]]] = defaultdict(list)
    for task_id, deadline_id, state, day in session.execute(
        _SHARES.where(Milestone.campaign_id == campaign_id)
    ):
        shares[task_id, deadline_id].append((state, day))
    leads: dict[tuple[int, int], list[Milestone]] = defaultdict(list)
    tasks = {task_id for task_id, _ in shares}
    for lead in session.scalars(_LEADS.where(Milestone.task_id.in_(tasks))):
        leads[lead.task_id, lead.deadline_id].append(lead)
    for place, group in shares.items():
        _tell(leads[place], group)
    session.flush()


def awaited_names(
    session: Session, places: Collection[tuple[int, int]], *, named_only: bool
) -> dict[tuple[int, int], str]:
    """Names of the supporting units, and of leads beside the first, that have not submitted their
    share, by (task, deadline).

    Args:
        named_only: leave out those that support as members of a group.
    """
    query = (
        select(Milestone.task_id, Milestone.deadline_id, Unit.short)
        .join(Unit, Unit.id == Milestone.unit_id)
        .join(Assignment, Assignment.id == Milestone.assignment_id)
        .where(
            tuple_(Milestone.task_id, Milestone.deadline_id).in_(places),
            Milestone.state.in_(OWING),
            Assignment.is_first.is_(False),
        )
        .order_by(Unit.position)
    )
    if named_only:
        query = query.where(Assignment.group_id.is_(None))
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    for task_id, deadline_id, name in session.execute(query) if places else ():
        found[task_id, deadline_id].append(name)
    return {place: "、".join(names) for place, names in found.items()}


def _tell(leads: Iterable[Milestone], shares: Iterable[tuple[str, date | None]]) -> None:
    is_waiting, ready_on = _summary(shares)
    for lead in leads:
        lead.is_waiting, lead.ready_on = is_waiting, ready_on
        if lead.state in OWING:  # what was handed in keeps the day by which it was judged
            lead.late_from = late_from(lead.due_on, ready_on)


def _summary(shares: Iterable[tuple[str, date | None]]) -> tuple[bool, date | None]:
    """Whether somebody is still owed, and if not the day on which the last one submitted."""
    states_and_days = list(shares)
    if any(state in OWING for state, _ in states_and_days):
        return True, None
    days = [day for _, day in states_and_days if day is not None]
    return False, max(days, default=None)
