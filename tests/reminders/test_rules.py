"""The ladder as rules: ranges of days, no database."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.people.rules import Role
from tracker.reminders.rules import (
    RUNGS,
    digest_holds,
    due_words,
    is_told,
    refuse_telling,
    rung_day,
    rung_on,
    windows,
)
from tracker.workdays.rules import Calendar, DayKind

FIRST = date(2024, 3, 1)
ONE_DAY = timedelta(days=1)
PLAIN = Calendar()

days = st.dates(FIRST, FIRST + timedelta(days=120))
calendars = st.builds(
    Calendar,
    st.dictionaries(
        st.dates(FIRST - timedelta(days=60), FIRST + timedelta(days=200)),
        st.sampled_from(DayKind),
        max_size=40,
    ),
)


def told_rungs(due_on: date, calendar: Calendar, first: date, last: date) -> list[tuple[date, int]]:
    """What a job that runs every day from `first` to `last` tells of one thing, and when."""
    told: list[tuple[date, int]] = []
    day = first
    while day <= last:
        rung = rung_on(due_on, day, calendar)
        if rung is not None and all(rung > earlier for _, earlier in told):
            told.append((day, rung))
        day += ONE_DAY
    return told


def test_the_report_of_march_is_told_on_five_days() -> None:
    due_on = date(2024, 3, 25)  # a Monday
    assert told_rungs(due_on, PLAIN, date(2024, 3, 1), date(2024, 4, 30)) == [
        (date(2024, 3, 18), -5),
        (date(2024, 3, 22), -1),
        (date(2024, 3, 25), 0),
        (date(2024, 3, 26), 1),
        (date(2024, 3, 28), 3),
    ]


def test_a_due_day_on_a_sunday_is_told_on_the_friday_before() -> None:
    due_on = date(2024, 8, 25)
    assert told_rungs(due_on, PLAIN, date(2024, 8, 1), date(2024, 9, 10)) == [
        (date(2024, 8, 16), -5),
        (date(2024, 8, 22), -1),
        (date(2024, 8, 23), 0),
        (date(2024, 8, 26), 1),
        (date(2024, 8, 28), 3),
    ]


def test_the_national_holiday_moves_the_days_after_it() -> None:
    holiday = {date(2024, 10, day): DayKind.HOLIDAY for day in range(1, 8)}
    calendar = Calendar(holiday)
    told = told_rungs(date(2024, 9, 30), calendar, date(2024, 9, 1), date(2024, 10, 31))
    assert told[-2:] == [(date(2024, 10, 8), 1), (date(2024, 10, 10), 3)]


@given(due_on=days, calendar=calendars)
def test_no_rung_is_told_on_a_day_that_is_not_worked(due_on: date, calendar: Calendar) -> None:
    told = told_rungs(due_on, calendar, due_on - timedelta(days=40), due_on + timedelta(days=40))
    assert all(calendar.is_working_day(day) for day, _ in told)


@given(due_on=days, calendar=calendars)
def test_each_rung_is_told_at_most_once_and_on_its_own_day(due_on: date, calendar: Calendar) -> None:
    told = told_rungs(due_on, calendar, due_on - timedelta(days=90), due_on + timedelta(days=90))
    assert [rung for _, rung in told] == list(RUNGS)
    assert [day for day, _ in told] == [rung_day(due_on, rung, calendar) for rung in RUNGS]


@given(due_on=days, calendar=calendars, today=days)
def test_what_comes_before_the_day_is_never_told_after_it(
    due_on: date, calendar: Calendar, today: date
) -> None:
    rung = rung_on(due_on, today, calendar)
    if rung is not None:
        assert (rung > 0) == (today > due_on)
        assert rung_day(due_on, rung, calendar) <= today


@given(due_on=days, calendar=calendars, down=days, length=st.integers(1, 14))
def test_after_a_downtime_the_rung_that_holds_is_told_once(
    due_on: date, calendar: Calendar, down: date, length: int
) -> None:
    end = due_on + timedelta(days=60)
    before = told_rungs(due_on, calendar, due_on - timedelta(days=60), down - ONE_DAY)
    after = [
        (day, rung)
        for day, rung in told_rungs(due_on, calendar, down + timedelta(days=length), end)
        if all(rung > earlier for _, earlier in before)
    ]
    told = [rung for _, rung in before + after]
    assert told == sorted(set(told))
    if down + timedelta(days=length + 14) < end:
        assert told[-1] == 3


@given(due_on=days, calendar=calendars, today=days)
def test_the_windows_hold_the_days_that_the_rule_puts_on_the_rung(
    due_on: date, calendar: Calendar, today: date
) -> None:
    if not calendar.is_working_day(today):
        return
    holding = [rung for rung, window in windows(today, calendar).items() if window.holds(due_on)]
    rung = rung_on(due_on, today, calendar)
    assert holding == ([] if rung is None else [rung])


@pytest.mark.parametrize("rung", RUNGS)
def test_heads_hear_of_it_only_after_the_day(rung: int) -> None:
    assert is_told(Role.LIAISON, rung)
    assert is_told(Role.OFFICE, rung)  # of what the office itself owes
    assert is_told(Role.UNIT_HEAD, rung) == (rung > 0)
    assert not is_told(Role.LEADER, rung)


def test_the_digest_is_news_from_the_working_day_after_the_25th() -> None:
    friday = date(2024, 10, 25)
    news = [
        day for day in (friday + timedelta(days=n) for n in range(40)) if digest_holds(friday, day, PLAIN)
    ]
    assert news[0] == date(2024, 10, 28)
    assert len(news) == 10


def test_mail_goes_from_nine_on_working_days() -> None:
    assert refuse_telling(datetime.combine(date(2024, 3, 26), time(9)), PLAIN) is None  # city time
    early = refuse_telling(datetime.combine(date(2024, 3, 26), time(8, 59)), PLAIN)
    assert early == "2024-03-26 08:59 还不到 09:00，不发提醒"
    sunday = refuse_telling(datetime.combine(date(2024, 3, 24), time(10)), PLAIN)
    assert sunday == "2024-03-24（星期日）不是工作日，不发提醒"


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2024, 8, 19), "还有 4 个工作日"),
        (date(2024, 8, 23), "星期日到期，今天是到期前最后一个工作日"),
        (date(2024, 8, 25), "今天到期"),
        (date(2024, 8, 27), "逾期 2 个工作日"),
    ],
)
def test_the_distance_is_told_in_working_days(today: date, words: str) -> None:
    assert due_words(date(2024, 8, 25), today, PLAIN) == words
