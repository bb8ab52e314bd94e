"""What administrators do with accounts: add, edit, reset, stop, let in again."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.errors import Refused
from tracker.events.actions import record
from tracker.people import passwords
from tracker.people.actions.entering import forget_sign_ins
from tracker.people.models import User
from tracker.people.queries import free_username, namesakes, sort_name, user_named
from tracker.people.rules import (
    Role,
    clean_username,
    reason_not_to_give,
    reason_not_to_manage,
    reason_not_to_sit,
    username_problem,
)
from tracker.units.models import Unit


@dataclass(frozen=True)
class Contact:
    """How a person is reached and addressed."""

    name: str
    title: str = ""
    phone: str = ""
    email: str = ""
    valid_until: date | None = None


def add(
    session: Session,
    unit: Unit,
    contact: Contact,
    role: Role,
    *,
    by: User | None,
    at: datetime,
    username: str = "",
) -> tuple[User, str]:
    """Give a person an account; returns it with its one-time password. `by=None` is the operator.

    Raises:
        Refused: the person has an account already, the user name is taken, `by` may not, or the
            unit has no such role.
    """
    reason = reason_not_to_give(by.role if by else None, role) or reason_not_to_sit(role, unit.kind)
    if reason:
        raise Refused(reason)
    twins = [user for user in _twins(session, unit, contact) if user.role is role]
    if twins:
        raise Refused(f"{contact.name}已有{role.label}账号：{twins[0].username}")
    name = clean_username(username) or free_username(session, unit)
    problem = username_problem(name)
    if problem or user_named(session, name):
        raise Refused(problem or f"用户名 {name} 已被使用，请换一个")
    password = passwords.one_time_password()
    user = User(
        unit_id=unit.id,
        unit=unit,
        username=name,
        role=role,
        sort_name=sort_name(contact.name),
        password_hash=passwords.hash_one_time(password),
        **asdict(contact),
    )
    session.add(user)
    session.flush()
    after = {"username": name, "role": role.value, "unit": unit.name, **_plain(contact)}
    record(session, "user", user.id, "add", by=by, at=at, after=after)
    return user, password


def edit(session: Session, user: User, contact: Contact, *, by: User | None, at: datetime) -> None:
    """Change how a person is reached and addressed."""
    _check_may(by, user.role)
    before = contact_of(user)
    if before == contact:
        return
    for name, value in asdict(contact).items():
        setattr(user, name, value)
    user.sort_name = sort_name(contact.name)
    record(session, "user", user.id, "edit", by=by, at=at, before=_plain(before), after=_plain(contact))


def reset_password(session: Session, user: User, *, by: User | None, at: datetime) -> str:
    """Issue a new one-time password; lifts a lock and ends the person's sessions."""
    _check_may(by, user.role)
    password = passwords.one_time_password()
    user.password_hash = passwords.hash_one_time(password)
    user.must_change_password, user.password_set_at = True, None
    user.failed_count, user.locked_until = 0, None
    forget_sign_ins(session, user)
    record(session, "user", user.id, "reset_password", by=by, at=at)
    return password


def disable(session: Session, user: User, *, by: User | None, at: datetime) -> None:
    """Stop an account; its sessions end at once.

    Raises:
        Refused: it is one's own, or stopped already.
    """
    _check_may(by, user.role)
    if by is not None and by.id == user.id:
        raise Refused("不能停用自己的账号")
    if not user.is_active:
        raise Refused("该账号已经停用")
    user.is_active = False
    forget_sign_ins(session, user)
    record(session, "user", user.id, "disable", by=by, at=at)


def enable(session: Session, user: User, *, by: User | None, at: datetime) -> None:
    """Let a stopped account in again.

    Raises:
        Refused: it is not stopped.
    """
    _check_may(by, user.role)
    if user.is_active:
        raise Refused("该账号正在使用")
    user.is_active = True
    record(session, "user", user.id, "enable", by=by, at=at)


def contact_of(user: User) -> Contact:
    """The present contact data of a person."""
    return Contact(user.name, user.title, user.phone, user.email, user.valid_until)


def move(session: Session, user: User, unit: Unit, *, by: User, at: datetime) -> None:
    """Put a person into another unit."""
    if user.unit_id == unit.id:
        return
    _check_may(by, user.role)
    before, after = {"unit": user.unit.name}, {"unit": unit.name}
    user.unit = unit
    record(session, "user", user.id, "move", by=by, at=at, before=before, after=after)


def _check_may(by: User | None, role: Role) -> None:
    reason = reason_not_to_manage(by.role, role) if by else None
    if reason:
        raise Refused(reason)


def _twins(session: Session, unit: Unit, contact: Contact) -> list[User]:
    return namesakes(session, unit, name=contact.name, phone=contact.phone, email=contact.email)


def _plain(contact: Contact) -> dict[str, Any]:
    until = contact.valid_until
    return {**asdict(replace(contact, valid_until=None)), "valid_until": until.isoformat() if until else None}
