"""The board's arithmetic: counted lights, lanes of phases, days of notice."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from tracker.board.rules import LIGHTS, Tally, drawn_spans, lane, summed
from tracker.milestones.rules import Light


@dataclass(frozen=True)
class Span:
    starts_on: date
    ends_on: date


PHASES = [
    Span(date(2022, 8, 1), date(2023, 7, 31)),
    Span(date(2023, 7, 1), date(2023, 7, 31)),
    Span(date(2023, 7, 1), date(2025, 8, 31)),
    Span(date(2023, 7, 1), date(2024, 4, 30)),
    Span(date(2024, 5, 1), date(2024, 5, 31)),
    Span(date(2024, 6, 1), date(2024, 6, 30)),
    Span(date(2025, 6, 1), date(2025, 8, 31)),
]


def counted(numbers: dict[Light, int]) -> Tally:
    return Tally(tuple(numbers.get(light, 0) for light in LIGHTS))


def test_what_has_not_begun_is_not_owed() -> None:
    tally = counted({Light.DONE: 3, Light.LATE: 1, Light.NOT_OPEN: 4, Light.LEFT: 2})
    assert (tally.total, tally.opened, tally.done) == (8, 4, 3)


def test_sums_keep_the_oldest_day() -> None:
    total = summed(
        [
            Tally(counted({Light.LATE: 1}).counts, late_from=date(2024, 3, 5)),
            Tally(counted({Light.LATE: 2}).counts, late_from=date(2024, 3, 1)),
            Tally(counted({Light.REVIEW: 1}).counts, submitted_on=date(2024, 3, 9)),
        ]
    )
    assert (total.late, total.late_from, total.submitted_on) == (3, date(2024, 3, 1), date(2024, 3, 9))
    assert summed([]) == Tally()


def test_a_cell_shows_the_most_pressing_light() -> None:
    assert counted({Light.DONE: 9, Light.NEAR: 1, Light.LATE: 1}).worst is Light.LATE
    assert counted({Light.DONE: 9, Light.REVIEW: 1}).worst is Light.REVIEW
    assert counted({Light.DONE: 9}).worst is Light.DONE


def test_a_hundred_percent_means_all() -> None:
    assert counted({Light.DONE: 199, Light.AHEAD: 1}).percent == 99
    assert counted({Light.DONE: 200}).percent == 100
    assert Tally().percent == 0


def test_the_phase_beside_the_others_has_a_lane_of_its_own() -> None:
    assert [lane(phase, PHASES) for phase in PHASES] == [0, 0, 1, 0, 0, 0, 0]


def test_phases_of_a_lane_do_not_overlap_in_the_drawing() -> None:
    members = [phase for phase in PHASES if not lane(phase, PHASES)]
    drawn = drawn_spans(members)
    assert len(drawn) == len(members)
    assert all(first < last for first, last in drawn)
    assert all(one[1] <= other[0] for one, other in pairwise(drawn))
    assert drawn[0] == (date(2022, 8, 1), date(2023, 7, 1))
    assert drawn[2] == (date(2023, 7, 31), date(2024, 4, 30))
