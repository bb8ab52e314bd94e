"""What a person does with the own account."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.errors import Refused
from tracker.events.actions import record
from tracker.people import passwords
from tracker.people.actions.entering import forget_sign_ins
from tracker.people.models import User
from tracker.people.rules import password_problem


def change_password(session: Session, user: User, *, old: str, new: str, at: datetime) -> None:
    """Replace one's own password; every other session of the person ends.

    Raises:
        Refused: the old password is wrong, or the new one too weak.
    """
    if not passwords.matches(user.password_hash, old):
        raise Refused("原密码不正确")
    problem = password_problem(new, username=user.username)
    if problem is None and passwords.matches(user.password_hash, new):
        problem = "新密码不能与原密码相同"
    if problem:
        raise Refused(problem)
    user.password_hash = passwords.hash_password(new)
    user.must_change_password = False
    forget_sign_ins(session, user)
    record(session, "user", user.id, "change_password", by=user, at=at)
