"""The figures of a month or a gate at a moment, with the words and lists that a draft begins with."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.circulars.rules import MOST_PRAISED
from tracker.milestones.models import Milestone
from tracker.milestones.queries import light_number, opened
from tracker.milestones.rules import Day, Light
from tracker.plan.models import Campaign, Deadline
from tracker.reports.models import ReportPeriod
from tracker.reports.overview import MonthRow, month_counts, month_rows
from tracker.reports.queries import terms_of
from tracker.reports.rules import Shown
from tracker.units.models import Unit

CLOSING = "请未报、迟报和有逾期事项的单位尽快补报、补办，查明原因；请各单位按时报送、按期办结。"
MONTH_WIDTHS, GATE_WIDTHS = (8, 46, 30), (8, 36, 8, 8, 9, 8, 9)
"""Of the columns of the tables."""


@dataclass(frozen=True)
class Draft:
    """What a draft begins with: the office changes the words and lists, never the figures."""

    title: str
    opening: str
    praised: list[str]
    criticized: list[str]
    figures: dict[str, Any]
    closing: str = CLOSING


def month_draft(session: Session, campaign: Campaign, month: ReportPeriod, day: Day) -> Draft:
    """How the units reported in a month: on time, late, missing."""
    rows = month_rows(session, campaign, month, terms_of(campaign, day))
    rows = [row for row in rows if row.status.shown is not Shown.NOT_OWED]
    counts, name = month_counts(rows), f"{month.month.year}年{month.month.month}月"
    ranked = sorted(rows, key=_punctuality)
    return Draft(
        title=f"关于{name}创建工作月报\n报送情况的通报",
        opening=f"{name}应报送月报的单位{counts.total}个，按时报送{counts.on_time}个，迟报{counts.late}个，"
        f"未报{counts.missing}个。现将有关情况通报如下。",
        praised=[row.unit.short for row in rows if row.status.is_on_time],
        criticized=[
            f"{row.unit.short}（{_how(row)}）"
            for row in ranked
            if row.status.is_late or row.status.shown is Shown.MISSING
        ],
        figures={
            "header": ["序号", "单位", "报送情况"],
            "rows": [[str(n), row.unit.name, _how(row)] for n, row in enumerate(ranked, 1)],
            "widths": [*MONTH_WIDTHS],
        },
    )


def gate_draft(session: Session, campaign: Campaign, gate: Deadline, day: Day) -> Draft:
    """How far the units are at a gate: done and overdue, the furthest first."""
    units = sorted(_units_at(session, campaign, gate, day), key=lambda unit: (-unit.percent, unit.late))
    total, done = sum(unit.opened for unit in units), sum(unit.done for unit in units)
    late = sum(unit.late for unit in units)
    behind = sorted((unit for unit in units if unit.late), key=lambda unit: -unit.late)
    return Draft(
        title=f"关于创建工作“{gate.label}”节点\n办理情况的通报",
        opening=f"“{gate.label}”节点应办{total}项，已办结{done}项，逾期{late}项，涉及{len(behind)}个单位。"
        "现将有关情况通报如下。",
        praised=[unit.short for unit in units if not unit.late and unit.done][:MOST_PRAISED],
        criticized=[f"{unit.short}（逾期{unit.late}项）" for unit in behind],
        figures={
            "header": ["名次", "单位", "应办", "办结", "待审核", "逾期", "完成率"],
            "rows": [
                [str(n), unit.name, str(unit.opened), str(unit.done), str(unit.review), str(unit.late),
                 f"{unit.percent}%"]
                for n, unit in enumerate(units, 1)
            ],
            "widths": [*GATE_WIDTHS],
        },
    )  # fmt: skip


@dataclass(frozen=True)
class _AtGate:
    """A unit's milestones at a gate."""

    name: str
    short: str
    opened: int
    done: int
    review: int
    late: int

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all."""
        return 100 * self.done // self.opened if self.opened else 0


def _units_at(session: Session, campaign: Campaign, gate: Deadline, day: Day) -> list[_AtGate]:
    places, light = {shown: place for place, shown in enumerate(Light)}, light_number(day).label("light")
    rows = session.execute(
        select(Unit, light, func.count())
        .join(Milestone, Milestone.unit_id == Unit.id)
        .where(Milestone.campaign_id == campaign.id, Milestone.deadline_id == gate.id, opened(day))
        .group_by(Unit.id, light)
        .order_by(Unit.position)
    )
    found: dict[Unit, dict[int, int]] = {}
    for unit, place, count in rows:
        found.setdefault(unit, {})[place] = count
    return [
        _AtGate(
            unit.name, unit.short, sum(counts.values()),
            *(counts.get(places[each], 0) for each in (Light.DONE, Light.REVIEW, Light.LATE)),
        )
        for unit, counts in found.items()
    ]  # fmt: skip


def _how(row: MonthRow) -> str:
    """按时, 迟报 2 日, 重报超期, 未报: whether the office has read it by now is no matter."""
    status = row.status
    if status.is_on_time:
        return "按时"
    if status.is_late:
        return f"迟报 {status.late_days} 日" if status.late_days else Shown.RESENT_LATE.label
    return status.shown.label


def _punctuality(row: MonthRow) -> tuple[int, int, int]:
    status = row.status
    rank = 0 if status.is_on_time else 1 if status.is_late else 3 if status.shown is Shown.MISSING else 2
    return rank, status.late_days, row.unit.position
