"""Moving a plan in time by whole months; texts, notes and the working calendar stay."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta

from tracker.plan.seed.rows import Plan


def months_between(first: date, second: date) -> int:
    """Whole months from the month of `first` to the month of `second`."""
    return (second.year - first.year) * 12 + second.month - first.month


def shift_day(day: date, months: int) -> date:
    """The same day `months` later; the last day of a month stays the last day of a month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    was_last = (day + timedelta(days=1)).day == 1
    return date(year, month + 1, last if was_last else min(day.day, last))


def shift_plan(plan: Plan, months: int) -> Plan:
    """The plan with every date of its own `months` later."""
    settings = plan.settings
    return replace(
        plan,
        settings=replace(
            settings,
            issued_on=shift_day(settings.issued_on, months),
            starts_on=shift_day(settings.starts_on, months),
            ends_on=shift_day(settings.ends_on, months),
            report_first_month=shift_day(settings.report_first_month, months),
            report_last_month=shift_day(settings.report_last_month, months),
        ),
        phases=[
            replace(row, starts_on=shift_day(row.starts_on, months), ends_on=shift_day(row.ends_on, months))
            for row in plan.phases
        ],
        deadlines=[
            replace(row, opens_on=shift_day(row.opens_on, months), due_on=shift_day(row.due_on, months))
            for row in plan.deadlines
        ],
    )
