"""Fan-out: from tasks and their units to assignments and milestones. Run again, it changes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import and_, exists, insert, or_, select
from sqlalchemy.orm import Session, selectinload

from tracker.assignments.models import Assignment, Reassignment
from tracker.events.models import Event
from tracker.milestones.actions.recording import facts, record_step
from tracker.milestones.models import Milestone
from tracker.milestones.rules import DONE, OWING, State, Step, is_born_backfill, late_from
from tracker.milestones.waiting import refresh_all_waiting
from tracker.people.models import User
from tracker.plan.models import Campaign, Deadline, Task, TaskParty
from tracker.plan.rules import PartyRole
from tracker.units.models import Unit, UnitGroup

BATCH = 5000


@dataclass(frozen=True)
class FanOut:
    """What a fan-out did, in rows."""

    assignments_added: int
    milestones_added: int
    assignments_left: int
    milestones_moved: int = 0
    assignments_back: int = 0


@dataclass(frozen=True)
class Share:
    """A unit's share of a task, as the plan and the groups of today say it."""

    unit_id: int
    role: PartyRole
    is_first: bool
    group_id: int | None
    acts_for_id: int | None


def fan_out(
    session: Session, campaign: Campaign, *, at: datetime, today: date, by: User | None = None
) -> FanOut:
    """Give every unit its assignments and milestones of `campaign`.

    Units that left a group keep their rows: their open milestones become 已退出; who comes back
    gets them open again. For who joins a running campaign, what is due by then or within 30 days is
    待补录, as it was for all when it went live. A share that the office gave to another unit (改派) stays
    with that unit, and what a unit did before it was merged (合并) is not owed by the other one.

    Args:
        by: who changed what is followed; None, the plan was loaded.
    """
    tasks = _tasks(session, campaign)
    moves = _moves(session, campaign)
    known = {(row.task_id, row.unit_id): row for row in _assignments(session, campaign)}
    settled = _settled(session, campaign, moves)
    wanted = {
        (task.id, share.unit_id): share
        for task in tasks
        for share in shares(task, moves.get(task.id, {}))
        if (task.id, share.unit_id) in known or not _is_settled(task, share.unit_id, settled)
    }
    added = _add_assignments(session, campaign, wanted, known)
    kept = wanted.keys() | _given_by_merged(session, tasks)
    left = [row for key, row in known.items() if key not in kept and row.left_on is None]
    for assignment in left:
        leave(session, assignment, by=by, at=at, today=today)
    back = [row for key, row in known.items() if key in wanted and row.left_on is not None]
    for key, assignment in known.items():
        if key in wanted:
            _follow_share(assignment, wanted[key])
    for assignment in back:
        _come_back(session, assignment, by=by, at=at)
    session.flush()
    since = max(campaign.live_on, today) if known else campaign.live_on
    milestones = _add_milestones(session, campaign, tasks, since, settled)
    moved = _follow_deadlines(session, campaign)
    refresh_all_waiting(session, campaign.id)
    return FanOut(added, milestones, len(left), moved, len(back))


def shares(task: Task, moves: Mapping[int, int]) -> Iterator[Share]:
    """Each unit's share of `task`, once: a lead stays a lead, who is named goes before a group.

    Args:
        moves: to which unit the share of another one was given (改派).
    """
    seen: set[int] = set()
    leads = [party for party in task.parties if party.role is PartyRole.LEAD]
    supports = [party for party in task.parties if party.role is not PartyRole.LEAD]
    for position, party in enumerate(leads + supports):
        for share in _party_shares(party, is_first=position == 0):
            holder_id = moves.get(share.unit_id, share.unit_id)
            if holder_id not in seen:
                seen.add(holder_id)
                yield replace(share, unit_id=holder_id)


def _party_shares(party: TaskParty, *, is_first: bool) -> Iterator[Share]:
    if party.unit_id is not None:
        yield Share(party.unit_id, party.role, is_first, None, None)
        return
    group: UnitGroup | None = party.group
    if group is None:
        return
    if group.acts_through_id is not None:
        yield Share(group.acts_through_id, party.role, is_first, None, group.id)
    for member in group.members:
        yield Share(member.id, party.role, is_first, group.id, None)


def _tasks(session: Session, campaign: Campaign) -> list[Task]:
    return list(
        session.scalars(
            select(Task)
            .where(Task.campaign_id == campaign.id)
            .options(
                selectinload(Task.deadlines),
                selectinload(Task.parties).joinedload(TaskParty.group).selectinload(UnitGroup.members),
            )
            .order_by(Task.position)
        )
    )


def _assignments(session: Session, campaign: Campaign) -> Iterable[Assignment]:
    return session.scalars(select(Assignment).where(Assignment.campaign_id == campaign.id))


def _moves(session: Session, campaign: Campaign) -> Mapping[int, Mapping[int, int]]:
    """By task: to which unit the share of which other one was given."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = (
        select(Reassignment.task_id, Reassignment.from_unit_id, Reassignment.to_unit_id)
        .join(Task, Task.id == Reassignment.task_id)
        .where(Task.campaign_id == campaign.id)
    )
    for task_id, from_unit_id, to_unit_id in session.execute(rows):
        found[task_id][from_unit_id] = to_unit_id
    return found


def _settled(
    session: Session, campaign: Campaign, moves: Mapping[int, Mapping[int, int]]
) -> set[tuple[int, int, int]]:
    """Task, unit and deadline of what a unit need not do that was given a share, or into which another
    one was merged: who had it before did."""
    done = (
        select(Milestone.task_id, Milestone.deadline_id, Unit.merged_into_id)
        .join(Assignment, Assignment.id == Milestone.assignment_id)
        .join(Unit, Unit.id == Milestone.unit_id)
        .where(
            Milestone.campaign_id == campaign.id, Milestone.state.in_(DONE), Assignment.left_on.is_not(None),
            or_(Milestone.task_id.in_(moves), Unit.merged_into_id.is_not(None)),
        )
    )  # fmt: skip
    return {
        (task_id, unit_id, deadline_id)
        for task_id, deadline_id, merged_into_id in session.execute(done)
        for unit_id in (merged_into_id, *moves.get(task_id, {}).values())
        if unit_id is not None
    }


def _is_settled(task: Task, unit_id: int, settled: set[tuple[int, int, int]]) -> bool:
    keys = [(task.id, unit_id, deadline.id) for deadline in task.deadlines]
    return bool(keys) and settled.issuperset(keys)


def _given_by_merged(session: Session, tasks: Iterable[Task]) -> set[tuple[int, int]]:
    """Task and unit of the shares that were given (改派) by a unit that was merged since, where the plan
    names that one no more: they stay where they are."""
    rows = (
        select(Reassignment.task_id, Reassignment.to_unit_id)
        .join(Unit, Unit.id == Reassignment.from_unit_id)
        .where(Unit.merged_into_id.is_not(None))
    )
    alive = {task.id for task in tasks if task.parties}
    return {(task_id, unit_id) for task_id, unit_id in session.execute(rows) if task_id in alive}


def _add_assignments(
    session: Session,
    campaign: Campaign,
    wanted: dict[tuple[int, int], Share],
    known: dict[tuple[int, int], Assignment],
) -> int:
    rows = [
        {
            "campaign_id": campaign.id,
            "task_id": task_id,
            "unit_id": unit_id,
            "role": share.role,
            "is_first": share.is_first,
            "group_id": share.group_id,
            "acts_for_id": share.acts_for_id,
        }
        for (task_id, unit_id), share in wanted.items()
        if (task_id, unit_id) not in known
    ]
    if rows:
        session.execute(insert(Assignment), rows)
    return len(rows)


def _add_milestones(
    session: Session, campaign: Campaign, tasks: list[Task], since: date, settled: set[tuple[int, int, int]]
) -> int:
    existing = set(
        session.execute(
            select(Milestone.assignment_id, Milestone.deadline_id).where(Milestone.campaign_id == campaign.id)
        )
    )
    deadlines = {task.id: task.deadlines for task in tasks}
    assignments = session.execute(
        select(Assignment.id, Assignment.task_id, Assignment.unit_id).where(
            Assignment.campaign_id == campaign.id, Assignment.left_on.is_(None)
        )
    )
    rows = [
        _new_milestone(campaign, deadline, since)
        | {"assignment_id": assignment_id, "task_id": task_id, "unit_id": unit_id}
        for assignment_id, task_id, unit_id in assignments
        for deadline in deadlines[task_id]
        if (assignment_id, deadline.id) not in existing and (task_id, unit_id, deadline.id) not in settled
    ]
    for start in range(0, len(rows), BATCH):
        session.execute(insert(Milestone), rows[start : start + BATCH])
    return len(rows)


def _new_milestone(campaign: Campaign, deadline: Deadline, since: date) -> dict[str, object]:
    return {
        "campaign_id": campaign.id,
        "deadline_id": deadline.id,
        "state": State.OPEN,
        "opens_on": deadline.opens_on,
        "planned_on": deadline.due_on,
        "due_on": deadline.due_on,
        "late_from": late_from(deadline.due_on, None),
        "is_backfill": is_born_backfill(deadline.due_on, since),
    }


def _follow_deadlines(session: Session, campaign: Campaign) -> int:
    """Move what is still owed to its deadline's days when the plan changed them; an earlier day that
    the office set stays, unless the plan's own is now before it."""
    set_earlier = exists().where(
        Event.subject == "milestone",
        Event.subject_id == Milestone.id,
        Event.verb == Step.SET_EARLIER.value,
    )
    astray = (
        select(Milestone, Deadline, set_earlier)
        .join(Deadline, Deadline.id == Milestone.deadline_id)
        .where(
            Milestone.campaign_id == campaign.id,
            Milestone.state == State.OPEN,
            or_(
                Milestone.planned_on > Deadline.due_on,
                Milestone.opens_on != Deadline.opens_on,
                and_(Milestone.planned_on < Deadline.due_on, ~set_earlier),
            ),
        )
    )
    rows = session.execute(astray).all()
    for milestone, deadline, has_own_day in rows:
        milestone.opens_on = deadline.opens_on
        if milestone.planned_on > deadline.due_on or not has_own_day:
            extended_to = milestone.due_on if milestone.extension_count else deadline.due_on
            milestone.planned_on, milestone.due_on = deadline.due_on, max(extended_to, deadline.due_on)
            milestone.late_from = late_from(milestone.due_on, milestone.ready_on)
    session.flush()
    return len(rows)


def leave(
    session: Session, assignment: Assignment, *, by: User | None, at: datetime, today: date, note: str = ""
) -> None:
    """The unit has the share no more: it keeps what it did, and what it still owes becomes 已退出."""
    assignment.left_on = today
    for milestone in assignment.milestones:
        if milestone.state in OWING:
            _move(session, milestone, Step.LEAVE, State.LEFT, by=by, at=at, note=note)


def _come_back(session: Session, assignment: Assignment, *, by: User | None, at: datetime) -> None:
    """The unit has the share again, and owes what it owed when it left."""
    assignment.left_on = None
    for milestone in assignment.milestones:
        if milestone.state is State.LEFT:
            state = State.RETURNED if milestone.returned_on else State.OPEN
            _move(session, milestone, Step.COME_BACK, state, by=by, at=at)


def _move(
    session: Session,
    milestone: Milestone,
    step: Step,
    state: State,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
) -> None:
    before, milestone.state = facts(milestone), state
    record_step(session, milestone, step, before, by=by, at=at, note=note)


def _follow_share(assignment: Assignment, share: Share) -> None:
    """The live link to the task: the role that the plan gives now."""
    assignment.role, assignment.is_first = share.role, share.is_first
    assignment.group_id, assignment.acts_for_id = share.group_id, share.acts_for_id
