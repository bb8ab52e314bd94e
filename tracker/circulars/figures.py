"""The figures of a month or a gate at a moment, with the words and lists that a draft begins with."""

from bisect import bisect_left
from collections.abc import Sequence
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

MONTH_CLOSING = "请未报、迟报的单位尽快补报，查明原因；请各单位按时报送。"
GATE_CLOSING = "请有逾期事项的单位尽快补办，查明原因；请各单位按期办结。"
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
    closing: str


def month_draft(session: Session, campaign: Campaign, month: ReportPeriod, day: Day) -> Draft:
    """How the units reported in a month: on time, late, missing."""
    rows = month_rows(session, campaign, month, terms_of(campaign, day))
    rows = [row for row in rows if row.status.shown is not Shown.NOT_OWED]
    counts, name = month_counts(rows), f"{month.month.year}年{month.month.month}月"
    ranked = sorted(rows, key=_punctuality)
    to_come = counts.total - counts.on_time - counts.late - counts.missing
    return Draft(
        title=f"关于{name}创建工作月报\n报送情况的通报",
        opening=f"{name}应报送月报的单位{counts.total}个，按时报送{counts.on_time}个，迟报{counts.late}个，"
        f"未报{counts.missing}个{_to_come(to_come, month, day)}。现将有关情况通报如下。",
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
        closing=MONTH_CLOSING,
    )


def gate_draft(session: Session, campaign: Campaign, gate: Deadline, day: Day) -> Draft:
    """How far the units are at a gate: done and overdue, the furthest first; equals share their place."""
    units = sorted(_units_at(session, campaign, gate, day), key=lambda unit: unit.rank)
    total, done = sum(unit.opened for unit in units), sum(unit.done for unit in units)
    late, ranks = sum(unit.late for unit in units), [unit.rank for unit in units]
    behind = sorted((unit for unit in units if unit.late), key=lambda unit: -unit.late)
    return Draft(
        title=f"关于创建工作“{gate.label}”节点\n办理情况的通报",
        opening=f"“{gate.label}”节点应办{total}项，已办结{done}项，"
        + (f"逾期{late}项，涉及{len(behind)}个单位。" if late else "没有逾期。")
        + "现将有关情况通报如下。",
        praised=[unit.short for unit in foremost(units, campaign.office_unit_id)],
        criticized=[f"{unit.short}（逾期{unit.late}项）" for unit in behind],
        figures={
            "header": ["名次", "单位", "应办", "办结", "待审核", "逾期", "完成率"],
            "rows": [
                [str(1 + bisect_left(ranks, unit.rank)), unit.name, str(unit.opened), str(unit.done),
                 str(unit.review), str(unit.late), f"{unit.percent}%"]
                for unit in units
            ],
            "widths": [*GATE_WIDTHS],
        },
        closing=GATE_CLOSING,
    )  # fmt: skip


@dataclass(frozen=True)
class AtGate:
    """A unit's milestones at a gate."""

    unit_id: int
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

    @property
    def rank(self) -> tuple[int, int]:
        """What units are put in order by."""
        return -self.percent, self.late


def foremost(units: Sequence[AtGate], office_id: int) -> list[AtGate]:
    """Who is proposed for praise: of `units` in their order those with nothing overdue that are ahead of the
    rest, so that of equals none is left out by chance; the office does not praise itself."""
    able = [unit for unit in units if unit.done and not unit.late and unit.unit_id != office_id]
    first_left_out = able[MOST_PRAISED : MOST_PRAISED + 1]
    return [unit for unit in able[:MOST_PRAISED] if all(unit.rank < other.rank for other in first_left_out)]


def _units_at(session: Session, campaign: Campaign, gate: Deadline, day: Day) -> list[AtGate]:
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
        AtGate(
            unit.id, unit.name, unit.short, sum(counts.values()),
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
    is_said = status.shown in (Shown.MISSING, Shown.RETURNED)
    return (status.shown if is_said else Shown.DUE).label  # how far a draft is concerns nobody else


def _to_come(count: int, month: ReportPeriod, day: Day) -> str:
    """，尚待报送 3 个（截止 3月25日）: who is neither in time, late nor missing so far."""
    if not count:
        return ""
    due = month.due_on
    return f"，尚待报送{count}个" + (f"（截止{due.month}月{due.day}日）" if day.today <= due else "")


def _punctuality(row: MonthRow) -> tuple[int, int, int]:
    status = row.status
    rank = 0 if status.is_on_time else 1 if status.is_late else 3 if status.shown is Shown.MISSING else 2
    return rank, status.late_days, row.unit.position
