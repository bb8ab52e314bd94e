"""What administrators do with accounts: add, edit, reset, stop, let in again."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.errors import Refused, enforce
from tracker.events.actions import record
from tracker.people import passwords
from tracker.people.actions.entering import forget_sign_ins
from tracker.people.models import User
from tracker.people.queries import free_username, namesakes, sort_name, user_named
from tracker.people.queries.admins import has_other_admin, other_hats
from tracker.people.rules import Role, clean_username, username_problem
from tracker.people.rules.managing import (
    Power,
    reason_not_to_become,
    reason_not_to_hold_both,
    reason_not_to_lose,
    reason_not_to_manage,
    reason_not_to_sit,
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

    Where `by` may not give passwords there is none, and the account waits (待启用) for who may.

    Raises:
        Refused: the person has an account already, the user name is taken, `by` may not, the
            unit has no such role, or the person is another of the three administrators.
    """
    _check_may(by, Power.ADD, role)
    enforce(reason_not_to_sit(role, unit.kind))
    twins = [user for user in _twins(session, unit, contact) if user.role is role]
    if twins:
        raise Refused(f"{contact.name}已有{role.label}账号：{twins[0].username}")
    name = clean_username(username) or free_username(session, unit)
    problem = username_problem(name)
    if problem or user_named(session, name):
        raise Refused(problem or f"用户名 {name} 已被使用，请换一个")
    is_waiting = by is not None and reason_not_to_manage(by.role, Power.RESET, role) is not None
    password = "" if is_waiting else passwords.one_time_password()
    user = User(
        unit_id=unit.id,
        unit=unit,
        username=name,
        role=role,
        sort_name=sort_name(contact.name),
        is_active=not is_waiting,
        password_hash=passwords.hash_one_time(password) if password else "",
        **asdict(contact),
    )
    _check_hats(session, user, role)
    if contact.valid_until:
        _check_not_last(session, user)
    session.add(user)
    session.flush()
    after = {"username": name, "role": role.value, "unit": unit.name, **_plain(contact)}
    record(session, "user", user.id, "add", by=by, at=at, after=after)
    return user, password


def edit(session: Session, user: User, contact: Contact, *, by: User | None, at: datetime) -> None:
    """Change how a person is reached and addressed.

    Raises:
        Refused: `by` may not, the last administrator of the kind would get an end, or the person is
            another of the three administrators.
    """
    _check_may(by, Power.EDIT, user.role)
    before = contact_of(user)
    if before == contact:
        return
    if contact.valid_until and contact.valid_until != user.valid_until:
        _check_not_last(session, user)
    for name, value in asdict(contact).items():
        setattr(user, name, value)
    user.sort_name = sort_name(contact.name)
    _check_hats(session, user, user.role)
    record(session, "user", user.id, "edit", by=by, at=at, before=_plain(before), after=_plain(contact))


def reset_password(session: Session, user: User, *, by: User | None, at: datetime) -> str:
    """Issue a new one-time password; lifts a lock and ends the person's sessions.

    Raises:
        Refused: `by` may not, it is the own one, or the account has never been let in.
    """
    _check_may(by, Power.RESET, user.role)
    if by is not None and by.id == user.id:
        raise Refused("自己的密码请在“我的账号”里修改")
    if user.is_waiting:
        raise Refused("该账号待启用，请先启用")
    password = passwords.one_time_password()
    user.password_hash = passwords.hash_one_time(password)
    user.must_change_password, user.password_set_at = True, None
    user.failed_count, user.locked_until = 0, None
    forget_sign_ins(session, user)
    record(session, "user", user.id, "reset_password", by=by, at=at)
    return password


def reason_not_to_reset(user: User, *, by: User) -> str | None:
    """Why `by` may not give this person a new password."""
    return reason_not_to_manage(by.role, Power.RESET, user.role)


def disable(session: Session, user: User, *, by: User | None, at: datetime) -> None:
    """Stop an account; its sessions end at once.

    Raises:
        Refused: it is one's own, or stopped already, or that of the last administrator of its kind.
    """
    _check_may(by, Power.STOP, user.role)
    if by is not None and by.id == user.id:
        raise Refused("不能停用自己的账号")
    if not user.is_active:
        raise Refused("该账号还没有启用" if user.is_waiting else "该账号已经停用")
    _check_not_last(session, user)
    user.is_active = False
    forget_sign_ins(session, user)
    record(session, "user", user.id, "disable", by=by, at=at)


def enable(session: Session, user: User, *, by: User | None, at: datetime) -> str:
    """Let a new or a stopped account in; returns the one-time password of a new one.

    Raises:
        Refused: `by` may not, it is in use, or the person is another of the three administrators.
    """
    _check_may(by, Power.LET_IN, user.role)
    if user.is_active:
        raise Refused("该账号正在使用")
    password = passwords.one_time_password() if user.is_waiting else ""
    user.is_active = True
    if password:
        user.password_hash = passwords.hash_one_time(password)
    _check_hats(session, user, user.role)
    record(session, "user", user.id, "enable", by=by, at=at)
    return password


def change_role(session: Session, user: User, role: Role, *, by: User, at: datetime) -> None:
    """Give a person another role; the person signs in again with it.

    Raises:
        Refused: `by` may not, or the person cannot have it.
    """
    _check_may(by, Power.GIVE_ROLE, user.role)
    if by.id == user.id:
        raise Refused("不能更改自己的角色")
    enforce(
        reason_not_to_become(user.role, role, user.valid_until) or reason_not_to_sit(role, user.unit.kind)
    )
    _check_not_last(session, user)
    _check_hats(session, user, role)
    before, after = {"role": user.role.value}, {"role": role.value}
    user.role = role
    forget_sign_ins(session, user)
    record(session, "user", user.id, "change_role", by=by, at=at, before=before, after=after)


def contact_of(user: User) -> Contact:
    """The present contact data of a person."""
    return Contact(user.name, user.title, user.phone, user.email, user.valid_until)


def move(session: Session, user: User, unit: Unit, *, by: User, at: datetime) -> None:
    """Put a person into another unit."""
    if user.unit_id == unit.id:
        return
    _check_may(by, Power.EDIT, user.role)
    before, after = {"unit": user.unit.name}, {"unit": unit.name}
    user.unit = unit
    record(session, "user", user.id, "move", by=by, at=at, before=before, after=after)


def _check_may(by: User | None, power: Power, role: Role) -> None:
    enforce(reason_not_to_manage(by.role, power, role) if by else None)


def _check_not_last(session: Session, user: User) -> None:
    enforce(reason_not_to_lose(user.role, has_other=has_other_admin(session, user)))


def _check_hats(session: Session, user: User, role: Role) -> None:
    if role.is_admin:
        enforce(reason_not_to_hold_both(role, other_hats(session, user)))


def _twins(session: Session, unit: Unit, contact: Contact) -> list[User]:
    return namesakes(session, unit, name=contact.name, phone=contact.phone, email=contact.email)


def _plain(contact: Contact) -> dict[str, Any]:
    until = contact.valid_until
    return {**asdict(replace(contact, valid_until=None)), "valid_until": until.isoformat() if until else None}
