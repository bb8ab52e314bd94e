"""The monthly reports that are on a rung today, and how a month went."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.milestones.rules import Day
from tracker.plan.models import Campaign
from tracker.reminders.items import Digest, DigestGroup, Item
from tracker.reminders.rules import NoticeKind, digest_holds, due_words
from tracker.reminders.rules.ladder import Audience, Ladder, rung_on
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.overview import month_rows
from tracker.reports.queries import periods, reporting_units, was_sent
from tracker.reports.rules import Shown, Terms, is_owed, resend_by
from tracker.units.models import Unit

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Owed:
    """A month that a unit owes and the office has not in hand; the ladder counts from `due_on`."""

    unit: Unit
    month: ReportPeriod
    due_on: date
    is_returned: bool


def owed_reports(session: Session, campaign: Campaign, terms: Terms) -> list[Owed]:
    """Every reporting unit's months that have begun and are not in the office's hand."""
    begun = [month for month in _owed(session, campaign, terms) if month.month <= terms.today]
    of_begun = MonthlyReport.period_id.in_([month.id for month in begun])
    place = select(MonthlyReport.period_id, MonthlyReport.unit_id)
    sent = {(row.period_id, row.unit_id) for row in session.execute(place.where(of_begun, was_sent()))}
    others = session.scalars(select(MonthlyReport).where(of_begun, ~was_sent()))
    reports = {(report.period_id, report.unit_id): report for report in others}
    found = []
    for unit in reporting_units(session, campaign):
        live_on = terms.of(unit.id).live_on
        for month in begun:
            report = reports.get((month.id, unit.id))
            if is_owed(month, live_on) and (month.id, unit.id) not in sent:
                again_by = resend_by(report, terms) if report is not None else None
                found.append(Owed(unit, month, again_by or month.due_on, again_by is not None))
    return found


def on_rungs(owed: Iterable[Owed], ladder: Ladder, terms: Terms) -> list[tuple[Unit, Item]]:
    """Those of them that are on a rung today."""
    return [(one.unit, item) for one in owed if (item := _item(one, ladder, terms)) is not None]


def missing_reports(
    campaign: Campaign, ladder: Ladder, owing: Iterable[tuple[Unit, Item]], day: Day
) -> list[Item]:
    """What the office is told of it on its rungs past the day: each month with its units."""
    told = {rung.days for rung in ladder.after if Audience.OFFICE in rung.to}
    units: dict[tuple[int, date], list[str]] = defaultdict(list)
    items: dict[tuple[int, date], Item] = {}
    for unit, item in owing:
        if item.rung in told and unit.id != campaign.office_unit_id:
            units[item.object_id, item.late_from].append(unit.short)
            items[item.object_id, item.late_from] = item
    return [_missing(items[key], names, campaign, day) for key, names in units.items()]


def _missing(item: Item, names: list[str], campaign: Campaign, day: Day) -> Item:
    when = f"期限 {item.due_on}，{due_words(item.due_on, day.today, day.calendar)}"
    return replace(
        item,
        kind=NoticeKind.MISSING_REPORTS,
        text=f"{item.name} 月报：{len(names)} 个单位未报（{when}）：{'、'.join(names)}",
        path=_month_path(campaign, item.name),
    )


def _month_path(campaign: Campaign, name: str) -> str:
    return f"/reports/month/{name}?campaign={campaign.slug}"


def digests(session: Session, campaign: Campaign, terms: Terms) -> Iterator[Digest]:
    """How the months went whose day has just passed."""
    for month in _owed(session, campaign, terms):
        if digest_holds(month.due_on, terms.today, terms.day.calendar):
            yield _digest(session, campaign, month, terms)


def _owed(session: Session, campaign: Campaign, terms: Terms) -> list[ReportPeriod]:
    return [month for month in periods(session, campaign) if is_owed(month, terms.live_on)]


def _item(one: Owed, ladder: Ladder, terms: Terms) -> Item | None:
    due_on, calendar = one.due_on, terms.day.calendar
    rung = rung_on(ladder, due_on, terms.today, calendar)
    if rung is None:
        return None
    owed = f"已退回，重报期限 {due_on}" if one.is_returned else f"期限 {due_on}"
    return Item(
        kind=NoticeKind.REPORT,
        object_id=one.month.id,
        late_from=due_on + ONE_DAY,
        rung=rung.days,
        campaign_id=one.month.campaign_id,
        name=one.month.name,
        text=f"{one.month.name} 月报：{owed}，{due_words(due_on, terms.today, calendar)}",
        path=f"/reports/{one.month.id}",
        channel=rung.channel,
    )


def _digest(session: Session, campaign: Campaign, month: ReportPeriod, terms: Terms) -> Digest:
    groups: dict[str, list[str]] = {"按时": [], "迟报": [], "退回": [], "未报": []}
    rows = month_rows(session, campaign, month, terms)
    for row in rows:
        if row.status.is_on_time:
            groups["按时"].append(row.unit.short)
        elif row.status.is_late:
            groups["迟报"].append(f"{row.unit.short}（{row.status.words}）")
        else:
            groups["退回" if row.status.shown is Shown.RETURNED else "未报"].append(row.unit.short)
    name = f"{month.month:%Y-%m}"
    shown = [DigestGroup(word, units) for word, units in groups.items() if units or word != "退回"]
    counts = "、".join(group.counted for group in shown)
    item = Item(
        kind=NoticeKind.DIGEST,
        object_id=month.id,
        late_from=month.due_on + ONE_DAY,
        rung=1,
        campaign_id=campaign.id,
        name=name,
        text=f"{name} 月报：应报 {len(rows)} 个单位，{counts}",
        path=_month_path(campaign, name),
    )
    return Digest(item, name, len(rows), shown)
