"""Which box a desk row shows, and where the row stands."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from tracker.desk.rules import STEPS, UNIT_STEPS, Heading, is_step_on_behalf, place, row_box, step_words
from tracker.milestones.rules import Day, Light, State, light
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


def stands(boxes: list[Box]) -> tuple[Heading, date]:
    """Where a row with these milestones stands today."""
    lights = lights_of(boxes)
    return place(boxes, lights, row_box(lights), DAY.near_through)


def lights_of(boxes: list[Box]) -> list[Light]:
    return [light(box, TODAY, DAY.near_through) for box in boxes]


def shown(boxes: list[Box]) -> Box:
    """The milestone that the row's box stands for today."""
    return boxes[row_box(lights_of(boxes))]


def test_the_row_shows_the_earliest_opened_milestone_that_is_owed() -> None:
    owed = due_in(30)
    assert shown([DONE, owed, due_in(60), NOT_OPEN]) is owed


def test_a_ticked_milestone_stays_in_sight_until_it_is_accepted() -> None:
    submitted = due_in(30, State.SUBMITTED)
    assert shown([DONE, submitted, NOT_OPEN]) is submitted
    assert stands([submitted])[0] is Heading.HANDED_IN


def test_a_second_click_finds_the_box_that_was_ticked() -> None:
    ticked = due_in(-30, State.SUBMITTED)
    assert shown([ticked, due_in(-3)]) is ticked


def test_a_row_stands_where_its_most_urgent_milestone_belongs() -> None:
    ticked, overdue = due_in(-30, State.SUBMITTED), due_in(-3)
    assert stands([ticked, overdue]) == (Heading.LATE, overdue.due_on)
    assert stands([DONE, ticked]) == (Heading.HANDED_IN, ticked.due_on)


def test_a_waiting_lead_stands_by_its_day_and_is_not_late() -> None:
    soon = due_in(3)
    waiting = Box(due_on=soon.due_on, late_from=soon.late_from, is_waiting=True)
    assert stands([waiting]) == (Heading.NEAR, soon.due_on)
    far = due_in(60)
    later = Box(due_on=far.due_on, late_from=far.late_from, is_waiting=True)
    assert stands([later]) == (Heading.LATER, far.due_on)


def test_backfill_never_hides_what_is_owed_now() -> None:
    old = Box(due_on=date(2023, 7, 31), late_from=date(2023, 8, 1), is_backfill=True)
    owed = due_in(30)
    assert shown([old, owed]) is owed
    assert shown([old, NOT_OPEN]) is old


def test_a_finished_row_shows_what_comes_next() -> None:
    assert shown([DONE, NOT_OPEN]) is NOT_OPEN
    assert shown([DONE]) is DONE


def test_returned_stands_first_even_when_it_is_late() -> None:
    assert stands([due_in(-3, State.RETURNED)])[0] is Heading.RETURNED


def test_headings_follow_the_light() -> None:
    assert stands([due_in(-1)])[0] is Heading.LATE
    assert stands([due_in(0)])[0] is Heading.NEAR
    assert stands([due_in(40)])[0] is Heading.LATER
    assert stands([NOT_OPEN])[0] is Heading.LATER


@pytest.mark.parametrize("subject", STEPS)
def test_a_timeline_names_every_step(subject: str) -> None:
    for step in STEPS[subject]:
        assert step_words(subject, step.value) == step.label
    assert UNIT_STEPS.get(subject, set()) <= set(STEPS[subject])


def test_a_step_that_nobody_knows_is_shown_as_it_is() -> None:
    assert step_words("milestone", "levitate") == "levitate"
    assert step_words("weather", "rain") == "rain"


@pytest.mark.parametrize(
    ("verb", "as_role", "by_unit_id", "is_on_behalf"),
    [
        ("submit", "office", 1, True),
        ("submit", "office_admin", 1, True),
        ("submit", "liaison", 7, False),
        ("submit", "office", 7, False),
        ("accept", "office", 1, False),
        ("levitate", "office", 1, False),
        ("submit", "", None, False),
        ("submit", "wizard", 1, False),
    ],
)
def test_the_office_acts_for_a_unit_where_the_unit_itself_would(
    verb: str, as_role: str, by_unit_id: int | None, is_on_behalf: bool
) -> None:
    assert is_step_on_behalf("milestone", verb, as_role, by_unit_id, 7) is is_on_behalf
