"""一页简报: where we stand, what is late and who owes it, what comes next, from the board's figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.board.queries import Counts, UnitRow, count_milestones, deadline_tallies, unit_rows
from tracker.board.rail import notice_starts_by
from tracker.board.rules import Tally
from tracker.labels import shortened
from tracker.milestones.queries import Filter, LedgerRow, ledger
from tracker.milestones.rules import Day, Light
from tracker.plan.models import Campaign, Deadline, Phase
from tracker.plan.queries import phases_of
from tracker.plan.rules import DeadlineKind
from tracker.reports.models import ReportPeriod
from tracker.reports.overview import MonthCounts, MonthRow, month_counts, month_rows
from tracker.reports.queries import periods, terms_of
from tracker.reports.rules import Shown
from tracker.supervision.models import Order
from tracker.supervision.queries import Filter as OrderFilter
from tracker.supervision.queries import orders
from tracker.supervision.rules import OWING

MOST_UNITS, MOST_MILESTONES, MOST_NAMES, MOST_COMING, MOST_ORDERS = 8, 6, 10, 8, 20
"""What the page has room for; more is counted, not listed."""
HORIZON = timedelta(days=60)
"""How far ahead the page looks."""


@dataclass(frozen=True)
class GateLine:
    """A gate with all units' milestones at it."""

    gate: Deadline
    tally: Tally


@dataclass(frozen=True)
class MonthLine:
    """A month's reports: the counts, and the units of which the office has none."""

    period: ReportPeriod
    counts: MonthCounts
    lacking: list[str]

    @property
    def lacking_words(self) -> str:
        """The first of them by name: 芒康县、边坝县等 12 个单位."""
        names = "、".join(self.lacking[:MOST_NAMES])
        return f"{names}等 {len(self.lacking)} 个单位" if len(self.lacking) > MOST_NAMES else names


@dataclass(frozen=True)
class Coming:
    """A day to come and what is due on it."""

    day: date
    words: str


@dataclass(frozen=True)
class Brief:
    """The whole page."""

    phases: list[Phase]
    counts: Counts
    gates: list[GateLine]
    late_units: list[UnitRow]
    oldest: Sequence[LedgerRow]
    present: MonthLine | None
    past: MonthLine | None
    coming: list[Coming]

    @property
    def done_percent(self) -> int:
        """Of all that has begun the share done, rounded down."""
        all_ = self.counts.all
        return 100 * all_.done // all_.opened if all_.opened else 0


def brief_of(session: Session, campaign: Campaign, day: Day) -> Brief:
    """The page as of today."""
    counts, phases = count_milestones(session, campaign, day), phases_of(session, campaign)
    deadlines = _deadlines(session, campaign)
    tallies = deadline_tallies(session, campaign, day)
    months = periods(session, campaign)
    present = next((month for month in months if month.month <= day.today <= month.due_on), None)
    over = [month for month in months if month.due_on < day.today]
    current = _month(session, campaign, present, day) if present else None
    return Brief(
        phases=[phase for phase in phases if phase.starts_on <= day.today <= phase.ends_on],
        counts=counts,
        gates=_gates(deadlines, tallies),
        late_units=unit_rows(session, campaign, counts.only(Light.LATE), day, limit=MOST_UNITS),
        oldest=ledger(session, campaign, Filter(light=Light.LATE), day, limit=MOST_MILESTONES),
        present=current,
        past=_month(session, campaign, over[-1], day) if over else None,
        coming=_coming(
            [
                *_month_day(current),
                *_deadline_days(deadlines, tallies),
                *_notice_day(campaign, phases),
                *_order_days(orders(session, campaign, OrderFilter(), day.today, limit=MOST_ORDERS)),
            ],
            day.today,
        ),
    )  # fmt: skip


def _month(session: Session, campaign: Campaign, month: ReportPeriod, day: Day) -> MonthLine:
    rows = month_rows(session, campaign, month, terms_of(campaign, day))
    return MonthLine(month, month_counts(rows), [row.unit.short for row in rows if _is_lacking(row)])


def _is_lacking(row: MonthRow) -> bool:
    return not row.status.is_reported and row.status.shown is not Shown.NOT_OWED


def _deadlines(session: Session, campaign: Campaign) -> list[Deadline]:
    query = select(Deadline).where(Deadline.campaign_id == campaign.id)
    return list(session.scalars(query.order_by(Deadline.position)))


def _coming(found: Sequence[Coming], today: date) -> list[Coming]:
    near = [one for one in found if today <= one.day <= today + HORIZON]
    return sorted(near, key=lambda one: one.day)[:MOST_COMING]


def _month_day(month: MonthLine | None) -> list[Coming]:
    if month is None:
        return []
    count = len(month.lacking)
    left = f"还有 {count} 个单位没有报送" if count else "各单位都已报送"
    return [Coming(month.period.due_on, f"{month.period.month.month} 月月报截止，{left}")]


def _gates(deadlines: Sequence[Deadline], tallies: dict[int, Tally]) -> list[GateLine]:
    gates = (one for one in deadlines if one.kind is DeadlineKind.GATE)
    return [GateLine(one, tallies.get(one.id, Tally())) for one in gates]


def _deadline_days(deadlines: Sequence[Deadline], tallies: dict[int, Tally]) -> list[Coming]:
    found = []
    for one in deadlines:
        tally = tallies.get(one.id, Tally())
        if left := tally.total - tally.done:
            what = f"“{one.label}”节点到期" if one.kind is DeadlineKind.GATE else f"{one.title}的期限"
            found.append(Coming(one.due_on, f"{what}，还有 {left} 项没有办结"))
    return found


def _notice_day(campaign: Campaign, phases: Sequence[Phase]) -> list[Coming]:
    notice = notice_starts_by(campaign, phases)
    words = f"自查公示最迟这一天开始（公示 {campaign.notice_days} 天）"
    return [Coming(notice, words)] if notice else []


def _order_days(open_orders: Sequence[Order]) -> list[Coming]:
    return [
        Coming(one.due_on, f"督办单 {one.reference}（{one.unit.short}）办结时限：{shortened(one.title, 24)}")
        for one in open_orders
        if one.state in OWING
    ]
