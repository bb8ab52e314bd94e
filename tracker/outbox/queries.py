"""What the page of the outbox reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from tracker.outbox.models import OutboxMessage
from tracker.outbox.rules import MailState, is_mail_time
from tracker.people.models import User
from tracker.units.models import Jurisdiction, Unit
from tracker.workdays.queries import calendar_of


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail as the list shows it, without its text."""

    id: int
    subject: str
    queued_at: datetime
    state: MailState
    attempt_count: int
    next_try_at: datetime | None
    sent_at: datetime | None
    answer: str
    to_address: str
    name: str
    unit: str
    email: str
    is_active: bool


def mails(
    session: Session, jurisdiction_id: int, state: MailState | None, *, offset: int = 0, limit: int = 50
) -> Sequence[MailRow]:
    """Mails of a jurisdiction in one state, or all, the newest first."""
    rows = session.execute(
        select(*_COLUMNS)
        .join(User, User.id == OutboxMessage.user_id)
        .join(Unit, Unit.id == User.unit_id)
        .where(*_conditions(jurisdiction_id, state))
        .order_by(OutboxMessage.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [MailRow(*tuple(row)) for row in rows]


def mail_count(session: Session, jurisdiction_id: int, state: MailState | None) -> int:
    """How many rows `mails` has for the same state."""
    conditions = _conditions(jurisdiction_id, state)
    return session.scalar(select(func.count()).select_from(OutboxMessage).where(*conditions)) or 0


def message(
    session: Session, jurisdiction_id: int, message_id: int, *, lock: bool = False
) -> OutboxMessage | None:
    """One mail of the jurisdiction with its recipient; `lock` keeps other writers from its row."""
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.jurisdiction_id == jurisdiction_id)
        .options(joinedload(OutboxMessage.user).joinedload(User.unit))
    )
    return session.scalar(query.with_for_update(of=OutboxMessage) if lock else query)


def open_cities(session: Session, at: datetime) -> dict[int, date]:
    """The jurisdictions whose mail goes at this moment, with the day that it is there."""
    zones = session.execute(select(Jurisdiction.id, Jurisdiction.timezone))
    local = {city_id: at.astimezone(ZoneInfo(zone)) for city_id, zone in zones}
    return {
        city_id: here.date()
        for city_id, here in local.items()
        if is_mail_time(here, calendar_of(session, city_id))
    }


def _conditions(jurisdiction_id: int, state: MailState | None) -> list[ColumnElement[bool]]:
    own = OutboxMessage.jurisdiction_id == jurisdiction_id
    return [own] if state is None else [own, OutboxMessage.state == state]


_COLUMNS = (
    OutboxMessage.id,
    OutboxMessage.subject,
    OutboxMessage.queued_at,
    OutboxMessage.state,
    OutboxMessage.attempt_count,
    OutboxMessage.next_try_at,
    OutboxMessage.sent_at,
    OutboxMessage.answer,
    OutboxMessage.to_address,
    User.name,
    Unit.short,
    User.email,
    User.is_active,
)
