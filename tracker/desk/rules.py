"""Which milestone a desk row shows, and under which heading the row stands."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from tracker.labels import LabelledEnum
from tracker.milestones.rules import (
    DONE,
    OWING,
    Actor,
    Day,
    Facts,
    Light,
    State,
    is_open,
    light,
    refuse_submit,
    refuse_take_back,
)

M = TypeVar("M", bound=Facts)


class Heading(LabelledEnum):
    """我的任务的分组, in the order of the page."""

    RETURNED = "returned", "退回"
    LATE = "late", "逾期"
    NEAR = "near", "7 个工作日内"
    LATER = "later", "以后"
    HANDED_IN = "handed_in", "已提交 / 办结"


def row_milestone(milestones: Sequence[M], today: date) -> M:
    """The milestone that a row's box, day and light stand for: the earliest opened one that the
    unit still owes, else the earliest awaiting acceptance, else the next to open, else the last.

    Args:
        milestones: all of one assignment, by day; at least one.
    """
    for wanted in (_is_owed, _is_submitted, _is_backfill, _is_to_come):
        for milestone in milestones:
            if wanted(milestone, today):
                return milestone
    return milestones[-1]


def heading(milestone: Facts, day: Day) -> Heading:
    """The heading under which a row with this milestone stands."""
    if milestone.state is State.RETURNED:
        return Heading.RETURNED
    return _HEADINGS[light(milestone, day.today, day.near_through)]


def tick_refusal(milestone: Facts, unit_id: int, actor: Actor, today: date) -> str | None:
    """Why `actor` cannot click the box of a milestone of `unit_id` now, or None."""
    if milestone.state is State.SUBMITTED:
        return refuse_take_back(milestone, unit_id, actor)
    return refuse_submit(milestone, unit_id, actor, today)


_HEADINGS = {
    Light.LATE: Heading.LATE,
    Light.WAITING: Heading.LATE,
    Light.NEAR: Heading.NEAR,
    Light.AHEAD: Heading.LATER,
    Light.NOT_OPEN: Heading.LATER,
    Light.BACKFILL: Heading.LATER,
    Light.REVIEW: Heading.HANDED_IN,
    Light.DONE: Heading.HANDED_IN,
    Light.LEFT: Heading.HANDED_IN,
}


def _is_owed(milestone: Facts, today: date) -> bool:
    untouched_backfill = milestone.is_backfill and milestone.state is State.OPEN
    return milestone.state in OWING and is_open(milestone, today) and not untouched_backfill


def _is_submitted(milestone: Facts, today: date) -> bool:
    return milestone.state is State.SUBMITTED


def _is_backfill(milestone: Facts, today: date) -> bool:
    return milestone.state is State.OPEN and is_open(milestone, today)


def _is_to_come(milestone: Facts, today: date) -> bool:
    return milestone.state not in DONE and milestone.state is not State.LEFT
