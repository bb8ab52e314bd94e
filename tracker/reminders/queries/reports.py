"""The monthly reports that are on a rung today, and how a month went."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.milestones.rules import Day
from tracker.plan.models import Campaign
from tracker.reminders.items import Digest, DigestGroup, Item
from tracker.reminders.rules import NoticeKind, digest_holds, due_words, quoted
from tracker.reminders.rules.ladder import Audience, LadderKind, Ladders, Rung, rung_on
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.overview import month_rows
from tracker.reports.queries import periods, reporting_units, was_sent
from tracker.reports.rules import ReportState, Shown, Terms, is_owed, resend_by
from tracker.units.models import Unit

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Owed:
    """A month that a unit owes and the office has not in hand; the ladder counts from `due_on`.

    `returned` is the report that the office sent back; it stands on the ladder of returned things.
    `is_at_head` tells that it waits for the unit's head.
    """

    unit: Unit
    month: ReportPeriod
    due_on: date
    returned: MonthlyReport | None
    is_at_head: bool = False


class Climbing(NamedTuple):
    """What stands on a rung today."""

    owed: Owed
    rung: Rung
    item: Item


def owed_reports(session: Session, campaign: Campaign, terms: Terms) -> list[Owed]:
    """The months that have begun and are not in the office's hand, of every reporting unit in use."""
    begun = [month for month in _owed(session, campaign, terms) if month.month <= terms.today]
    of_begun = MonthlyReport.period_id.in_([month.id for month in begun])
    place = select(MonthlyReport.period_id, MonthlyReport.unit_id)
    sent = {(row.period_id, row.unit_id) for row in session.execute(place.where(of_begun, was_sent()))}
    others = session.scalars(select(MonthlyReport).where(of_begun, ~was_sent()))
    reports = {(report.period_id, report.unit_id): report for report in others}
    found = []
    for unit in reporting_units(session, campaign):
        if not unit.is_active:  # it was merged: what it left unsent stays on record, nobody sends it
            continue
        own = terms.of(unit.id)
        for month in begun:
            report = reports.get((month.id, unit.id))
            if is_owed(month, own) and (month.id, unit.id) not in sent:
                again_by = resend_by(report, terms) if report is not None else None
                returned = report if again_by is not None else None
                is_at_head = report is not None and report.state is ReportState.PENDING
                found.append(Owed(unit, month, again_by or month.due_on, returned, is_at_head))
    return found


def on_rungs(owed: Iterable[Owed], ladders: Ladders, terms: Terms) -> list[Climbing]:
    """Those of them that are on a rung of their ladder today."""
    found = []
    for one in owed:
        ladder = ladders[LadderKind.RETURNED if one.returned else LadderKind.REPORT]
        if rung := rung_on(ladder, one.due_on, terms.today, terms.day.calendar):
            found.append(Climbing(one, rung, _item(one, rung, terms)))
    return found


def missing_reports(
    campaign: Campaign, climbing: Iterable[Climbing], day: Day, *, to: Audience
) -> list[Item]:
    """What the office, or a leader, is told of it on the rungs past the day: each month with its units."""
    units: dict[Item, list[str]] = defaultdict(list)
    for owed, rung, item in climbing:
        if to in rung.to and rung.days > 0 and owed.unit.id != campaign.office_unit_id:
            kind = NoticeKind.UNSENT_AGAIN if owed.returned else NoticeKind.MISSING_REPORTS
            units[replace(item, kind=kind, text="")].append(owed.unit.short)
    return [_missing(item, names, campaign, day) for item, names in units.items()]


def _missing(item: Item, names: list[str], campaign: Campaign, day: Day) -> Item:
    when = f"期限 {item.due_on}，{due_words(item.due_on, day.today, day.calendar)}"
    what = "未报" if item.kind is NoticeKind.MISSING_REPORTS else "退回后未重报"
    return replace(
        item,
        text=f"{item.name} 月报：{len(names)} 个单位{what}（{when}）：{'、'.join(names)}",
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
    return [month for month in periods(session, campaign) if is_owed(month, terms)]


def _item(one: Owed, rung: Rung, terms: Terms) -> Item:
    due_on = one.due_on
    how_long = due_words(due_on, terms.today, terms.day.calendar)
    owed = f"已退回，重报期限 {due_on}" if one.returned else f"期限 {due_on}"
    why = f"；退回原因：{quoted(one.returned.return_reason)}" if one.returned else ""
    where = "；已送审签，等单位负责人审签" if one.is_at_head else ""
    return Item(
        kind=NoticeKind.REPORT,
        object_id=one.month.id,
        late_from=due_on + ONE_DAY,
        rung=rung.days,
        campaign_id=one.month.campaign_id,
        name=one.month.name,
        text=f"{one.month.name} 月报：{owed}，{how_long}{where or why}",
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
