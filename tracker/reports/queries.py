"""Who reports, what about, and how far every unit is: what pages, jobs and exports read."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union
from sqlalchemy.orm import Session, joinedload, object_session, selectinload

from tracker.assignments.models import Assignment
from tracker.events.models import Event
from tracker.evidence.models import Evidence, Placement
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day, State
from tracker.plan.models import Campaign, Deadline, ItemParty, PlanItem, Reporter, Task
from tracker.plan.rules import ItemKind
from tracker.reports.models import MonthlyReport, ReportLine, ReportPeriod, ReportVersion
from tracker.reports.rules import SENT, Span, Terms
from tracker.units.models import Unit, group_member

INITIATIVES = (ItemKind.PROJECT, ItemKind.ACTION)
URGED = ("period", "urge")
"""Subject and verb of the event that a unit was urged (催报) about a month."""


def terms_of(campaign: Campaign, day: Day) -> Terms:
    """What the statuses of the campaign's reports depend on today."""
    zone, resend_days = campaign.jurisdiction.timezone, campaign.report_resend_days
    return Terms(day, zone, campaign.live_on, _spans(campaign), resend_days)


def _spans(campaign: Campaign) -> dict[int, tuple[Span, ...]]:
    """When each unit reports, itself or by a group."""
    session, found = object_session(campaign), defaultdict[int, list[Span]](list)
    assert session is not None  # noqa: S101  # every page and job reads its campaign in a session
    rows = session.execute(
        select(
            func.coalesce(Reporter.unit_id, group_member.c.unit_id),
            Reporter.since_on, group_member.c.joined_on, Reporter.until_on,
        )
        .outerjoin(group_member, group_member.c.group_id == Reporter.group_id)
        .where(Reporter.campaign_id == campaign.id, _has_reported())
    )  # fmt: skip
    for unit_id, since, joined, until in rows:
        found[unit_id].append(Span(max(filter(None, (since, joined)), default=None), until))
    return {unit_id: tuple(spans) for unit_id, spans in found.items()}


def reporting_units(
    session: Session, campaign: Campaign, *, offset: int = 0, limit: int | None = None
) -> list[Unit]:
    """The units that owe the monthly report, each once, in the order of units."""
    return list(session.scalars(_reporting(campaign).offset(offset).limit(limit)))


def reporting_unit_count(session: Session, campaign: Campaign) -> int:
    """How many units owe the monthly report."""
    return session.scalar(select(func.count()).select_from(_reporting(campaign).subquery())) or 0


def reporting_unit(session: Session, campaign: Campaign, unit_id: int) -> Unit | None:
    """The unit, if it owes the monthly report."""
    return session.scalars(_reporting(campaign).where(Unit.id == unit_id)).one_or_none()


def newest_version(session: Session, campaign: Campaign) -> ReportVersion | None:
    """What was submitted last, by whatever unit."""
    return session.scalar(
        select(ReportVersion)
        .join(MonthlyReport)
        .join(ReportPeriod, ReportPeriod.id == MonthlyReport.period_id)
        .where(ReportPeriod.campaign_id == campaign.id)
        .order_by(ReportVersion.id.desc())
        .limit(1)
    )


def periods(session: Session, campaign: Campaign) -> list[ReportPeriod]:
    """All months of the campaign, the first one first."""
    return list(
        session.scalars(
            select(ReportPeriod).where(ReportPeriod.campaign_id == campaign.id).order_by(ReportPeriod.month)
        )
    )


def begun_periods(session: Session, campaign: Campaign, today: date) -> list[ReportPeriod]:
    """The months of the campaign that have begun, the newest first."""
    return [month for month in reversed(periods(session, campaign)) if month.month <= today]


def period_of_month(session: Session, campaign: Campaign, month: date) -> ReportPeriod | None:
    """One month of the campaign by its first day."""
    return session.scalar(
        select(ReportPeriod).where(ReportPeriod.campaign_id == campaign.id, ReportPeriod.month == month)
    )


def current_period(months: Sequence[ReportPeriod], today: date) -> ReportPeriod | None:
    """The month of today; before the first one that, after the last one that."""
    begun = [month for month in months if month.month <= today]
    return begun[-1] if begun else next(iter(months), None)


def urged_today(session: Session, months: Collection[ReportPeriod], terms: Terms) -> set[tuple[int, int]]:
    """Of which months (by id) which units (by id) were urged today."""
    today = terms.today
    midnight = datetime(today.year, today.month, today.day, tzinfo=ZoneInfo(terms.zone))
    rows = session.execute(
        select(Event.subject_id, Event.unit_id).where(
            Event.subject == URGED[0],
            Event.verb == URGED[1],
            Event.subject_id.in_([month.id for month in months]),
            Event.at >= midnight,
        )
    )
    return {(month_id, unit_id) for month_id, unit_id in rows if unit_id}


def answered_items(session: Session, campaign_id: int, unit_id: int) -> list[PlanItem]:
    """The items of a unit's report: the indicators that name it, itself or by a group, or that
    assign it something; for a unit without any, its initiatives."""
    items = list(
        session.scalars(
            select(PlanItem)
            .where(
                PlanItem.campaign_id == campaign_id,
                PlanItem.kind.in_((ItemKind.INDICATOR, *INITIATIVES)),
                _concerns(unit_id),
            )
            .options(joinedload(PlanItem.parent).joinedload(PlanItem.parent))
            .order_by(PlanItem.position, PlanItem.id)
        )
    )
    return [item for item in items if item.kind is ItemKind.INDICATOR] or items


def report_of(session: Session, month: ReportPeriod, unit_id: int) -> MonthlyReport | None:
    """The unit's report of the month with its lines."""
    return session.scalar(
        select(MonthlyReport)
        .where(MonthlyReport.period_id == month.id, MonthlyReport.unit_id == unit_id)
        .options(
            selectinload(MonthlyReport.lines)
            .joinedload(ReportLine.item)
            .joinedload(PlanItem.parent)
            .joinedload(PlanItem.parent),
            selectinload(MonthlyReport.lines).selectinload(ReportLine.evidence),
            selectinload(MonthlyReport.versions).joinedload(ReportVersion.by),
            joinedload(MonthlyReport.submitted_by),
            joinedload(MonthlyReport.decided_by),
        )
    )


def ticked_words(session: Session, month: ReportPeriod, unit_id: int, terms: Terms) -> dict[int, str]:
    """For each item what the unit ticked and what was accepted in the month, as a sentence:
    本月提交：11-1（自评）；本月办结：11-2（准备）。"""
    first, after = terms.month_bounds(month.month)
    is_submitted = and_(Milestone.submitted_at >= first, Milestone.submitted_at < after)
    is_accepted = and_(
        Milestone.state == State.ACCEPTED, Milestone.decided_at >= first, Milestone.decided_at < after
    )
    rows = session.execute(
        select(Task.item_id, Task.code, Deadline.label, is_submitted)
        .select_from(Milestone)
        .join(Task, Task.id == Milestone.task_id)
        .join(Deadline, Deadline.id == Milestone.deadline_id)
        .where(
            Milestone.campaign_id == month.campaign_id,
            Milestone.unit_id == unit_id,
            or_(is_submitted, is_accepted),
        )
        .order_by(Task.position, Deadline.position)
    )
    found: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for item_id, code, label, submitted in rows:
        found[item_id][0 if submitted else 1].append(f"{code}（{label}）")
    return {item_id: _sentence(*words) for item_id, words in found.items()}


def last_next_steps(session: Session, month: ReportPeriod, unit_id: int) -> dict[int, str]:
    """For each item what the unit's report of the month before, as it was last submitted, named as its
    next steps."""
    before = (
        select(ReportPeriod.id)
        .where(ReportPeriod.campaign_id == month.campaign_id, ReportPeriod.month < month.month)
        .order_by(ReportPeriod.month.desc())
        .limit(1)
        .scalar_subquery()
    )
    last = session.scalars(
        select(ReportVersion)
        .join(MonthlyReport)
        .where(MonthlyReport.period_id == before, MonthlyReport.unit_id == unit_id)
        .order_by(ReportVersion.number.desc())
        .limit(1)
    ).first()
    lines = last.sent.lines if last else ()
    return {line.item_id: line.next_steps for line in lines if line.next_steps}


def papers_of(
    session: Session, report: MonthlyReport, evidence_ids: Collection[int]
) -> dict[int, dict[int, Evidence]]:
    """Those of the documents that stand under an item of the report's unit, by item and id."""
    found: dict[int, dict[int, Evidence]] = defaultdict(dict)
    if not evidence_ids:
        return found
    rows = session.execute(
        select(Task.item_id, Evidence)
        .select_from(Placement)
        .join(Evidence, Evidence.id == Placement.evidence_id)
        .join(Task, Task.id == Placement.task_id)
        .where(
            Evidence.id.in_(evidence_ids),
            Placement.unit_id == report.unit.id,
            Evidence.campaign_id == report.period.campaign_id,
        )
    )
    for item_id, evidence in rows:
        found[item_id][evidence.id] = evidence
    return found


def month_reports(
    session: Session,
    month: ReportPeriod,
    unit_ids: Sequence[int] | None = None,
    *,
    with_versions: bool = False,
) -> dict[int, MonthlyReport]:
    """The month's reports that were sent, by unit, of all units or of `unit_ids`."""
    query = select(MonthlyReport).where(
        MonthlyReport.period_id == month.id, MonthlyReport.first_submitted_at.is_not(None)
    )
    if unit_ids is not None:
        query = query.where(MonthlyReport.unit_id.in_(unit_ids))
    if with_versions:
        query = query.options(selectinload(MonthlyReport.versions))
    reports = session.scalars(
        query.options(
            joinedload(MonthlyReport.unit),
            joinedload(MonthlyReport.submitted_by),
            joinedload(MonthlyReport.decided_by),
        )
    )
    return {report.unit_id: report for report in reports}


def was_sent() -> ColumnElement[bool]:
    """Whether the office has a report in hand that it did not return (SQL sister of `rules.is_sent`)."""
    return func.coalesce(MonthlyReport.pending_from, MonthlyReport.state).in_(SENT)


def _reporting(campaign: Campaign) -> Select[Unit]:
    """The units that report or have reported: what they sent is never lost from sight."""
    counts = and_(Reporter.campaign_id == campaign.id, or_(Reporter.is_on, _was_due()))
    single = select(Reporter.unit_id).where(counts, Reporter.unit_id.is_not(None))
    members = (
        select(group_member.c.unit_id)
        .join(Reporter, Reporter.group_id == group_member.c.group_id)
        .where(counts)
    )
    sent = (
        select(MonthlyReport.unit_id)
        .join(ReportPeriod)
        .where(ReportPeriod.campaign_id == campaign.id, MonthlyReport.first_submitted_at.is_not(None))
    )
    ids = union(single, members, sent).subquery()
    return select(Unit).where(Unit.id.in_(select(ids))).order_by(Unit.position, Unit.id)


def _has_reported() -> ColumnElement[bool]:
    return or_(Reporter.is_on, Reporter.until_on.is_not(None))


def _was_due() -> ColumnElement[bool]:
    """A party that was switched off after a month had been due."""
    return exists().where(
        ReportPeriod.campaign_id == Reporter.campaign_id,
        Campaign.id == Reporter.campaign_id,
        ReportPeriod.due_on >= Campaign.live_on,
        ReportPeriod.due_on >= func.coalesce(Reporter.since_on, Campaign.live_on),
        ReportPeriod.due_on < Reporter.until_on,
    )


def _concerns(unit_id: int) -> ColumnElement[bool]:
    groups = select(group_member.c.group_id).where(group_member.c.unit_id == unit_id)
    named = select(ItemParty.item_id).where(or_(ItemParty.unit_id == unit_id, ItemParty.group_id.in_(groups)))
    assigned = (
        select(Task.item_id)
        .join(Assignment, Assignment.task_id == Task.id)
        .where(Assignment.unit_id == unit_id, Assignment.left_on.is_(None))
    )
    return or_(PlanItem.id.in_(named), PlanItem.id.in_(assigned))


def _sentence(submitted: list[str], accepted: list[str]) -> str:
    parts = [("本月提交", submitted), ("本月办结", accepted)]
    return "；".join(f"{word}：{'、'.join(codes)}" for word, codes in parts if codes) + "。"
