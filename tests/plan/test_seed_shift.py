"""A plan moves in time by whole months."""

from dataclasses import replace
from datetime import date

import pytest

from tracker.plan.seed.reading import read_plan
from tracker.plan.seed.shift import months_between, shift_day, shift_plan
from tracker.shipped import SEED


@pytest.mark.parametrize(
    ("day", "months", "shifted"),
    [
        (date(2023, 7, 28), 1, date(2023, 8, 28)),
        (date(2024, 4, 30), 1, date(2024, 5, 31)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 1, 30), 1, date(2023, 2, 28)),
        (date(2024, 5, 1), -5, date(2023, 12, 1)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2024, 4, 30), 0, date(2024, 4, 30)),
    ],
)
def test_the_end_of_a_month_stays_the_end_of_a_month(day: date, months: int, shifted: date) -> None:
    assert shift_day(day, months) == shifted


def test_every_date_of_the_plan_moves_and_nothing_else() -> None:
    plan = read_plan(SEED / "changdu-2023")
    months = months_between(plan.settings.starts_on, date(2026, 1, 1))
    moved = shift_plan(plan, months)
    assert months == 41
    assert (moved.settings.starts_on, moved.settings.ends_on) == (date(2026, 1, 1), date(2029, 1, 31))
    assert moved.settings.issued_on == date(2026, 12, 28)
    assert moved.settings.report_first_month == date(2027, 1, 1)
    assert {row.code: row.due_on for row in moved.deadlines}["G2"] == date(2027, 9, 30)
    assert {row.code: row.opens_on for row in moved.deadlines}["G2"] == date(2027, 1, 1)
    assert moved.phases[4].ends_on == date(2027, 10, 31)
    assert (moved.working_days, moved.tasks, moved.indicators) == (
        plan.working_days, plan.tasks, plan.indicators,
    )  # fmt: skip
    assert shift_plan(moved, -months) == plan


def test_a_plan_that_stays_where_it_is_is_the_same() -> None:
    plan = read_plan(SEED / "changdu-2023")
    assert shift_plan(plan, 0) == replace(plan)
