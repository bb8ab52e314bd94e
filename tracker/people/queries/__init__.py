"""Reading accounts, the list of people, and which units have somebody to turn to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, contains_eager

from tracker.people.models import UnitLeader, User
from tracker.people.rules import Role, clean_username
from tracker.units.models import Unit
from tracker.units.queries import units_of
from tracker.units.rules import UnitKind


def user_named(session: Session, username: str, *, lock: bool = False) -> User | None:
    """The account of a user name as it was typed; `lock` holds its row until the end (PostgreSQL)."""
    found = select(User).where(User.username == clean_username(username))
    return session.scalar(found.with_for_update() if lock else found)


@dataclass(frozen=True)
class PeopleFilter:
    """What the list of people is cut down to."""

    unit_id: int | None = None
    role: Role | None = None
    text: str = ""
    reads_contacts: bool = True
    """Whether the text is sought in telephones and mail addresses too."""


def people(jurisdiction_id: int, wanted: PeopleFilter) -> Select[User]:
    """The people of a jurisdiction, by unit, then by name."""
    found = (
        select(User)
        .join(User.unit)
        .where(Unit.jurisdiction_id == jurisdiction_id)
        .options(contains_eager(User.unit))
        .order_by(Unit.position, Unit.id, User.is_active.desc(), User.sort_name, User.id)
    )
    if wanted.unit_id is not None:
        found = found.where(User.unit_id == wanted.unit_id)
    if wanted.role is not None:
        found = found.where(User.role == wanted.role)
    if wanted.text:
        contacts = (User.phone, User.email) if wanted.reads_contacts else ()
        columns = (User.name, User.username, User.title, *contacts)
        found = found.where(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    return found


def waiting(jurisdiction_id: int) -> Select[User]:
    """The new accounts that nobody has let in so far (待启用)."""
    return people(jurisdiction_id, PeopleFilter()).where(~User.is_active, User.password_hash == "")


def count_of(session: Session, listed: Select[Any]) -> int:
    """How many rows a list has."""
    return session.scalar(select(func.count()).select_from(listed.order_by(None).subquery())) or 0


def person_of(session: Session, jurisdiction_id: int, user_id: int) -> User | None:
    """One person of a jurisdiction."""
    own = select(User).join(User.unit).where(User.id == user_id, Unit.jurisdiction_id == jurisdiction_id)
    return session.scalar(own.options(contains_eager(User.unit)))


def staffed_units(session: Session, jurisdiction_id: int) -> list[Unit]:
    """The units that people belong to: all but the outside bodies."""
    return [unit for unit in units_of(session, jurisdiction_id) if unit.kind is not UnitKind.EXTERNAL]


def namesakes(session: Session, unit: Unit, *, name: str, phone: str, email: str) -> list[User]:
    """Accounts of the jurisdiction that belong to the same person: the same mail address, or the
    same name and telephone in the same unit."""
    same = (User.unit_id == unit.id) & (User.name == name) & (User.phone == phone)
    if email:
        same = same | (func.lower(User.email) == email.lower())
    own = select(User).join(User.unit).where(Unit.jurisdiction_id == unit.jurisdiction_id, same)
    return list(session.scalars(own.order_by(User.is_active.desc(), User.id)))


def liaisons(session: Session, unit_ids: Iterable[int]) -> dict[int, list[User]]:
    """The active liaisons of the units that have any, by unit."""
    found: dict[int, list[User]] = {}
    own = User.is_active, User.role == Role.LIAISON, User.unit_id.in_(unit_ids)
    for person in session.scalars(select(User).where(*own).order_by(User.sort_name, User.id)):
        found.setdefault(person.unit_id, []).append(person)
    return found


def handlers(session: Session, unit_ids: Iterable[int], today: date) -> dict[int, list[User]]:
    """Who can be given a task of the units (经办人), by unit: the people in service who do its tasks."""
    found: dict[int, list[User]] = {}
    own = select(User).where(User.unit_id.in_(unit_ids), *_handles_tasks(today))
    for person in session.scalars(own.order_by(User.sort_name, User.id)):
        found.setdefault(person.unit_id, []).append(person)
    return found


class Colleague(NamedTuple):
    """Somebody to whom a task can be given, as a list offers them."""

    id: int
    name: str


def handler_names(session: Session, unit_ids: Iterable[int], today: date) -> dict[int, list[Colleague]]:
    """The same people as `handlers` has, by their names alone."""
    found: dict[int, list[Colleague]] = {}
    for unit_id, *person in session.execute(_HANDLERS, {"unit_ids": list(unit_ids), "today": today}):
        found.setdefault(unit_id, []).append(Colleague._make(person))
    return found


def handler_count(unit_id: BindParameter[int], today: BindParameter[date]) -> ScalarSelect[int]:
    """How many `handlers` a unit has, for a query that asks for more."""
    own = select(func.count()).where(User.unit_id == unit_id, *_handles_tasks(today))
    return own.scalar_subquery()


def _handles_tasks(today: date | BindParameter[date]) -> tuple[ColumnElement[bool], ...]:
    return User.role.in_([role for role in Role if role.handles_tasks]), in_service(today)


def in_service(today: date | BindParameter[date], person: type[User] = User) -> ColumnElement[bool]:
    """Whether the account may be used (SQL sister of rules.reason_not_to_enter)."""
    return and_(person.is_active, or_(person.valid_until.is_(None), person.valid_until >= today))


_HANDLERS = (
    select(User.unit_id, User.id, User.name)
    .where(
        User.unit_id.in_(bindparam("unit_ids", expanding=True)),
        *_handles_tasks(bindparam("today", type_=Date)),
    )
    .order_by(User.sort_name, User.id)
)


def leaders(session: Session, jurisdiction_id: int) -> list[User]:
    """The active leaders of a jurisdiction, by name: who can be in charge of a unit."""
    found = people(jurisdiction_id, PeopleFilter(role=Role.LEADER)).where(User.is_active)
    return list(session.scalars(found.order_by(None).order_by(User.sort_name, User.id)))


def leaders_in_charge(session: Session, jurisdiction_id: int) -> dict[int, User]:
    """Who is in charge of the units that have a leader (分管领导), by unit, even if stopped since."""
    found = (
        select(UnitLeader)
        .join(UnitLeader.unit)
        .join(UnitLeader.leader)
        .where(Unit.jurisdiction_id == jurisdiction_id)
        .options(contains_eager(UnitLeader.leader))
    )
    return {row.unit_id: row.leader for row in session.scalars(found)}


@dataclass
class Staffing:
    """A unit with the people who answer for it."""

    unit: Unit
    liaisons: list[User] = field(default_factory=list)
    heads: list[User] = field(default_factory=list)
    leader: User | None = None
    count: int = 0


def staffing(session: Session, jurisdiction_id: int) -> list[Staffing]:
    """Every unit with its active liaisons and heads, in the plan's order; the office speaks for itself."""
    in_charge = leaders_in_charge(session, jurisdiction_id)
    units = staffed_units(session, jurisdiction_id)
    rows = {unit.id: Staffing(unit, leader=in_charge.get(unit.id)) for unit in units}
    active = people(jurisdiction_id, PeopleFilter()).where(User.is_active)
    for person in session.scalars(active):
        row = rows.get(person.unit_id)
        if row is None:
            continue
        row.count += 1
        if person.role is Role.LIAISON or (row.unit.kind is UnitKind.OFFICE and person.role.is_office):
            row.liaisons.append(person)
        elif person.role is Role.UNIT_HEAD:
            row.heads.append(person)
    return list(rows.values())


def free_username(session: Session, unit: Unit) -> str:
    """The next unused user name of a unit: its short name in pinyin and a number."""
    stem = username_stem(unit.short)
    taken = set(session.scalars(select(User.username).where(User.username.startswith(stem, autoescape=True))))
    return next(name for name in _numbered(stem) if name not in taken)


def username_stem(short: str) -> str:
    """市农业农村局 -> nongyenongcunju."""
    spelled = "".join(_syllables(short.removeprefix("市"))).lower()
    return re.sub(r"[^a-z0-9]", "", spelled)[:30] or "user"


def sort_name(name: str) -> str:
    """A name as it is put in order: 张三 -> zhang san."""
    return " ".join(_syllables(name)).lower()


def _syllables(text: str) -> list[str]:
    from pypinyin import lazy_pinyin  # its dictionaries take 58 MB and a third of a second

    return lazy_pinyin(text)


def _numbered(stem: str) -> Iterable[str]:
    return (f"{stem}{number}" for number in range(1, 100_000))
