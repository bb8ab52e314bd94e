"""The office accepts what a unit submitted, returns it, lets the unit off, or closes what was due before."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.errors import Refused, check_version, enforce
from tracker.evidence import actions as evidence
from tracker.milestones.actions.recording import facts, record_step, refresh
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day, State, Step, due_after_return, late_from, refuse_decide, refuse_step
from tracker.people.models import User


def accept(
    session: Session, milestone: Milestone, *, by: User, at: datetime, version: int | None = None
) -> None:
    """办结: the office accepts what the unit submitted, with the documents that prove it.

    Raises:
        Refused: the rules do not allow it. Stale: `version` is not the present one.
    """
    check_version(version, milestone.version)
    enforce(refuse_decide(milestone, milestone.submitted_by_id, by, Step.ACCEPT))
    accept_as(session, milestone, by=by, at=at)
    session.flush()


def send_back(
    session: Session,
    milestone: Milestone,
    reason: str,
    *,
    by: User,
    at: datetime,
    day: Day,
    version: int | None = None,
) -> None:
    """退回: the office wants it done again, also after an acceptance; due 3 working days later at
    the earliest.

    Raises:
        Refused: no reason, or the rules do not allow it. Stale: `version` is not the present one.
    """
    check_version(version, milestone.version)
    enforce(refuse_decide(milestone, milestone.submitted_by_id, by, Step.RETURN))
    if not reason.strip():
        raise Refused("退回须写明原因")
    before = facts(milestone)
    milestone.state = State.RETURNED
    milestone.reason = reason.strip()
    milestone.returned_on = day.today
    milestone.decided_at, milestone.decided_by_id = at, by.id
    milestone.submitted_at = milestone.submitted_on = milestone.submitted_by_id = None
    milestone.due_on = due_after_return(milestone.due_on, day.today, day.calendar)
    milestone.late_from = late_from(milestone.due_on, milestone.ready_on)
    record_step(session, milestone, Step.RETURN, before, by=by, at=at, note=milestone.reason)
    refresh(session, milestone)


def waive(session: Session, milestone: Milestone, *, by: User, at: datetime, note: str) -> None:
    """认定合理缺项: the office lets the unit off; nobody waits for its share any more.

    Args:
        note: the reason, for the record.

    Raises:
        Refused: it is not owed any more.
    """
    enforce(refuse_decide(milestone, milestone.submitted_by_id, by, Step.WAIVE))
    before = facts(milestone)
    milestone.state = State.WAIVED
    milestone.decided_at, milestone.decided_by_id = at, by.id
    record_step(session, milestone, Step.WAIVE, before, by=by, at=at, note=note)
    refresh(session, milestone)


def close_backfill(session: Session, milestone: Milestone, *, by: User, at: datetime) -> None:
    """补录办结: the office closes what was due before the system went live.

    Raises:
        Refused: it is not 待补录.
    """
    enforce(refuse_step(milestone, Step.CLOSE_BACKFILL))
    if not milestone.is_backfill:
        raise Refused("不是待补录的节点")
    before = facts(milestone)
    milestone.state = State.ACCEPTED
    milestone.decided_at, milestone.decided_by_id = at, by.id
    record_step(session, milestone, Step.CLOSE_BACKFILL, before, by=by, at=at)
    refresh(session, milestone)


def accept_as(session: Session, milestone: Milestone, *, by: User | None, at: datetime) -> None:
    """Accept the milestone and its documents; `by=None` is the system itself."""
    before = facts(milestone)
    milestone.state = State.ACCEPTED
    milestone.decided_at, milestone.decided_by_id = at, by.id if by else None
    evidence.accept_all(session, milestone.task_id, milestone.unit_id, by=by, at=at)
    record_step(session, milestone, Step.ACCEPT, before, by=by, at=at)
