"""When people last signed in, and whose accounts nobody uses."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from tracker.events.models import Event
from tracker.people.models import User
from tracker.people.rules.absence import BEGINNINGS, LONG, SIGNED_IN, Absence


def absent(found: Select[Any], absence: Absence, at: datetime) -> Select[Any]:
    """Of a list of people those whose account is in use and who have been absent like this."""
    own = Event.subject == "user", Event.subject_id == User.id
    seen: tuple[ColumnElement[bool], ...] = (Event.verb == SIGNED_IN,)
    if absence is Absence.LONG:
        seen = Event.verb.in_(BEGINNINGS), Event.at >= at - LONG
    return found.where(User.is_active, ~exists().where(*own, *seen))


def absent_count(session: Session, at: datetime) -> int:
    """How many accounts in use nobody has used for long, in all jurisdictions."""
    return session.scalar(absent(select(func.count(User.id)), Absence.LONG, at)) or 0


def last_sign_ins(session: Session, people: Collection[User]) -> dict[int, datetime]:
    """When people last signed in, by their numbers; who never did is not there."""
    own = Event.subject == "user", Event.subject_id.in_([person.id for person in people])
    rows = session.execute(
        select(Event.subject_id, func.max(Event.at))
        .where(*own, Event.verb == SIGNED_IN)
        .group_by(Event.subject_id)
    )
    return dict(rows.all())
