"""Who reports, what about, and how far every unit is: what pages, jobs and exports read."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.assignments.models import Assignment
from tracker.evidence.models import Evidence, Placement
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day, State
from tracker.plan.models import Campaign, Deadline, ItemParty, PlanItem, Reporter, Task
from tracker.plan.rules import ItemKind
from tracker.reports.models import MonthlyReport, ReportLine, ReportPeriod, ReportVersion
from tracker.reports.rules import SENT, Terms
from tracker.units.models import Unit, group_member

INITIATIVES = (ItemKind.PROJECT, ItemKind.ACTION)


def terms_of(campaign: Campaign, day: Day) -> Terms:
    """What the statuses of the campaign's reports depend on today."""
    since = {one.unit_id: one.since_on for one in campaign.reporters if one.unit_id and one.since_on}
    zone, resend_days = campaign.jurisdiction.timezone, campaign.report_resend_days
    return Terms(day, zone, campaign.live_on, since, resend_days)


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


def periods(session: Session, campaign: Campaign) -> list[ReportPeriod]:
    """All months of the campaign, the first one first."""
    return list(
        session.scalars(
            select(ReportPeriod).where(ReportPeriod.campaign_id == campaign.id).order_by(ReportPeriod.month)
        )
    )


def period_of_month(session: Session, campaign: Campaign, month: date) -> ReportPeriod | None:
    """One month of the campaign by its first day."""
    return session.scalar(
        select(ReportPeriod).where(ReportPeriod.campaign_id == campaign.id, ReportPeriod.month == month)
    )


def current_period(months: Sequence[ReportPeriod], today: date) -> ReportPeriod | None:
    """The month of today; before the first one that, after the last one that."""
    begun = [month for month in months if month.month <= today]
    return begun[-1] if begun else next(iter(months), None)


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
    is_on = and_(Reporter.campaign_id == campaign.id, Reporter.is_on)
    single = select(Reporter.unit_id).where(is_on, Reporter.unit_id.is_not(None))
    members = (
        select(group_member.c.unit_id)
        .join(Reporter, Reporter.group_id == group_member.c.group_id)
        .where(is_on)
    )
    ids = union(single, members).subquery()
    return select(Unit).where(Unit.id.in_(select(ids))).order_by(Unit.position, Unit.id)


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
