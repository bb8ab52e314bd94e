"""What the figures, the doctor and the check of readiness read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from tracker.milestones.queries import Filter, ledger_count
from tracker.milestones.rules import Day, Light
from tracker.operations.models import Heartbeat
from tracker.outbox.models import HookMessage, OutboxMessage
from tracker.outbox.queries import open_cities
from tracker.outbox.rules import MailState
from tracker.plan.models import Campaign
from tracker.units.models import Jurisdiction
from tracker.workdays.queries import calendar_of
from tracker.workdays.rules import Calendar

PATIENCE = timedelta(minutes=15)
ON_THEIR_WAY = (MailState.WAITING, MailState.SENDING, MailState.FAILED)


@dataclass(frozen=True)
class Unsent:
    """How many messages of a kind are in a state, and since when the oldest waits."""

    kind: str
    state: MailState
    count: int
    oldest_at: datetime | None


def beat_of(session: Session, name: str) -> datetime | None:
    """When a kind of process was last at work; None when it never was."""
    return session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))


def age_of(session: Session, name: str, at: datetime) -> timedelta | None:
    """How long ago that was; None when it never was."""
    last = beat_of(session, name)
    return None if last is None else at - last


def unsent(session: Session) -> list[Unsent]:
    """Mails and messages to chat groups that have not gone: each state, also with none."""
    found = []
    for kind, table in (("mail", OutboxMessage), ("chat", HookMessage)):
        query = select(table.state, func.count(), func.min(table.queued_at)).group_by(table.state)
        rows = {state: (count, oldest) for state, count, oldest in session.execute(query)}
        found += [Unsent(kind, state, *rows.get(state, (0, None))) for state in ON_THEIR_WAY]
    return found


def stuck_count(session: Session, at: datetime) -> int:
    """The mails that could have gone a while ago, at an hour at which mail goes, and have not."""
    before = at - PATIENCE
    cities = open_cities(session, at).keys() & open_cities(session, before).keys()
    waited = or_(OutboxMessage.next_try_at.is_(None), OutboxMessage.next_try_at <= before)
    query = select(func.count()).where(
        OutboxMessage.state == MailState.WAITING,
        OutboxMessage.jurisdiction_id.in_(cities),
        OutboxMessage.queued_at <= before,
        waited,
    )
    return session.scalar(query) or 0


def failed_count(session: Session, *, since: datetime) -> int:
    """The mails written since then that were given up."""
    query = select(func.count()).where(
        OutboxMessage.state == MailState.FAILED, OutboxMessage.queued_at >= since
    )
    return session.scalar(query) or 0


def calendars(session: Session) -> dict[str, Calendar]:
    """The working calendar of each jurisdiction that runs a campaign, by its name."""
    running = select(Jurisdiction.id, Jurisdiction.name).where(
        exists().where(Campaign.jurisdiction_id == Jurisdiction.id)
    )
    rows = session.execute(running.order_by(Jurisdiction.id)).all()
    return {name: calendar_of(session, city_id) for city_id, name in rows}


def overdue(session: Session, at: datetime) -> dict[str, int]:
    """The overdue milestones of each campaign, by its name in addresses."""
    rows = session.execute(select(Campaign, Jurisdiction.timezone).join(Campaign.jurisdiction))
    counts = {}
    for campaign, zone in rows.all():
        today = at.astimezone(ZoneInfo(zone)).date()
        day = Day(today, calendar_of(session, campaign.jurisdiction_id))
        counts[campaign.slug] = ledger_count(session, campaign, Filter(light=Light.LATE), day)
    return counts
