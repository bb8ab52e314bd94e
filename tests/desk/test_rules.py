"""Which box a desk row shows, and where the row stands."""

from dataclasses import dataclass
from datetime import date, timedelta

from tracker.desk.rules import Heading, heading, row_milestone
from tracker.milestones.rules import Day, State
from tracker.workdays.rules import Calendar

TODAY = date(2024, 3, 22)
DAY = Day(TODAY, Calendar())


@dataclass(frozen=True)
class Box:
    state: State = State.OPEN
    opens_on: date = date(2023, 8, 1)
    due_on: date = date(2024, 4, 30)
    late_from: date = date(2024, 5, 1)
    is_waiting: bool = False
    is_backfill: bool = False
    submitted_on: date | None = None


DONE = Box(State.ACCEPTED, date(2022, 8, 1), date(2023, 7, 31), date(2023, 8, 1))
NOT_OPEN = Box(State.OPEN, date(2024, 5, 1), date(2024, 6, 30), date(2024, 7, 1))


def due_in(days: int, state: State = State.OPEN) -> Box:
    due_on = TODAY + timedelta(days=days)
    return Box(state, due_on=due_on, late_from=due_on + timedelta(days=1))


def test_the_row_shows_the_earliest_opened_milestone_that_is_owed() -> None:
    owed = due_in(30)
    assert row_milestone([DONE, owed, due_in(60), NOT_OPEN], TODAY) is owed


def test_a_ticked_milestone_stays_in_sight_until_it_is_accepted() -> None:
    submitted = due_in(30, State.SUBMITTED)
    assert row_milestone([DONE, submitted, NOT_OPEN], TODAY) is submitted
    assert heading(submitted, DAY) is Heading.HANDED_IN


def test_what_is_owed_goes_before_what_waits_for_the_office() -> None:
    overdue = due_in(-3)
    assert row_milestone([due_in(-30, State.SUBMITTED), overdue], TODAY) is overdue


def test_backfill_never_hides_what_is_owed_now() -> None:
    old = Box(due_on=date(2023, 7, 31), late_from=date(2023, 8, 1), is_backfill=True)
    owed = due_in(30)
    assert row_milestone([old, owed], TODAY) is owed
    assert row_milestone([old, NOT_OPEN], TODAY) is old


def test_a_finished_row_shows_what_comes_next() -> None:
    assert row_milestone([DONE, NOT_OPEN], TODAY) is NOT_OPEN
    assert row_milestone([DONE], TODAY) is DONE


def test_returned_stands_first_even_when_it_is_late() -> None:
    assert heading(due_in(-3, State.RETURNED), DAY) is Heading.RETURNED


def test_headings_follow_the_light() -> None:
    assert heading(due_in(-1), DAY) is Heading.LATE
    assert heading(due_in(0), DAY) is Heading.NEAR
    assert heading(due_in(40), DAY) is Heading.LATER
    assert heading(NOT_OPEN, DAY) is Heading.LATER
