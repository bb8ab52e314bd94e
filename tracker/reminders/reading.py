"""What a person does with what they were told: read it."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from tracker.people.models import User
from tracker.reminders.models import Notice


def read(session: Session, person: User, *, first: int, last: int, at: datetime) -> int:
    """标为已读: the person's unread notices from one number to another; returns how many there were."""
    unread = (Notice.user_id == person.id, Notice.id.between(first, last), Notice.read_at.is_(None))
    done = session.execute(
        update(Notice).where(*unread).values(read_at=at).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # an update has one
