"""What the units have submitted for a month, by indicator: the frozen versions in the office's hand."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.milestones.rules import Day
from tracker.plan.models import Campaign, PlanItem
from tracker.reports.models import ReportPeriod
from tracker.reports.overview import MonthRow, month_counts, month_rows
from tracker.reports.queries import month_reports, terms_of
from tracker.reports.rules import SentLine, Shown
from tracker.summaries.rules import Entry

CLOSING = "下一步，市食安办将督促未报、迟报单位补报，逐项跟踪没有进展和存在问题的指标，确保按时限完成。"


@dataclass
class Found:
    """An indicator as the first unit's report has it, with all units' lines in the order of units."""

    item_id: int
    number: str
    name: str
    heading: str
    content: str
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Collected:
    """A month's reports: by indicator in the order of the plan, and the words to begin with."""

    title: str
    opening: str
    figures: dict[str, Any]
    items: list[Found]
    closing: str = CLOSING


def collect(session: Session, campaign: Campaign, month: ReportPeriod, day: Day) -> Collected:
    """The month's reports that the office has in hand; one that it returned waits to be sent again."""
    rows = month_rows(session, campaign, month, terms_of(campaign, day))
    rows = [row for row in rows if row.status.shown is not Shown.NOT_OWED]
    name, reported = (
        f"{month.month.year}年{month.month.month}月",
        [row for row in rows if row.status.is_reported],
    )
    lacking = [row.unit.name for row in rows if not row.status.is_reported]
    return Collected(
        title=f"关于{name}创建工作\n进展情况的报告",
        opening=_opening(name, rows),
        figures={"reported": [row.unit.name for row in reported], "lacking": lacking},
        items=_by_item(session, campaign, month, reported),
    )


def _opening(name: str, rows: list[MonthRow]) -> str:
    counts = month_counts(rows)
    return (
        f"{name}应报送月报的单位{counts.total}个，已报送{counts.reported}个（按时{counts.on_time}个，"
        f"迟报{counts.late}个），未报送{counts.total - counts.reported}个。现将本月创建工作进展情况报告如下。"
    )


def _by_item(
    session: Session, campaign: Campaign, month: ReportPeriod, reported: list[MonthRow]
) -> list[Found]:
    reports, found = month_reports(session, month, with_versions=True), dict[int, Found]()
    for row in reported:
        sent = reports[row.unit.id].sent
        for line in sent.lines if sent else ():
            there = found.setdefault(
                line.item_id, Found(line.item_id, line.number, line.name, line.heading, line.summary)
            )
            there.entries.append(_entry(row.unit.short, line))
    places: dict[int, int] = defaultdict(int)
    query = select(PlanItem.id, PlanItem.position).where(PlanItem.campaign_id == campaign.id)
    places.update((item_id, position) for item_id, position in session.execute(query))
    return sorted(found.values(), key=lambda one: (places[one.item_id], one.item_id))


def _entry(unit: str, line: SentLine) -> Entry:
    return Entry(
        unit, line.progress, line.percent, line.figures, "\n".join(proof.words for proof in line.proofs),
        line.problems, line.next_steps, line.done, line.reason, line.has_no_progress,
    )  # fmt: skip
