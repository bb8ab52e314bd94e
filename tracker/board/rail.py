"""The phase bar as shapes in a drawing: where each phase, today and the notice stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.board.rules import drawn_spans, lane
from tracker.plan.models import Campaign, Phase
from tracker.plan.rules import Gate

WIDTH = 1080
LETTER = 12
"""Width of a Chinese letter of a label."""
NUMERALS = "零一二三四五六七八九十"
LANE_TOPS = (34, 88)
HEIGHT = 142


@dataclass(frozen=True)
class Bar:
    """A phase in the drawing; `state` is past, now or to_come."""

    phase: Phase
    state: str
    x: float
    y: int
    width: float
    label: str
    dates: str

    @property
    def title(self) -> str:
        phase = self.phase
        words = {"past": "已结束", "now": "进行中", "to_come": "未开始"}[self.state]
        return f"第{numeral(phase.number)}阶段 {phase.title}：{phase.starts_on} 至 {phase.ends_on}，{words}"


@dataclass(frozen=True)
class Mark:
    """A day that is marked in the drawing; `anchor` says on which side of it the words end."""

    day: date
    x: float
    words: str
    anchor: str


@dataclass(frozen=True)
class Rail:
    """The whole drawing."""

    bars: list[Bar]
    years: list[Mark]
    today: Mark | None
    notice: Mark | None
    width: int = WIDTH
    height: int = HEIGHT


def draw_rail(campaign: Campaign, phases: Sequence[Phase], today: date) -> Rail:
    """The phases of `campaign` between its first and its last day."""
    scale = _Scale(campaign.starts_on, campaign.ends_on)
    notice_day = notice_starts_by(campaign, phases)
    is_running = campaign.starts_on <= today <= campaign.ends_on
    now = _mark(scale, today, f"今天 {today:%m-%d}") if is_running else None
    notice = _mark(scale, notice_day, f"公示最迟 {notice_day} 开始") if notice_day else None
    if now and notice:
        now, notice = _apart(now, notice)
    years = range(campaign.starts_on.year + 1, campaign.ends_on.year + 1)
    return Rail(
        bars=[bar for number in range(len(LANE_TOPS)) for bar in _lane(scale, phases, number, today)],
        years=[_mark(scale, date(year, 1, 1), str(year)) for year in years],
        today=now,
        notice=notice,
    )


def notice_starts_by(campaign: Campaign, phases: Sequence[Phase]) -> date | None:
    """The last day on which the public notice may begin, so that it is over a day before the phase
    ends in which the preliminary review is applied for."""
    review = next((phase for phase in phases if phase.gate is Gate.PRELIMINARY_REVIEW), None)
    before = [phase for phase in phases if review and phase.ends_on < review.starts_on]
    if not before or not campaign.notice_days:
        return None
    return max(phase.ends_on for phase in before) - timedelta(days=campaign.notice_days)


def numeral(number: int) -> str:
    """1 -> 一."""
    return NUMERALS[number] if 0 <= number < len(NUMERALS) else str(number)


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> float:
        share = (day - self.first).days / max(1, (self.last - self.first).days + 1)
        return round(min(max(share, 0), 1) * WIDTH, 1)


def _lane(scale: _Scale, phases: Sequence[Phase], number: int, today: date) -> list[Bar]:
    members = [phase for phase in phases if lane(phase, phases) == number]
    members.sort(key=lambda phase: (phase.starts_on, phase.ends_on))
    edges = [(scale.x(first), scale.x(last + timedelta(days=1))) for first, last in drawn_spans(members)]
    starts = [left for left, _ in edges[1:]] + [float(WIDTH)]
    return [
        _bar(phase, today, left, right, LANE_TOPS[number], room=next_start - left)
        for phase, (left, right), next_start in zip(members, edges, starts, strict=True)
    ]


def _bar(phase: Phase, today: date, left: float, right: float, top: int, *, room: float) -> Bar:
    state = "past" if phase.ends_on < today else "now" if phase.starts_on <= today else "to_come"
    name = f"{numeral(phase.number)} {phase.title.removesuffix('阶段')}"
    dates = _months(phase.starts_on, phase.ends_on)
    if state == "now":
        name, dates = f"{name} ← 当前", f"截止 {phase.ends_on}"
    return Bar(
        phase,
        state,
        x=left,
        y=top,
        width=round(max(right - left - 3, 2), 1),
        label=name if room >= LETTER * len(name) else numeral(phase.number),
        dates=dates if room >= LETTER * 0.55 * len(dates) + 6 else "",
    )


def _months(first: date, last: date) -> str:
    """2023-07, 2025-06 – 08, 2022-08 – 2023-07."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%Y-%m}"
    return f"{first:%Y-%m} – {last:%m}" if first.year == last.year else f"{first:%Y-%m} – {last:%Y-%m}"


def _mark(scale: _Scale, day: date, words: str) -> Mark:
    x = scale.x(day)
    return Mark(day, x, words, "start" if x < WIDTH * 0.8 else "end")


def _apart(now: Mark, notice: Mark) -> tuple[Mark, Mark]:
    """Words of two days that stand near each other go to either side."""
    if abs(now.x - notice.x) > LETTER * 14:
        return now, notice
    first, second = ("end", "start") if now.x < notice.x else ("start", "end")
    return Mark(now.day, now.x, now.words, first), Mark(notice.day, notice.x, notice.words, second)
