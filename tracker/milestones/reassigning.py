"""改派: the office gives a unit's share of a task to another unit."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.assignments.models import Assignment, Reassignment
from tracker.assignments.rules import Move, refuse_reassign
from tracker.assignments.rules import Step as ShareStep
from tracker.errors import Refused
from tracker.events.actions import record
from tracker.milestones.fanout import leave
from tracker.milestones.models import Milestone
from tracker.milestones.rules import OWING, Day, State, Step, due_after_reassignment, late_from
from tracker.milestones.waiting import refresh_waiting
from tracker.people.models import User
from tracker.units.models import Unit


def reassign(
    session: Session, share: Assignment, unit: Unit, reason: str, *, by: User, at: datetime, day: Day
) -> Assignment:
    """改派: `unit` gets what the share still owes, with its days and at least 3 working days; the old unit
    keeps its history. Returns the share of the new unit.

    Raises:
        Refused: no reason, or the rules do not allow it.
    """
    session.refresh(share, with_for_update=True)
    taken = share_of(session, share.task_id, unit.id)
    if problem := refuse_reassign(_move(share, unit, taken), by):
        raise Refused(problem)
    if not reason.strip():
        raise Refused("改派须写明原因")
    _follow(session, share, unit, reason.strip(), by=by, at=at)
    owed = owed_by(share)
    taker = hand_on(session, share, unit, f"改派给{unit.short}", by=by, at=at, day=day)
    for milestone in owed:
        refresh_waiting(session, milestone.task_id, milestone.deadline_id)
    _record(session, share, f"改派给{unit.short}：{reason.strip()}", by=by, at=at)
    _record(session, taker, f"原由{share.unit.short}承担：{reason.strip()}", by=by, at=at)
    return taker


def hand_on(
    session: Session, share: Assignment, unit: Unit, note: str, *, by: User, at: datetime, day: Day
) -> Assignment:
    """Let `unit` owe what the share still does, and the old unit leave it, whoever decided so; returns
    the share of the new unit. Who waits for whom is not refreshed."""
    owed = owed_by(share)
    taker = _taker(session, share, unit, share_of(session, share.task_id, unit.id))
    for milestone in owed:
        _pass_on(session, milestone, taker, by=by, at=at, day=day)
    share.is_first = False
    leave(session, share, by=by, at=at, today=day.today, note=note)
    session.flush()
    return taker


def owed_by(share: Assignment) -> list[Milestone]:
    """What the share still owes."""
    return [milestone for milestone in share.milestones if milestone.state in OWING]


def _move(share: Assignment, unit: Unit, taken: Assignment | None) -> Move:
    states = [milestone.state for milestone in share.milestones]
    return Move(
        share.unit_id,
        unit.id,
        unit.kind,
        has_left=share.left_on is not None,
        is_taken=taken is not None and taken.left_on is None,
        owed_count=sum(state in OWING for state in states),
        review_count=states.count(State.SUBMITTED),
    )


def share_of(session: Session, task_id: int, unit_id: int) -> Assignment | None:
    """The unit's share of the task, even one that it left."""
    own = Assignment.task_id == task_id, Assignment.unit_id == unit_id
    return session.scalar(select(Assignment).where(*own))


def _follow(session: Session, share: Assignment, unit: Unit, reason: str, *, by: User, at: datetime) -> None:
    """Tell the fan-out where the share of the unit that the plan means is now: one row for it however
    often it moves, none once it is back."""
    held = Reassignment.task_id == share.task_id, Reassignment.to_unit_id == share.unit_id
    row = session.scalar(select(Reassignment).where(*held))
    if row is None:
        row = Reassignment(task_id=share.task_id, from_unit_id=share.unit_id)
        session.add(row)
    elif row.from_unit_id == unit.id:
        session.delete(row)
        return
    row.to_unit_id, row.reason, row.at, row.by_id = unit.id, reason, at, by.id


def _taker(session: Session, share: Assignment, unit: Unit, taker: Assignment | None) -> Assignment:
    """The new unit's share: the one that it left before, or a new one."""
    if taker is None:
        taker = Assignment(campaign_id=share.campaign_id, task_id=share.task_id, unit_id=unit.id, unit=unit)
        session.add(taker)
    taker.role, taker.is_first = share.role, share.is_first
    taker.group_id, taker.acts_for_id = share.group_id, share.acts_for_id
    taker.left_on = taker.handler_id = taker.acknowledged_at = taker.acknowledged_by_id = None
    session.flush()
    return taker


def _pass_on(
    session: Session, owed: Milestone, taker: Assignment, *, by: User, at: datetime, day: Day
) -> None:
    """Let the new unit owe what the old one does, unless it did it when it had the share before."""
    there = {milestone.deadline_id: milestone for milestone in taker.milestones}
    milestone = there.get(owed.deadline_id)
    if milestone is None:
        milestone = Milestone(
            campaign_id=owed.campaign_id, assignment=taker, task_id=owed.task_id, unit_id=taker.unit_id,
            deadline=owed.deadline,
        )  # fmt: skip
        session.add(milestone)
    elif milestone.state is not State.LEFT:
        return
    is_untouched_backfill = owed.is_backfill and owed.state is State.OPEN
    due_on = owed.due_on
    if not is_untouched_backfill:
        due_on = due_after_reassignment(due_on, day.today, day.calendar)
    milestone.state, milestone.returned_on, milestone.reason = State.OPEN, None, ""
    milestone.opens_on, milestone.planned_on, milestone.due_on = owed.opens_on, owed.planned_on, due_on
    milestone.is_backfill, milestone.extension_count = is_untouched_backfill, owed.extension_count
    milestone.ready_on, milestone.late_from = owed.ready_on, late_from(due_on, owed.ready_on)
    session.flush()
    if milestone.planned_on < owed.deadline.due_on:
        _keep_earlier_day(session, milestone, by=by, at=at)


def _keep_earlier_day(session: Session, milestone: Milestone, *, by: User, at: datetime) -> None:
    """The day that the office had set earlier is the new unit's too, and the fan-out leaves it alone."""
    record(
        session, "milestone", milestone.id, Step.SET_EARLIER.value, by=by, at=at,
        before={"planned_on": milestone.deadline.due_on.isoformat()},
        after={"planned_on": milestone.planned_on.isoformat()},
        note=f"改派后沿用 {milestone.planned_on}", task_id=milestone.task_id, unit_id=milestone.unit_id,
    )  # fmt: skip


def _record(session: Session, share: Assignment, note: str, *, by: User, at: datetime) -> None:
    record(
        session, "assignment", share.id, ShareStep.REASSIGN.value, by=by, at=at, note=note,
        task_id=share.task_id, unit_id=share.unit_id,
    )  # fmt: skip
