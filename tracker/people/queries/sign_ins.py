"""Reading sessions: whose they are, and which a person has."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, contains_eager, defer

from tracker.people.models import RecoveryCode, SignIn, User
from tracker.people.rules import oidc_username
from tracker.people.rules.sessions import SessionPolicy, key_of
from tracker.units.models import Unit

Found = tuple[User, int, datetime, datetime, *tuple[Any, ...]]

OF_SESSION = (  # every page asks for it: built once
    select(User, SignIn.id, SignIn.seen_at, SignIn.ends_at)
    .join(SignIn, SignIn.user_id == User.id)
    .join(User.unit)
    .join(Unit.jurisdiction)
    .where(User.id == bindparam("user_id"), SignIn.key_hash == bindparam("key_hash"))
    .options(contains_eager(User.unit).contains_eager(Unit.jurisdiction), defer(User.password_hash))
)
"""The person of a session, its number, when it was last used, and when it ends at the latest."""


def row_of_session(
    session: Session, query: Select[*tuple[Any, ...]], remembered: str, **wanted: str
) -> Row[*tuple[Any, ...]] | None:
    """What a query made from `OF_SESSION` finds of the session that a browser remembers.

    Args:
        remembered: the person's number and the session's id, 17:abc.
        wanted: the query's other parameters.
    """
    number, _, token = remembered.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 10 and token):
        return None
    return session.execute(query, {"user_id": int(number), "key_hash": key_of(token), **wanted}).first()


def sign_ins_of(session: Session, user: User, policy: SessionPolicy, at: datetime) -> Sequence[SignIn]:
    """The sessions of a person that have not ended, the newest first."""
    own = select(SignIn).where(SignIn.user_id == user.id, is_running(policy, at))
    return session.scalars(own.order_by(SignIn.made_at.desc(), SignIn.id.desc())).all()


def users_claimed(session: Session, claimed: str) -> Sequence[User]:
    """The accounts that the identity platform's word for a person stands for: by mail address, which no user
    name can be, else by user name."""
    if "@" in claimed:
        return session.scalars(select(User).where(func.lower(User.email) == claimed.lower())).all()
    return session.scalars(select(User).where(User.username == oidc_username(claimed))).all()


def recovery_codes_left(session: Session, user: User) -> int:
    """How many recovery codes a person has not used."""
    own = select(func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return session.scalar(own) or 0


def is_running(policy: SessionPolicy, at: datetime) -> ColumnElement[bool]:
    """Whether a session has not ended by itself (SQL sister of rules.sessions.is_over)."""
    return and_(SignIn.seen_at >= at - policy.idle, SignIn.ends_at > at)
