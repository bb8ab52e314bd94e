"""导入名册: what a roster does to the accounts, and doing it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.people.actions.accounts import Contact, add, edit, move
from tracker.people.models import User
from tracker.people.queries import PeopleFilter, people
from tracker.people.roster import Entry
from tracker.people.rules import Role, clean_phone


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
            move(session, user, entry.unit, by=by, at=at)
            edit(session, user, contact, by=by, at=at)
    return issued


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
