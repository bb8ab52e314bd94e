"""What people do with accounts: come in, go, change the password; add, edit, reset, stop, let in again."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tracker.errors import Refused
from tracker.events.actions import record
from tracker.events.rules import Outcome
from tracker.people import passwords
from tracker.people.models import User
from tracker.people.queries import (
    PeopleFilter,
    closed_until,
    free_username,
    namesakes,
    people,
    sort_name,
    user_named,
)
from tracker.people.roster import Entry
from tracker.people.rules import (
    LockPolicy,
    Role,
    clean_phone,
    clean_username,
    is_locked,
    password_problem,
    reason_not_to_enter,
    reason_not_to_give,
    reason_not_to_manage,
    reason_not_to_sit,
    trace_of,
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


@dataclass(frozen=True)
class Attempt:
    """A try to sign in: what was typed, whether the password was right, and when it happened."""

    username: str
    is_right: bool
    at: datetime
    today: date


@dataclass(frozen=True)
class Answer:
    """What came of it: the person, or why not, or until when not."""

    user: User | None = None
    reason: str = ""
    locked_until: datetime | None = None


def try_to_enter(session: Session, attempt: Attempt, *, policy: LockPolicy) -> Answer:
    """Sign in, or count the wrong password. Either way the transaction is to be committed."""
    user = user_named(session, attempt.username, lock=True)
    until = (
        user.locked_until if user else closed_until(session, attempt.username, policy=policy, at=attempt.at)
    )
    if is_locked(until, attempt.at):
        _note_refusal(session, user, attempt, verb="sign_in_locked")
        return Answer(locked_until=until)
    if user is None or not attempt.is_right:
        return _count_miss(session, user, attempt, policy)
    reason = reason_not_to_enter(is_active=user.is_active, valid_until=user.valid_until, today=attempt.today)
    if reason:
        record(
            session, "user", user.id, "sign_in_refused", by=user, at=attempt.at, note=reason,
            outcome=Outcome.REFUSED,
        )  # fmt: skip
        return Answer(reason=reason)
    user.failed_count, user.locked_until = 0, None
    record(session, "user", user.id, "sign_in", by=user, at=attempt.at)
    return Answer(user)


def leave(session: Session, user: User, *, at: datetime) -> None:
    """Sign out."""
    record(session, "user", user.id, "sign_out", by=user, at=at)


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
    user.session_version += 1
    record(session, "user", user.id, "change_password", by=user, at=at)


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
    user.must_change_password = True
    user.failed_count, user.locked_until = 0, None
    user.session_version += 1
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
    user.session_version += 1
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


@dataclass(frozen=True)
class Import:
    """What importing one row of a roster does: to the account that is there, or with a new one.

    `beside` names the liaisons whom the unit has besides a new one.
    """

    entry: Entry
    user: User | None
    changes: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        if self.user is None:
            return f"新增（该单位已有联络员 {'、'.join(self.beside)}）" if self.beside else "新增"
        return f"更新{'、'.join(self.changes)}" if self.changes else "已有，无变化"


def plan_import(session: Session, jurisdiction_id: int, entries: list[Entry]) -> list[Import]:
    """What `carry_out_import` would do, row by row."""
    known = list(session.scalars(people(jurisdiction_id, PeopleFilter())))
    by_mail = {(user.email.lower(), user.role): user for user in reversed(known) if user.email}
    by_name = {
        (user.unit_id, user.name, clean_phone(user.phone), user.role): user for user in reversed(known)
    }
    serving = [user for user in known if user.is_active and user.role is Role.LIAISON]
    plan = []
    for entry in entries:
        user = by_mail.get((entry.email.lower(), entry.role))
        user = user or by_name.get((entry.unit.id, entry.name, entry.phone, entry.role))
        if user is not None:
            plan.append(Import(entry, user, _changes(user, entry)))
            continue
        beside = [one.name for one in serving if one.unit_id == entry.unit.id and entry.role is one.role]
        plan.append(Import(entry, None, beside=tuple(beside)))
    return plan


def carry_out_import(
    session: Session, plan: list[Import], *, by: User, at: datetime
) -> list[tuple[User, str]]:
    """Add and update the people of a roster; returns the new accounts with their one-time passwords."""
    issued = []
    for line in plan:
        entry, user = line.entry, line.user
        if user is None:
            contact = Contact(entry.name, entry.title, entry.phone, entry.email)
            issued.append(add(session, entry.unit, contact, entry.role, by=by, at=at))
        elif line.changes:
            contact = Contact(
                entry.name,
                entry.title or user.title,
                entry.phone or user.phone,
                entry.email or user.email,
                user.valid_until,
            )
            _move(session, user, entry.unit, by=by, at=at)
            edit(session, user, contact, by=by, at=at)
    return issued


def contact_of(user: User) -> Contact:
    """The present contact data of a person."""
    return Contact(user.name, user.title, user.phone, user.email, user.valid_until)


def _changes(user: User, entry: Entry) -> tuple[str, ...]:
    """What a row says otherwise than the account; an empty cell says nothing."""
    pairs = (
        ("单位", user.unit_id, entry.unit.id),
        ("姓名", user.name, entry.name),
        ("职务", user.title, entry.title),
        ("手机", user.phone, entry.phone),
        ("邮箱", user.email, entry.email),
    )
    return tuple(label for label, old, new in pairs if new and old != new)


def _move(session: Session, user: User, unit: Unit, *, by: User, at: datetime) -> None:
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


def _count_miss(session: Session, user: User | None, attempt: Attempt, policy: LockPolicy) -> Answer:
    _note_refusal(session, user, attempt, verb="sign_in_refused")
    session.flush()
    if user is None:
        return Answer(locked_until=closed_until(session, attempt.username, policy=policy, at=attempt.at))
    user.locked_until = None
    user.failed_count += 1
    if user.failed_count >= policy.attempts:
        user.failed_count = 0
        user.locked_until = attempt.at + timedelta(minutes=policy.minutes)
    return Answer(locked_until=user.locked_until)


def _note_refusal(session: Session, user: User | None, attempt: Attempt, *, verb: str) -> None:
    note = user.username if user else trace_of(attempt.username)
    record(
        session, "user", user.id if user else 0, verb, by=None, at=attempt.at, note=note,
        outcome=Outcome.REFUSED,
    )  # fmt: skip


def _plain(contact: Contact) -> dict[str, Any]:
    until = contact.valid_until
    return {**asdict(replace(contact, valid_until=None)), "valid_until": until.isoformat() if until else None}
