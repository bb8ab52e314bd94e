"""The ladder as rules: ranges of days and ladders of every shape, no database."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.people.rules import Role
from tracker.reminders.rules.ladder import (
    DEFAULT_LADDER,
    FARTHEST,
    Audience,
    Ladder,
    Rung,
    is_told,
    ladder_faults,
    repeat_fault,
    rung_day,
    rung_on,
    windows,
)
from tracker.workdays.rules import Calendar, DayKind

FIRST = date(2024, 3, 1)
ONE_DAY = timedelta(days=1)
PLAIN = Calendar()
LIAISON = frozenset({Audience.LIAISON})
RUNGS = (-5, -1, 0, 1, 3, 7)

days = st.dates(FIRST, FIRST + timedelta(days=120))
calendars = st.builds(
    Calendar,
    st.dictionaries(
        st.dates(FIRST - timedelta(days=60), FIRST + timedelta(days=200)),
        st.sampled_from(DayKind),
        max_size=40,
    ),
)


def ladder(rungs: Iterable[int], *, off: Iterable[int] = ()) -> Ladder:
    """A ladder of these days, with others that are switched off."""
    off = set(off)
    return Ladder.of(Rung(step, LIAISON, is_on=step not in off) for step in {*rungs, *off})


ladders = st.builds(
    lambda on, off: ladder(on, off=off - on),
    st.sets(st.integers(-12, 12), max_size=7),
    st.sets(st.integers(-12, 12), max_size=2),
) | st.just(DEFAULT_LADDER)


def told_rungs(
    due_on: date, calendar: Calendar, first: date, last: date, climbed: Ladder = DEFAULT_LADDER
) -> list[tuple[date, int]]:
    """What a job that runs every day from `first` to `last` tells of one thing, and when."""
    told: list[tuple[date, int]] = []
    day = first
    while day <= last:
        rung = rung_on(climbed, due_on, day, calendar)
        if rung is not None and all(rung.days > earlier for _, earlier in told):
            told.append((day, rung.days))
        day += ONE_DAY
    return told


def test_the_report_of_march_is_told_on_six_days() -> None:
    due_on = date(2024, 3, 25)  # a Monday
    assert told_rungs(due_on, PLAIN, date(2024, 3, 1), date(2024, 4, 30)) == [
        (date(2024, 3, 18), -5),
        (date(2024, 3, 22), -1),
        (date(2024, 3, 25), 0),
        (date(2024, 3, 26), 1),
        (date(2024, 3, 28), 3),
        (date(2024, 4, 3), 7),
    ]


def test_a_due_day_on_a_sunday_is_told_on_the_friday_before() -> None:
    due_on = date(2024, 8, 25)
    assert told_rungs(due_on, PLAIN, date(2024, 8, 1), date(2024, 9, 10)) == [
        (date(2024, 8, 16), -5),
        (date(2024, 8, 22), -1),
        (date(2024, 8, 23), 0),
        (date(2024, 8, 26), 1),
        (date(2024, 8, 28), 3),
        (date(2024, 9, 3), 7),
    ]


def test_the_national_holiday_moves_the_days_after_it() -> None:
    holiday = {date(2024, 10, day): DayKind.HOLIDAY for day in range(1, 8)}
    calendar = Calendar(holiday)
    told = told_rungs(date(2024, 9, 30), calendar, date(2024, 9, 1), date(2024, 10, 31))
    assert told[-3:] == [(date(2024, 10, 8), 1), (date(2024, 10, 10), 3), (date(2024, 10, 16), 7)]


@given(due_on=days, calendar=calendars, climbed=ladders)
def test_no_rung_is_told_on_a_day_that_is_not_worked(
    due_on: date, calendar: Calendar, climbed: Ladder
) -> None:
    told = told_rungs(due_on, calendar, due_on - timedelta(days=40), due_on + timedelta(days=40), climbed)
    assert all(calendar.is_working_day(day) for day, _ in told)


@given(due_on=days, calendar=calendars, climbed=ladders)
def test_each_rung_is_told_at_most_once_and_on_its_own_day(
    due_on: date, calendar: Calendar, climbed: Ladder
) -> None:
    told = told_rungs(due_on, calendar, due_on - timedelta(days=90), due_on + timedelta(days=90), climbed)
    on = [rung.days for rung in climbed.rungs if rung.is_on]
    assert [rung for _, rung in told] == on
    assert [day for day, _ in told] == [rung_day(due_on, rung, calendar) for rung in on]


@given(due_on=days, calendar=calendars, today=days, climbed=ladders)
def test_what_comes_before_the_day_is_never_told_after_it(
    due_on: date, calendar: Calendar, today: date, climbed: Ladder
) -> None:
    rung = rung_on(climbed, due_on, today, calendar)
    if rung is not None:
        assert (rung.days > 0) == (today > due_on)
        assert rung_day(due_on, rung.days, calendar) <= today


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
    back = max(down + timedelta(days=length), rung_day(due_on, 7, calendar))
    if calendar.on_or_after(back) <= end:
        assert told[-1] == 7


REPEATING = Ladder.of(
    (
        Rung(-3, LIAISON, every=1, times=5),
        Rung(0, LIAISON, every=1, times=1),
        Rung(2, LIAISON, every=3, times=9),
        Rung(7, LIAISON, every=5, times=2),
        Rung(9, LIAISON, is_on=False),
    )
)


def test_a_rung_is_told_again_until_the_next_one_begins_and_the_last_one_so_many_times() -> None:
    told = told_rungs(date(2024, 3, 25), PLAIN, date(2024, 3, 1), date(2024, 6, 30), REPEATING)
    assert told == [
        (date(2024, 3, 20), -3),
        (date(2024, 3, 21), -2),
        (date(2024, 3, 22), -1),
        (date(2024, 3, 25), 0),
        (date(2024, 3, 27), 2),
        (date(2024, 4, 1), 5),
        (date(2024, 4, 3), 7),
        (date(2024, 4, 10), 12),
        (date(2024, 4, 17), 17),
    ]


def test_repetitions_that_were_missed_are_not_made_up() -> None:
    due_on, ladder = date(2024, 3, 25), Ladder((Rung(1, LIAISON, every=2, times=4),))
    before = told_rungs(due_on, PLAIN, due_on, date(2024, 3, 27), ladder)
    after = told_rungs(due_on, PLAIN, date(2024, 4, 2), date(2024, 6, 30), ladder)
    assert before == [(date(2024, 3, 26), 1)]
    assert after == [(date(2024, 4, 2), 5), (date(2024, 4, 3), 7), (date(2024, 4, 5), 9)]


@pytest.mark.parametrize(
    ("every", "times", "is_good"),
    [(0, 0, True), (1, 1, True), (30, 20, True), (2, 0, False), (0, 2, False), (31, 1, False), (1, 21, False),
     (-1, 2, False)],
)  # fmt: skip
def test_how_often_a_rung_may_be_told(every: int, times: int, is_good: bool) -> None:
    assert (repeat_fault(Rung(1, LIAISON, every=every, times=times)) == "") == is_good


@given(due_on=days, calendar=calendars, today=days, climbed=ladders | st.just(REPEATING))
def test_the_windows_hold_the_days_that_the_rule_puts_on_the_rung(
    due_on: date, calendar: Calendar, today: date, climbed: Ladder
) -> None:
    if not calendar.is_working_day(today):
        return
    holding = [window.rung for window in windows(climbed, today, calendar) if window.holds(due_on)]
    rung = rung_on(climbed, due_on, today, calendar)
    assert holding == ([] if rung is None else [rung])


@pytest.mark.parametrize("rung", DEFAULT_LADDER.rungs, ids=lambda rung: str(rung.days))
def test_by_default_heads_hear_of_it_only_after_the_day_and_the_office_from_the_third_on(rung: Rung) -> None:
    assert is_told(Role.LIAISON, rung)
    assert is_told(Role.OFFICE, rung)  # of what the office itself owes
    assert is_told(Role.UNIT_HEAD, rung) == (rung.days > 0)
    assert not is_told(Role.LEADER, rung)
    assert (Audience.OFFICE in rung.to) == (rung.days >= 3)


def test_the_default_ladder_has_the_rungs_of_the_plan() -> None:
    assert tuple(rung.days for rung in DEFAULT_LADDER.rungs) == RUNGS
    assert ladder_faults(DEFAULT_LADDER.rungs) == {}


def test_a_ladder_may_tell_the_head_alone() -> None:
    rung = Rung(10, frozenset({Audience.HEAD}))
    assert [role for role in Role if is_told(role, rung)] == [Role.UNIT_HEAD]


def test_a_rung_that_cannot_be_is_told_at_its_place() -> None:
    everybody = frozenset(Audience)
    rungs = [Rung(0, LIAISON), Rung(FARTHEST + 1, LIAISON), Rung(2, LIAISON), Rung(2, everybody),
             Rung(5, frozenset()), Rung(-1, everybody)]  # fmt: skip
    assert ladder_faults(rungs) == {
        1: "应在 -30 到 30 之间",
        2: "与另一级是同一天",
        3: "与另一级是同一天",
        4: "请选择告知谁",
        5: "分管领导、市食安办只在逾期以后告知",
    }
