"""What a person does with the own account."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.errors import Refused, Stale
from tracker.events.actions import record
from tracker.people import passwords
from tracker.people.actions.entering import forget_sign_ins
from tracker.people.models import PastPassword, User
from tracker.people.rules.passwords import REMEMBERED_PASSWORDS, password_problem

WRONG_OLD = "原密码不正确"


@dataclass(frozen=True)
class Known:
    """What a new password is held against: the user name, the hash in force and those of before."""

    username: str
    stored: str
    past: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """A change that was checked: the hash that was in force, and the new one."""

    old_hash: str
    new_hash: str


def known_of(session: Session, user: User) -> Known:
    """What `check_change` needs of a person."""
    past = select(PastPassword.password_hash).where(PastPassword.user_id == user.id)
    newest = past.order_by(PastPassword.id.desc()).limit(REMEMBERED_PASSWORDS)
    return Known(user.username, user.password_hash, tuple(session.scalars(newest)))


def check_change(known: Known, *, old: str, new: str) -> Change:
    """Check a new password and hash it. It takes half a second, so no transaction should be open.

    Raises:
        Refused: the old password is wrong, or the new one too weak, too common or used before.
    """
    if not passwords.matches(known.stored, old):
        raise Refused(WRONG_OLD)
    if new == old:
        raise Refused("新密码不能与原密码相同")
    return Change(known.stored, check_new(known, new))


def check_new(known: Known, new: str) -> str:
    """Check a new password alone and hash it, for who proved otherwise to be the person.

    Raises:
        Refused: it is too weak, too common or was used before.
    """
    problem = password_problem(new, username=known.username, common=passwords.common())
    if problem is None and passwords.is_one_of(known.past, new):
        problem = f"新密码不能是最近 {REMEMBERED_PASSWORDS} 次用过的密码"
    if problem:
        raise Refused(problem)
    return passwords.hash_password(new)


def change_password(session: Session, user: User, change: Change, *, at: datetime) -> None:
    """Replace one's own password; every session of the person ends.

    Raises:
        Stale: it was changed or reset meanwhile.
    """
    if user.password_hash != change.old_hash:
        raise Stale
    put_password(session, user, change.new_hash, at=at)
    record(session, "user", user.id, "change_password", by=user, at=at)


def put_password(session: Session, user: User, new_hash: str, *, at: datetime) -> None:
    """The person has chosen this password: it is remembered, and every session ends."""
    user.password_hash = new_hash
    user.must_change_password = False
    user.password_set_at = at
    session.add(PastPassword(user_id=user.id, password_hash=new_hash))
    session.flush()
    kept = select(PastPassword.id).where(PastPassword.user_id == user.id).order_by(PastPassword.id.desc())
    older = PastPassword.id.not_in(session.scalars(kept.limit(REMEMBERED_PASSWORDS)).all())
    session.execute(delete(PastPassword).where(PastPassword.user_id == user.id, older))
    forget_sign_ins(session, user)
