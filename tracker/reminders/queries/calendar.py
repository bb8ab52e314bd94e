"""The days of a unit, for the calendars of its people: when it reports, when a gate closes."""

from collections.abc import Iterator
from hmac import compare_digest
from typing import Any

from sqlalchemy import and_, case, func, not_, select
from sqlalchemy.orm import Session, contains_eager

from tracker.milestones.models import Milestone
from tracker.milestones.rules import OWING, Day, State
from tracker.people.models import User
from tracker.plan.models import Campaign, Deadline
from tracker.plan.rules import DeadlineKind
from tracker.reminders.icalendar import DayEvent
from tracker.reminders.models import CalendarFeed
from tracker.reminders.queries.posts import live_campaigns
from tracker.reminders.rules import feed_owner
from tracker.reports.models import MonthlyReport
from tracker.reports.queries import periods, reporting_unit, terms_of
from tracker.reports.rules import SENT, is_owed
from tracker.units.models import Unit


def feed_of(session: Session, person: User) -> CalendarFeed | None:
    """The person's own address, if they have one."""
    return session.get(CalendarFeed, person.id)


def subscriber(session: Session, token: str) -> User | None:
    """Whose calendar the address opens; the token is compared in a time that tells nothing of it."""
    owner = feed_owner(token)
    feed = session.scalar(
        select(CalendarFeed)
        .join(CalendarFeed.user)
        .join(User.unit)
        .join(Unit.jurisdiction)
        .where(CalendarFeed.user_id == owner)
        .options(
            contains_eager(CalendarFeed.user).contains_eager(User.unit).contains_eager(Unit.jurisdiction)
        )
    )
    kept = feed.token if feed else "nobody"
    return feed.user if compare_digest(kept.encode(), token.encode()) and feed else None


def unit_days(session: Session, unit: Unit, day: Day, base_url: str) -> Iterator[DayEvent]:
    """Every such day of all campaigns that have gone live."""
    for campaign in live_campaigns(session, unit.jurisdiction_id, day.today):
        yield from _report_days(session, campaign, unit, day, base_url)
        yield from _gate_days(session, campaign, unit, base_url)


def _report_days(
    session: Session, campaign: Campaign, unit: Unit, day: Day, base_url: str
) -> Iterator[DayEvent]:
    if reporting_unit(session, campaign, unit.id) is None:
        return
    months = periods(session, campaign)
    of_unit = MonthlyReport.unit_id == unit.id, MonthlyReport.state.in_(SENT)
    sent = set(
        session.scalars(
            select(MonthlyReport.period_id).where(
                MonthlyReport.period_id.in_([month.id for month in months]), *of_unit
            )
        )
    )
    terms = terms_of(campaign, day).of(unit.id)
    for month in months:
        if is_owed(month, terms):
            yield DayEvent(
                f"{campaign.slug}-report-{month.name}-{unit.id}@tracker",
                month.due_on,
                f"{month.name} 月报截止{'（已报）' if month.id in sent else ''}",
                f"{base_url}/reports/{month.id}",
            )


def _gate_days(session: Session, campaign: Campaign, unit: Unit, base_url: str) -> Iterator[DayEvent]:
    """A gate on the day in force of the unit's milestones; where the office set another day for some of
    them, or granted one, that is a day of its own while something is open."""
    is_backfill = and_(Milestone.is_backfill, Milestone.state == State.OPEN)
    rows = session.execute(
        select(
            Deadline.code, Deadline.gate, Deadline.due_on, Milestone.due_on.label("day"),
            func.sum(case((Milestone.state.in_(OWING), 1), else_=0)).label("open_count"),
        )
        .join(Milestone, Milestone.deadline_id == Deadline.id)
        .where(
            Deadline.campaign_id == campaign.id, Deadline.kind == DeadlineKind.GATE,
            Milestone.unit_id == unit.id, Milestone.state != State.LEFT, not_(is_backfill),
        )
        .group_by(Deadline.id, Deadline.code, Deadline.gate, Deadline.due_on, Milestone.due_on)
        .order_by(Milestone.due_on, Deadline.position)
    )  # fmt: skip
    for row in rows:
        if row.open_count or row.day == row.due_on:
            yield _gate_day(campaign, unit, row, base_url)


def _gate_day(campaign: Campaign, unit: Unit, row: Any, base_url: str) -> DayEvent:
    left = f"还有 {row.open_count} 项未提交" if row.open_count else "没有未提交的"
    ending = "" if row.day == row.due_on else f"-{row.day}"
    return DayEvent(
        f"{campaign.slug}-{row.code}-{unit.id}{ending}@tracker",
        row.day,
        f"{row.gate.label}节点截止：{left}",
        f"{base_url}/milestones?campaign={campaign.slug}&unit={unit.id}",
    )
