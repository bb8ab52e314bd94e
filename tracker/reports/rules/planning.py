"""On which day the report of a month is due."""

from dataclasses import dataclass
from datetime import date, timedelta

from tracker.plan.rules import OffDay
from tracker.workdays.rules import Calendar


@dataclass(frozen=True)
class Reporting:
    """报送时间 as a campaign sets it: by the `day` of the month, itself included or not."""

    first_month: date
    last_month: date
    day: int = 25
    is_inclusive: bool = True
    off_day: OffDay = OffDay.KEEP


def due_day(month: date, reporting: Reporting, calendar: Calendar) -> date:
    """The last day on which the report of a month is on time; never before the month begins."""
    last = month.replace(day=reporting.day) - timedelta(days=0 if reporting.is_inclusive else 1)
    if reporting.off_day is OffDay.BEFORE:
        moved = calendar.on_or_before(last)
        return moved if moved >= month else last
    return calendar.on_or_after(last) if reporting.off_day is OffDay.AFTER else last


def may_replan(due_on: date, new_due_on: date, today: date, *, is_sent: bool) -> bool:
    """Whether a month may get another day: it is not due yet, nobody has sent a report, and nobody
    would be late at once."""
    return due_on >= today and new_due_on >= today and not is_sent
