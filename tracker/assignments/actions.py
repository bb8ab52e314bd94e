"""What people do with a unit's share of a task as a whole: 签收, and say who of the unit works on it."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.assignments.models import Assignment
from tracker.assignments.rules import Step, refuse_acknowledge, refuse_hand_to
from tracker.errors import Refused
from tracker.events.actions import record
from tracker.people.models import User
from tracker.people.rules import reason_not_to_enter

EVERYBODY = "全体联络员"
"""Who works on a share that was given to nobody."""


def acknowledge(session: Session, assignment: Assignment, *, by: User, at: datetime) -> None:
    """签收: the unit says that it has taken note of its share of a task.

    Raises:
        Refused: somebody else's share, or one that was acknowledged before.
    """
    if reason := refuse_acknowledge(
        assignment.unit_id,
        by,
        is_acknowledged=assignment.acknowledged_at is not None,
        has_left=assignment.left_on is not None,
    ):
        raise Refused(reason)
    assignment.acknowledged_at, assignment.acknowledged_by_id = at, by.id
    record(
        session, "assignment", assignment.id, Step.ACKNOWLEDGE.value,
        by=by, at=at, task_id=assignment.task_id, unit_id=assignment.unit_id,
    )  # fmt: skip
    session.flush()


def hand_to(
    session: Session, assignment: Assignment, handler: User | None, *, by: User, at: datetime, today: date
) -> None:
    """指定经办人: give the share to a person of the unit, or back to all its liaisons (None).

    Raises:
        Refused: somebody else's share, or the person does not do the unit's tasks, or has left.
    """
    if reason := refuse_hand_to(
        assignment.unit_id, by, handler, has_left=assignment.left_on is not None
    ) or _reason_not_in_service(handler, today):
        raise Refused(reason)
    if assignment.handler is handler:
        return
    before, assignment.handler = assignment.handler, handler
    session.flush()
    record_hand_to(session, assignment, Step.HAND_TO, before, by=by, at=at)


def record_hand_to(
    session: Session,
    assignment: Assignment,
    step: Step,
    before: User | None,
    *,
    by: User | None,
    at: datetime,
) -> None:
    """Put a change of 经办人 into the timeline of the task."""
    old, new = (person.name if person else EVERYBODY for person in (before, assignment.handler))
    record(
        session, "assignment", assignment.id, step.value, by=by, at=at,
        before={"handler_id": before.id if before else None}, after={"handler_id": assignment.handler_id},
        note=f"{old} → {new}", task_id=assignment.task_id, unit_id=assignment.unit_id,
    )  # fmt: skip


def _reason_not_in_service(person: User | None, today: date) -> str | None:
    if person is None:
        return None
    return reason_not_to_enter(is_active=person.is_active, valid_until=person.valid_until, today=today)
