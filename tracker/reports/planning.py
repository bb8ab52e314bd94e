"""The months of a campaign's reports and their days, as the office sets them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tracker.events.actions import record
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import Reporting, due_day, may_replan, next_month
from tracker.workdays.queries import calendar_of


def plan_periods(session: Session, campaign: Campaign) -> int:
    """Give the campaign a period for each of its report months; returns how many were new."""
    known = set(session.scalars(select(ReportPeriod.month).where(ReportPeriod.campaign_id == campaign.id)))
    days = _days(session, campaign)
    new = [month for month in days if month not in known]
    session.add_all(ReportPeriod(campaign_id=campaign.id, month=month, due_on=days[month]) for month in new)
    session.flush()
    return len(new)


def set_reporting(
    session: Session,
    campaign: Campaign,
    reporting: Reporting,
    resend_days: int,
    is_approved: bool = False,
    *,
    by: User,
    at: datetime,
    today: date,
) -> int:
    """报送时间: change days and months. Months that are due already, or of which a unit has sent its
    report, stay as they are; returns how many months were moved, added or dropped."""
    before = _facts(campaign)
    campaign.report_first_month, campaign.report_last_month = reporting.first_month, reporting.last_month
    campaign.report_day, campaign.is_report_day_inclusive = reporting.day, reporting.is_inclusive
    campaign.report_off_day, campaign.report_resend_days = reporting.off_day, resend_days
    campaign.is_report_approved, campaign.is_reporting_edited = is_approved, True
    changed_count = _replan(session, campaign, today) + plan_periods(session, campaign)
    record(
        session, "campaign", campaign.id, "set_reporting", by=by, at=at, before=before,
        after=_facts(campaign) | {"months": changed_count},
    )  # fmt: skip
    session.flush()
    return changed_count


def reporting_of(campaign: Campaign) -> Reporting:
    """What the campaign sets."""
    return Reporting(
        campaign.report_first_month,
        campaign.report_last_month,
        campaign.report_day,
        campaign.is_report_day_inclusive,
        campaign.report_off_day,
    )


def follow_calendar(session: Session, jurisdiction_id: int, today: date) -> int:
    """Move the months to come to where the working calendar now puts them; returns how many moved."""
    campaigns = session.scalars(select(Campaign).where(Campaign.jurisdiction_id == jurisdiction_id)).all()
    return sum(_replan(session, campaign, today) for campaign in campaigns)


def _replan(session: Session, campaign: Campaign, today: date) -> int:
    """Move the days of the months, and drop those that nobody has begun and that are no longer wanted."""
    days, changed_count = _days(session, campaign), 0
    report = select(MonthlyReport.id).where(MonthlyReport.period_id == ReportPeriod.id)
    is_sent = exists(report.where(MonthlyReport.first_submitted_at.is_not(None)))
    rows = session.execute(
        select(ReportPeriod, exists(report), is_sent).where(ReportPeriod.campaign_id == campaign.id)
    )
    for period, begun, sent in rows.all():
        new_due_on = days.get(period.month, period.due_on)
        if period.month not in days and not begun and period.due_on >= today:
            session.delete(period)
            changed_count += 1
        elif new_due_on != period.due_on and may_replan(period.due_on, new_due_on, today, is_sent=sent):
            period.due_on = new_due_on
            changed_count += 1
    session.flush()
    return changed_count


def _days(session: Session, campaign: Campaign) -> dict[date, date]:
    """The months of the campaign with the days on which they are due."""
    reporting, calendar = reporting_of(campaign), calendar_of(session, campaign.jurisdiction_id)
    month, days = reporting.first_month, {}
    while month <= reporting.last_month:
        days[month] = due_day(month, reporting, calendar)
        month = next_month(month)
    return days


def _facts(campaign: Campaign) -> dict[str, Any]:
    return {
        "first_month": f"{campaign.report_first_month:%Y-%m}",
        "last_month": f"{campaign.report_last_month:%Y-%m}",
        "day": campaign.report_day,
        "is_inclusive": campaign.is_report_day_inclusive,
        "off_day": campaign.report_off_day.value,
        "resend_days": campaign.report_resend_days,
        "is_approved": campaign.is_report_approved,
    }
