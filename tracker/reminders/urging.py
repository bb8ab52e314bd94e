"""催报: the office mails the liaisons of units that owe the report of a month, at once, once a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tracker.events.actions import record
from tracker.outbox.actions import queue
from tracker.outbox.rules import goes_at
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders import mails
from tracker.reminders.actions import rows
from tracker.reminders.items import Due, Item, Recipient
from tracker.reminders.mails import Letterhead, Urger
from tracker.reminders.models import Notice
from tracker.reminders.queries.nudges import posts_of
from tracker.reminders.rules import NoticeKind, due_words, report_nudge_key
from tracker.reports.models import ReportPeriod
from tracker.reports.overview import month_rows
from tracker.reports.queries import URGED, urged_today
from tracker.reports.rules import Terms, refuse_urge, resend_by
from tracker.units.models import Unit

NOBODY_READS = "没有在用的联络员账号，没有人收催报邮件"


@dataclass(frozen=True)
class Owing:
    """A unit and a month, with the day in force: after a return that of sending again."""

    period: ReportPeriod
    unit: Unit
    due_on: date
    words: str


@dataclass
class Outcome:
    """Who was urged, and who was not, with the reason."""

    urged: list[Owing] = field(default_factory=list)
    refused: list[tuple[Owing, str]] = field(default_factory=list)


def urge_reports(
    session: Session,
    campaign: Campaign,
    period: ReportPeriod,
    unit_ids: Iterable[int],
    *,
    by: User,
    at: datetime,
    terms: Terms,
    head: Letterhead,
) -> Outcome:
    """Mail the liaisons of units what is missing of a month. A unit is urged about a month once a day,
    whoever does it; who may not be urged is told with the reason, units without that month are left out."""
    session.execute(select(ReportPeriod.id).where(ReportPeriod.id == period.id).with_for_update())
    wanted, outcome = set(unit_ids), Outcome()
    posts = posts_of(session, campaign.jurisdiction_id, terms.today, wanted)
    has_had = urged_today(session, [period], terms)
    for row in month_rows(session, campaign, period, terms):
        if row.unit.id not in wanted:
            continue
        again_by = resend_by(row.report, terms) if row.report else None
        owing = Owing(period, row.unit, again_by or period.due_on, row.status.words)
        reason = refuse_urge(row.status, by, is_urged=(period.id, row.unit.id) in has_had)
        if reason or not posts.get(row.unit.id):
            outcome.refused.append((owing, reason or NOBODY_READS))
        else:
            _urge(session, owing, posts[row.unit.id], by=by, at=at, terms=terms, head=head)
            outcome.urged.append(owing)
    return outcome


def _urge(
    session: Session,
    owing: Owing,
    told: Sequence[Recipient],
    *,
    by: User,
    at: datetime,
    terms: Terms,
    head: Letterhead,
) -> None:
    item, urger = _item(owing, terms), Urger(by.unit.short, by.name)
    for person in told:
        message = queue(
            session,
            report_nudge_key(person.id, owing.period.id, terms.today),
            mails.nudge(person, [item], urger, head),
            user_id=person.id,
            address=person.email,
            jurisdiction_id=by.unit.jurisdiction_id,
            at=goes_at(at.astimezone(ZoneInfo(terms.zone)), terms.day.calendar),
        )
        session.execute(insert(Notice), rows(Due(person, [item]), message.id, at))
    names = "、".join(person.name for person in told)
    subject, verb = URGED
    record(
        session, subject, owing.period.id, verb, by=by, at=at, note=f"发给：{names}", unit_id=owing.unit.id
    )


def _item(owing: Owing, terms: Terms) -> Item:
    period, due_on = owing.period, owing.due_on
    how_long = due_words(due_on, terms.today, terms.day.calendar)
    return Item(
        kind=NoticeKind.REPORT_NUDGE,
        object_id=period.id,
        late_from=terms.today,
        rung=0,
        campaign_id=period.campaign_id,
        name=period.name,
        text=f"{period.name} 月报：{owing.words}，期限 {due_on}，{how_long}",
        path=f"/reports/{period.id}",
    )
