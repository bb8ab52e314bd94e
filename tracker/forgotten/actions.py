"""Asking for a new password, setting it by the link, answering by hand."""

from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_urlsafe

from sqlalchemy import update
from sqlalchemy.orm import Session

from tracker.errors import enforce
from tracker.events.actions import record
from tracker.events.rules import Outcome
from tracker.forgotten.models import PasswordRequest
from tracker.forgotten.queries import asked_within_a_day
from tracker.forgotten.rules import is_too_often
from tracker.people import actions as people
from tracker.people.models import User
from tracker.people.queries import user_named
from tracker.people.rules import reason_not_to_enter, trace_of
from tracker.people.rules.sessions import key_of


@dataclass(frozen=True)
class Link:
    """What goes to a person by mail, and is kept nowhere."""

    user: User
    token: str


def ask(
    session: Session, username: str, *, can_mail: bool, at: datetime, today: date, origin: str = ""
) -> Link | None:
    """Ask for a new password; returns the link that is to be mailed, if there is one.

    Args:
        can_mail: this installation has a mail server.
    """
    user = user_named(session, username, lock=True)
    if user is None:
        note = trace_of(username)
        record(session, "user", 0, "forgot", by=None, at=at, note=note, outcome=Outcome.REFUSED)
        return None
    reason = reason_not_to_enter(is_active=user.is_active, valid_until=user.valid_until, today=today)
    if reason or is_too_often(asked_within_a_day(session, user, at), at):
        note = reason or "申请过于频繁"
        record(session, "user", user.id, "forgot", by=None, at=at, note=note, outcome=Outcome.REFUSED)
        return None
    record(session, "user", user.id, "forgot", by=None, at=at)
    is_mailed = can_mail and bool(user.email)
    token = token_urlsafe(32) if is_mailed else ""
    _close_all(session, user, at)
    session.add(PasswordRequest(user=user, at=at, origin=origin, key_hash=key_of(token) if token else ""))
    session.flush()
    return Link(user, token) if is_mailed else None


def set_by_link(session: Session, request: PasswordRequest, new_hash: str, *, at: datetime) -> None:
    """Take the new password of whoever had the link; it is void with that, and so is a lock."""
    user = request.user
    people.put_password(session, user, new_hash, at=at)
    user.failed_count, user.locked_until = 0, None
    _close_all(session, user, at)
    record(session, "user", user.id, "set_by_link", by=user, at=at)


def answer(session: Session, request: PasswordRequest, *, by: User, at: datetime) -> str:
    """The administrator knows that it is the person: returns a one-time password.

    Raises:
        Refused: `by` may not.
    """
    password = people.reset_password(session, request.user, by=by, at=at)
    _close_all(session, request.user, at)
    return password


def dismiss(session: Session, request: PasswordRequest, *, by: User, at: datetime) -> None:
    """It was not the person, or is not needed any more.

    Raises:
        Refused: `by` may not.
    """
    enforce(people.reason_not_to_reset(request.user, by=by))
    request.closed_at = at
    record(session, "user", request.user_id, "dismiss_request", by=by, at=at)


def _close_all(session: Session, user: User, at: datetime) -> None:
    session.flush()
    mine = PasswordRequest.user_id == user.id, PasswordRequest.closed_at.is_(None)
    session.execute(update(PasswordRequest).where(*mine).values(closed_at=at))
