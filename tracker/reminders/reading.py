"""What a person does on the page 提醒: read what they were told, have another address of the calendar."""

from datetime import datetime
from secrets import token_urlsafe

from sqlalchemy import update
from sqlalchemy.orm import Session

from tracker.events.actions import record
from tracker.people.models import User
from tracker.reminders.models import CalendarFeed, Notice


def read(session: Session, person: User, *, first: int, last: int, at: datetime) -> int:
    """标为已读: the person's unread notices from one number to another; returns how many there were."""
    unread = (Notice.user_id == person.id, Notice.id.between(first, last), Notice.read_at.is_(None))
    done = session.execute(
        update(Notice).where(*unread).values(read_at=at).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # an update has one


def renew_feed(session: Session, person: User, *, at: datetime) -> CalendarFeed:
    """换一个地址: a new secret address of the person's calendar; the old one opens nothing any more."""
    feed = session.get(CalendarFeed, person.id, with_for_update=True) or CalendarFeed(user_id=person.id)
    feed.token, feed.made_at = f"{person.id}-{token_urlsafe(32)}", at
    session.add(feed)
    record(session, "calendar_feed", person.id, "renew", by=person, at=at)
    session.flush()
    return feed
