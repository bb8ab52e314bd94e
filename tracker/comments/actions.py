"""Saying something about a task."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.comments.models import Comment, Mention
from tracker.comments.rules import Step, refuse_write
from tracker.errors import Refused
from tracker.events.actions import record
from tracker.people.models import User
from tracker.plan.models import Task
from tracker.units.models import Unit


def write(
    session: Session, task: Task, text: str, called: Iterable[Unit], *, by: User, at: datetime
) -> Comment:
    """留言; the units that it calls upon read of it in their next mail.

    Raises:
        Refused: the person only reads.
    """
    if reason := refuse_write(by.role):
        raise Refused(reason)
    units = list(called)
    comment = Comment(task_id=task.id, unit_id=by.unit_id, text=text, at=at, by_id=by.id)
    comment.mentions = [Mention(unit_id=unit.id) for unit in units]
    session.add(comment)
    session.flush()
    record(
        session, "comment", comment.id, Step.WRITE.value, by=by, at=at,
        note=" ".join(f"@{unit.short}" for unit in units), task_id=task.id, unit_id=by.unit_id,
    )  # fmt: skip
    return comment
