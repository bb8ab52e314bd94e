"""Whether a monthly report came on time, and what a page shows of it today."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from tracker.labels import LabelledEnum, SignEnum
from tracker.milestones.rules import Day


class ReportState(LabelledEnum):
    """月报状态, as stored; what a page shows is derived from it and from today."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已报"
    RETURNED = "returned", "退回"
    ACCEPTED = "accepted", "已采信"
    CORRECTING = "correcting", "更正中"
    PENDING = "pending", "待审签"


SENT = frozenset({ReportState.SUBMITTED, ReportState.ACCEPTED, ReportState.CORRECTING})
"""The office has it in hand."""


class Shown(SignEnum):
    """月报显示状态: the one word for a report in a list; every report has exactly one of them."""

    NOT_OWED = "not_owed", "未启用", "idle", "－"
    NOT_STARTED = "not_started", "未开始", "idle", "○"
    DUE = "due", "待报", "idle", "◇"
    DRAFT = "draft", "草稿", "idle", "◎"
    PENDING = "pending", "待审签", "idle", "◈"
    MISSING = "missing", "未报", "late", "■"
    RETURNED = "returned", "退回", "near", "▽"
    ON_TIME = "on_time", "按时", "ok", "✓"
    LATE = "late", "迟报", "near", "▲"
    RESENT_LATE = "resent_late", "重报超期", "near", "△"
    ACCEPTED = "accepted", "已采信", "ok", "◆"


class Facts(Protocol):
    """What a rule needs to know of a report; a row or an object with these columns."""

    @property
    def state(self) -> ReportState: ...
    @property
    def first_submitted_at(self) -> datetime | None: ...
    @property
    def returned_at(self) -> datetime | None: ...
    @property
    def resend_on(self) -> date | None: ...
    @property
    def pending_from(self) -> ReportState | None: ...
    @property
    def is_resubmitted_late(self) -> bool: ...


class Period(Protocol):
    """What a rule needs to know of a month."""

    @property
    def month(self) -> date: ...
    @property
    def due_on(self) -> date: ...


class Span(NamedTuple):
    """From which day on, and until before which day, months that are due are owed; None: no end."""

    since: date | None = None
    until: date | None = None

    def covers(self, due_on: date) -> bool:
        """Whether a month due on this day is owed."""
        return (self.since is None or due_on >= self.since) and (self.until is None or due_on < self.until)


ALWAYS = (Span(),)


@dataclass(frozen=True)
class Terms:
    """What decides over time and lateness; one for a whole page.

    `zone` is the jurisdiction's; `live_on` the day on which the campaign went live; `spans` says when
    each unit (by id) has reported, one that is not there never; without it all always do. `own` are the
    spans of the unit in hand. `resend_days` are the working days after a return within which a report
    sent again keeps its place.
    """

    day: Day
    zone: str
    live_on: date
    spans: Mapping[int, tuple[Span, ...]] | None = None
    resend_days: int = 2
    own: tuple[Span, ...] = ALWAYS

    def of(self, unit_id: int) -> "Terms":
        """The terms of one unit: it owes nothing from before it began to report, or after it ceased."""
        return self if self.spans is None else replace(self, own=self.spans.get(unit_id, ()))

    @property
    def today(self) -> date:
        return self.day.today

    def resend_by(self, returned_at: datetime) -> date:
        """The last day on which a report that is returned now keeps its place."""
        return self.day.calendar.add_working_days(self.day_of(returned_at), self.resend_days)

    def days_left(self, period: "Period") -> int:
        """Working days until the month's day, today left out; negative after it."""
        return self.day.calendar.working_days_between(self.today, period.due_on)

    def day_of(self, moment: datetime) -> date:
        """The jurisdiction's calendar day of an aware moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def month_bounds(self, month: date) -> tuple[datetime, datetime]:
        """The first moment of a month and of the next one, in the jurisdiction's zone."""
        zone = ZoneInfo(self.zone)
        return tuple(  # type: ignore[return-value]  # two of them
            datetime(first.year, first.month, 1, tzinfo=zone).astimezone(UTC)
            for first in (month, next_month(month))
        )


@dataclass(frozen=True, slots=True)
class Status:
    """What a report is today. `late_days` are calendar days of delay of the first submission."""

    shown: Shown
    late_days: int = 0
    is_resent_late: bool = False
    is_resend_overdue: bool = False
    is_correcting: bool = False
    is_at_head: bool = False

    @property
    def is_reported(self) -> bool:
        """Whether the office has the report in hand."""
        return self.shown in _REPORTED

    @property
    def is_pending(self) -> bool:
        """Owed, and still in time."""
        return self.shown in (Shown.DUE, Shown.DRAFT, Shown.PENDING)

    @property
    def is_on_time(self) -> bool:
        """Whether it counts as reported on time."""
        return self.is_reported and not self.late_days and not self.is_resent_late

    @property
    def is_late(self) -> bool:
        """Reported, but after the day, or sent again too late."""
        return self.is_reported and not self.is_on_time

    @property
    def colour(self) -> str:
        """The style sheet's word: late (red), near (yellow), ok (green), idle (grey)."""
        return self._look[0]

    @property
    def shape(self) -> str:
        """A sign of its own, so that colour is never the only difference."""
        return self._look[1]

    @property
    def words(self) -> str:
        """按时, 迟报 2 日, 已采信（迟报 2 日）, 退回（按时）."""
        if self.shown in (Shown.ACCEPTED, Shown.RETURNED):
            overdue = "、超过重报期限" if self.is_resend_overdue else ""
            overdue += "、更正中" if self.is_correcting else ""
            overdue += "、待审签" if self.is_at_head else ""
            return f"{self.shown.label}（{self._punctuality}{overdue}）"
        return self._punctuality if self.is_reported else self.shown.label

    @property
    def brief(self) -> str:
        """The words of a narrow cell: 按时, 迟 2 日, 未报, 已采信."""
        if self.is_reported and self.late_days:
            return f"迟 {self.late_days} 日"
        if self.is_reported and self.is_resent_late:
            return "重报超期"
        return self.shown.label

    @property
    def meaning(self) -> str:
        """What a legend says of the sign: 按时, 已采信, 迟报 also for one that was accepted."""
        if self.shown is Shown.RETURNED and self.is_resend_overdue:
            return "退回超过重报期限"
        return self._worn.label

    @property
    def _punctuality(self) -> str:
        words = [f"迟报 {self.late_days} 日"] if self.late_days else []
        if self.is_resent_late:
            words.append(Shown.RESENT_LATE.label)
        return "、".join(words) or "按时"

    @property
    def _look(self) -> tuple[str, str]:
        if self.shown is Shown.RETURNED and self.is_resend_overdue:
            return "late", "▼"
        return self._worn.colour, self._worn.shape

    @property
    def _worn(self) -> Shown:
        """Whose sign it wears: being accepted does not hide that it was late."""
        if self.shown is Shown.ACCEPTED and not self.is_on_time:
            return Shown.LATE if self.late_days else Shown.RESENT_LATE
        return self.shown


_REPORTED = frozenset({Shown.ON_TIME, Shown.LATE, Shown.RESENT_LATE, Shown.ACCEPTED})


def status(report: Facts | None, period: Period, terms: Terms) -> Status:
    """What a unit's report of a month is today; `report` is None while nobody has begun it."""
    if report is None or report.first_submitted_at is None:
        return _unsent_status(report, period, terms)
    late_days = max(0, (terms.day_of(report.first_submitted_at) - period.due_on).days)
    resent_late = report.is_resubmitted_late
    state, is_at_head = settled(report), report.state is ReportState.PENDING
    if state is ReportState.RETURNED:
        is_overdue = is_resend_overdue(report, terms)
        return Status(Shown.RETURNED, late_days, resent_late, is_overdue, is_at_head=is_at_head)
    if state in (ReportState.ACCEPTED, ReportState.CORRECTING):
        is_correcting = state is ReportState.CORRECTING
        return Status(
            Shown.ACCEPTED, late_days, resent_late, is_correcting=is_correcting, is_at_head=is_at_head
        )
    if late_days:
        return Status(Shown.LATE, late_days, resent_late)
    return Status(Shown.RESENT_LATE if resent_late else Shown.ON_TIME, 0, resent_late)


def settled(report: Facts) -> ReportState:
    """The state of a report, of one that waits for the unit's head the state before."""
    return report.pending_from or report.state


def is_sent(report: Facts) -> bool:
    """Whether the office has a report in hand that it did not return."""
    return settled(report) in SENT


def is_owed(period: Period, terms: Terms) -> bool:
    """A month that was due before the campaign went live, or when the unit did not report, is not owed."""
    return period.due_on >= terms.live_on and any(span.covers(period.due_on) for span in terms.own)


def is_resend_overdue(report: Facts, terms: Terms) -> bool:
    """Whether a returned report, sent again now, would be 重报超期."""
    last_day = resend_by(report, terms)
    return last_day is not None and terms.today > last_day


def resend_by(report: Facts, terms: Terms) -> date | None:
    """The last day on which a returned report keeps its place; None when it was not returned. It was
    told with the return: a later change of the setting does not move it."""
    if settled(report) is not ReportState.RETURNED or report.returned_at is None:
        return None
    return report.resend_on or terms.resend_by(report.returned_at)


def resend_words(last_day: date | None) -> str:
    """Until when a returned report keeps its place, for the people who send it."""
    if last_day is None:
        return ""
    return f"请在 {last_day:%Y-%m-%d} 24 时前重新提交，逾期将记为“重报超期”"


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_of(text: str) -> date | None:
    """The first day of a month written 2024-03; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None


def _unsent_status(report: Facts | None, period: Period, terms: Terms) -> Status:
    if not is_owed(period, terms):
        return Status(Shown.NOT_OWED)
    if terms.today < period.month:
        return Status(Shown.NOT_STARTED)
    if terms.today > period.due_on:
        return Status(Shown.MISSING)
    if report is not None and report.state is ReportState.PENDING:
        return Status(Shown.PENDING)
    return Status(Shown.DRAFT if report else Shown.DUE)
