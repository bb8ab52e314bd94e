"""Reading what locks somebody out."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.events.models import Event
from tracker.people.models import SignInMiss
from tracker.people.rules import trace_of
from tracker.people.rules.locks import LockPolicy, counted_origin


def closed_until(session: Session, username: str, *, policy: LockPolicy, at: datetime) -> datetime | None:
    """Until when a name that nobody has looks locked, exactly as an account would."""
    since = at - timedelta(minutes=policy.minutes)
    misses = session.scalars(
        select(Event.at)
        .where(Event.subject == "user", Event.subject_id == 0, Event.verb == "sign_in_refused")
        .where(Event.note == trace_of(username), Event.at > since)
        .order_by(Event.at.desc())
        .limit(policy.attempts)
    ).all()
    return misses[0] + timedelta(minutes=policy.minutes) if len(misses) == policy.attempts else None


def address_closed_until(
    session: Session, address: str, *, policy: LockPolicy, at: datetime
) -> datetime | None:
    """Until when nobody may sign in from an address, as too many wrong passwords came from there."""
    origin = counted_origin(address)
    if not origin or not policy.address_attempts:
        return None
    misses = session.scalars(
        select(SignInMiss.at)
        .where(SignInMiss.origin == origin, SignInMiss.at > at - policy.address_window)
        .order_by(SignInMiss.at.desc())
        .limit(policy.address_attempts)
    ).all()
    return misses[0] + policy.address_window if len(misses) == policy.address_attempts else None
