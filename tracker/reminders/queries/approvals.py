"""What waits for a unit's head: reports that the liaison has handed up (送审签)."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from tracker.events.models import Event
from tracker.people.rules import Role
from tracker.plan.models import Campaign
from tracker.reminders.items import Item, Recipient, news
from tracker.reminders.rules import NoticeKind
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import ReportState, Step, Terms, resend_by


def approval_lines(
    session: Session, campaign: Campaign, people: Sequence[Recipient], terms: Terms
) -> Iterator[tuple[Recipient, Item]]:
    """Every such report with each head of its unit, told before or not."""
    reports = session.scalars(
        select(MonthlyReport)
        .join(MonthlyReport.period)
        .where(ReportPeriod.campaign_id == campaign.id, MonthlyReport.state == ReportState.PENDING)
        .order_by(ReportPeriod.month)
        .options(contains_eager(MonthlyReport.period), joinedload(MonthlyReport.submitted_by))
    ).all()
    handed_up = _handed_up(session, [report.id for report in reports])
    for report in reports:
        item = _item(report, handed_up[report.id].astimezone(ZoneInfo(terms.zone)).date(), terms)
        for person in people:
            if person.unit_id == report.unit_id and person.role is Role.UNIT_HEAD:
                yield person, item


def _handed_up(session: Session, report_ids: Collection[int]) -> dict[int, datetime]:
    """When each of them was last handed up."""
    done = Event.subject == "report", Event.verb == Step.HAND_UP.value, Event.subject_id.in_(report_ids)
    rows = session.execute(
        select(Event.subject_id, func.max(Event.at).label("at")).where(*done).group_by(Event.subject_id)
    )
    return {row.subject_id: row.at for row in rows}


def _item(report: MonthlyReport, handed_on: date, terms: Terms) -> Item:
    month, due_on = report.period, resend_by(report, terms) or report.period.due_on
    by = f"{report.submitted_by.name} " if report.submitted_by else ""
    return news(
        NoticeKind.APPROVAL,
        month.campaign_id,
        month.id,
        handed_on,
        name=f"{month.name} 月报待审签",
        text=f"{month.name} 月报请您审签：{by}{handed_on} 送审签，审签的时间就是报送时间，报送期限 {due_on}",
        path=f"/reports/{month.id}",
    )
