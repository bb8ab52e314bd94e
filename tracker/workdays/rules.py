"""Working-day arithmetic over a table of holidays and make-up days."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from tracker.labels import LabelledEnum


class DayKind(LabelledEnum):
    """日子的种类."""

    HOLIDAY = "holiday", "放假"
    WORKDAY = "workday", "调休上班"


@dataclass(frozen=True)
class Calendar:
    """工作日历 of one jurisdiction.

    Args:
        special: the days that differ from Monday-Friday. A year without any entry falls back to
            the plain week; `is_known` tells, so that the office can be warned.
    """

    special: Mapping[date, DayKind] = field(default_factory=dict)
    _offs: list[date] = field(init=False, repr=False, compare=False)
    _ons: list[date] = field(init=False, repr=False, compare=False)
    _years: frozenset[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        days = sorted(self.special)
        object.__setattr__(self, "_offs", [d for d in days if self._takes_off(d)])
        object.__setattr__(self, "_ons", [d for d in days if self._adds(d)])
        object.__setattr__(self, "_years", frozenset(d.year for d in days))

    def is_working_day(self, day: date) -> bool:
        kind = self.special.get(day)
        return kind is DayKind.WORKDAY if kind is not None else day.weekday() < 5

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        plain = _weekdays_through(end) - _weekdays_through(start)
        return plain - _count(self._offs, start, end) + _count(self._ons, start, end)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it when negative)."""
        step = timedelta(days=1 if count > 0 else -1)
        for _ in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def on_or_before(self, day: date) -> date:
        """`day` if it is worked, else the working day before."""
        return day if self.is_working_day(day) else self.add_working_days(day, -1)

    def on_or_after(self, day: date) -> date:
        """`day` if it is worked, else the working day after."""
        return day if self.is_working_day(day) else self.add_working_days(day, 1)

    def is_known(self, years: Iterable[int]) -> bool:
        """Whether the arrangement of every one of `years` has been entered."""
        return self._years.issuperset(years)

    def _takes_off(self, day: date) -> bool:
        return self.special[day] is DayKind.HOLIDAY and day.weekday() < 5

    def _adds(self, day: date) -> bool:
        return self.special[day] is DayKind.WORKDAY and day.weekday() >= 5


def years_to_know(today: date) -> tuple[int, ...]:
    """The years whose arrangement is needed: this one, and in December, when the State Council's notice
    is out, the next."""
    return (today.year, today.year + 1) if today.month == 12 else (today.year,)


def _weekdays_through(day: date) -> int:
    """Mondays to Fridays from 0001-01-01, a Monday, up to and including `day`."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * 5 + min(rest, 5)


def _count(days: list[date], after: date, through: date) -> int:
    return bisect_right(days, through) - bisect_left(days, after + timedelta(days=1))
