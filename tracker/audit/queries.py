"""Reading the audit table: a page of it, all that a filter finds, and how many that is."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.audit.rules import Filter, hidden_roles
from tracker.events.models import Event
from tracker.events.rules import Outcome
from tracker.people.models import User
from tracker.units.models import Unit

AT_ONCE = 1000


class Line(NamedTuple):
    """One event; `unit` is that of the person, `concerned` the one whose work it is about."""

    id: int
    at: datetime
    name: str | None
    username: str | None
    unit: str | None
    as_role: str
    origin: str
    outcome: Outcome
    subject: str
    subject_id: int
    verb: str
    concerned: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    note: str


def page_of(session: Session, reader: User, wanted: Filter, *, offset: int, limit: int) -> list[Line]:
    """A page of the events that `reader` may see, the newest first."""
    rows = session.execute(_found(reader, wanted).offset(offset).limit(limit))
    return [Line._make(row) for row in rows]


def count_of(session: Session, reader: User, wanted: Filter) -> int:
    """How many events the filter finds."""
    found = _found(reader, wanted).order_by(None).with_only_columns(Event.id).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def all_of(session: Session, reader: User, wanted: Filter) -> Iterator[Line]:
    """All of them as they come; the session must be one that may stream."""
    for row in session.execute(_found(reader, wanted).execution_options(yield_per=AT_ONCE)):
        yield Line._make(row)


def _found(reader: User, wanted: Filter) -> Select[*tuple[Any, ...]]:
    own, concerned, account = aliased(Unit), aliased(Unit), aliased(User)
    at_account = aliased(Unit)
    zone = reader.unit.jurisdiction.zone
    begin, end = (
        datetime.combine(day, time(), zone) for day in (wanted.first, wanted.last + timedelta(days=1))
    )
    home = func.coalesce(own.jurisdiction_id, concerned.jurisdiction_id, at_account.jurisdiction_id)
    query = (
        select(
            Event.id, Event.at, User.name, User.username, own.short, Event.as_role, Event.origin,
            Event.outcome, Event.subject, Event.subject_id, Event.verb, concerned.short, Event.before,
            Event.after, Event.note,
        )
        .select_from(Event)
        .outerjoin(User, User.id == Event.by_id)
        .outerjoin(own, own.id == User.unit_id)
        .outerjoin(concerned, concerned.id == Event.unit_id)
        .outerjoin(account, and_(Event.subject == "user", account.id == Event.subject_id))
        .outerjoin(at_account, at_account.id == account.unit_id)
        .where(Event.at >= begin, Event.at < end)
        .where(or_(home == reader.unit.jurisdiction_id, home.is_(None)))
        .order_by(Event.at.desc(), Event.id.desc())
    )  # fmt: skip
    if hidden := hidden_roles(reader.role):
        query = query.where(Event.as_role.not_in(sorted(role.value for role in hidden)))
    if wanted.subject:
        query = query.where(Event.subject == wanted.subject)
    if wanted.outcome:
        query = query.where(Event.outcome == wanted.outcome)
    if wanted.origin:
        query = query.where(Event.origin == wanted.origin)
    if wanted.who:
        names = [
            column.contains(wanted.who, autoescape=True) for column in (User.name, User.username, own.short)
        ]
        query = query.where(or_(*names, and_(Event.by_id.is_(None), account.username == wanted.who)))
    return query
