"""Reading requests for a new password."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, contains_eager

from tracker.forgotten.models import PasswordRequest
from tracker.forgotten.rules import LINK_MINUTES
from tracker.people.models import User
from tracker.people.rules.sessions import key_of
from tracker.units.models import Unit


def of_link(session: Session, token: str, *, at: datetime, lock: bool = False) -> PasswordRequest | None:
    """The request whose link this is, while it may be used; `lock` keeps others from using it too."""
    since = at - timedelta(minutes=LINK_MINUTES)
    good = PasswordRequest.key_hash == key_of(token), PasswordRequest.at >= since
    found = (
        select(PasswordRequest)
        .join(PasswordRequest.user)
        .where(*good, PasswordRequest.closed_at.is_(None), User.is_active)
    )
    return session.scalar(found.with_for_update(of=PasswordRequest) if lock else found)


def asked_within_a_day(session: Session, user: User, at: datetime) -> Sequence[datetime]:
    """When somebody asked for an account within the last day."""
    recent = PasswordRequest.user_id == user.id, PasswordRequest.at > at - timedelta(days=1)
    return session.scalars(select(PasswordRequest.at).where(*recent)).all()


def waiting_by_hand(session: Session, jurisdiction_id: int) -> Sequence[PasswordRequest]:
    """What waits for an administrator, the oldest first."""
    return session.scalars(_by_hand(jurisdiction_id).order_by(PasswordRequest.id)).all()


def one_by_hand(session: Session, jurisdiction_id: int, request_id: int) -> PasswordRequest | None:
    """One of them."""
    return session.scalar(_by_hand(jurisdiction_id).where(PasswordRequest.id == request_id))


def _by_hand(jurisdiction_id: int) -> Select[PasswordRequest]:
    """What is open, unless the person has chosen a password since, having been helped otherwise."""
    is_helped = User.password_set_at > PasswordRequest.at
    return (
        select(PasswordRequest)
        .join(PasswordRequest.user)
        .join(User.unit)
        .where(Unit.jurisdiction_id == jurisdiction_id)
        .where(PasswordRequest.key_hash == "", PasswordRequest.closed_at.is_(None))
        .where(or_(User.password_set_at.is_(None), ~is_helped))
        .options(contains_eager(PasswordRequest.user).contains_eager(User.unit))
    )
