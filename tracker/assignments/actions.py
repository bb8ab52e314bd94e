"""What people do with an assignment as a whole: 签收."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.assignments.models import Assignment
from tracker.assignments.rules import Step, refuse_acknowledge
from tracker.errors import Refused
from tracker.events.actions import record
from tracker.people.models import User


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
