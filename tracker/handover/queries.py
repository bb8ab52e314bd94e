"""What lies with a person, and who could take it over."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from tracker.assignments.models import Assignment
from tracker.handover.rules import Burden
from tracker.outbox.models import OutboxMessage
from tracker.outbox.rules import MailState
from tracker.people.models import User
from tracker.people.queries import handlers
from tracker.plan.models import Task


def open_shares(session: Session, person: User) -> Sequence[Assignment]:
    """The shares that the person works on, in the order of the plan."""
    return session.scalars(
        select(Assignment)
        .join(Task, Task.id == Assignment.task_id)
        .where(Assignment.handler_id == person.id, Assignment.left_on.is_(None))
        .options(joinedload(Assignment.task).load_only(Task.code))
        .order_by(Task.campaign_id, Task.position)
    ).all()


def successors(session: Session, person: User, today: date) -> list[User]:
    """The others who do the unit's tasks."""
    colleagues = handlers(session, [person.unit_id], today).get(person.unit_id, [])
    return [colleague for colleague in colleagues if colleague.id != person.id]


def burden_of(session: Session, person: User, today: date) -> Burden:
    """What lies with the person today; nothing any more with who has left."""
    if not person.is_active:
        return Burden()
    waiting = OutboxMessage.user_id == person.id, OutboxMessage.state == MailState.WAITING
    return Burden(
        tuple(share.task.code for share in open_shares(session, person)),
        session.scalar(select(func.count()).select_from(OutboxMessage).where(*waiting)) or 0,
        is_last=person.role.handles_tasks and not successors(session, person, today),
    )
