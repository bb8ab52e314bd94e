"""How a bulk action is told."""

from dataclasses import dataclass
from typing import Any, cast

from tracker.milestones.bulk import MOST_TOLD, Bulk, offered_steps, outcome_words
from tracker.milestones.models import Milestone
from tracker.milestones.queries import Filter
from tracker.milestones.rules import Light, Step


@dataclass
class Named:
    code: str = "11-1"
    short: str = "芒康县"


@dataclass
class Row:
    task: Any
    unit: Any


ROW = cast(Milestone, Row(Named(), Named()))


def test_equal_reasons_are_said_once() -> None:
    outcome = Bulk(3, [(ROW, "甲"), (ROW, "乙"), (ROW, "甲")])
    assert outcome_words(Step.ACCEPT, outcome) == (
        "已办结 3 项；2 项未办：甲：11-1 芒康县、11-1 芒康县；1 项未办：乙：11-1 芒康县"
    )


def test_where_nothing_was_done_nothing_is_said_to_be() -> None:
    assert outcome_words(Step.RETURN, Bulk(0, [(ROW, "甲")])) == "1 项未办：甲：11-1 芒康县"


def test_of_many_refused_rows_some_are_named() -> None:
    words = outcome_words(Step.SET_EARLIER, Bulk(0, [(ROW, "甲")] * (MOST_TOLD + 9)))
    assert words.startswith("17 项未办：甲：11-1 芒康县、")
    assert words.count("芒康县") == MOST_TOLD
    assert words.endswith("芒康县等")


def test_only_what_is_owed_and_begun_is_urged() -> None:
    offering = {light for light in Light if Step.NUDGE in offered_steps(Filter(light=light), ())}
    assert offering == {Light.LATE, Light.NEAR, Light.AHEAD}
    assert Step.NUDGE in offered_steps(Filter(), ())
    assert Step.NUDGE in offered_steps(Filter(is_returned=True), ())
