"""What the office may do to many rows of a list at once, and how it is told what became of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from tracker.errors import Refused
from tracker.labels import LabelledEnum
from tracker.milestones.queries import Filter
from tracker.milestones.rules import Light, Step
from tracker.plan.models import Task
from tracker.units.models import Unit

MOST_TOLD = 8
"""Refused rows that a message names for each reason."""
ALL_ROWS = (Step.SET_EARLIER, Step.CLOSE_BACKFILL)
"""Steps that may also be done to all rows of the filter."""

_OWED = frozenset({Step.SET_EARLIER, Step.NUDGE})
_STEPS: dict[Light | None, frozenset[Step]] = {
    None: frozenset({Step.ACCEPT, Step.RETURN}) | _OWED,
    Light.LATE: _OWED,
    Light.NEAR: _OWED,
    Light.AHEAD: _OWED,
    Light.REVIEW: frozenset({Step.ACCEPT, Step.RETURN}),
    Light.DONE: frozenset({Step.RETURN}),
    Light.BACKFILL: frozenset({Step.CLOSE_BACKFILL, Step.SET_EARLIER}),
    Light.LEFT: frozenset(),
}
"""By the light that a list shows; for all others an earlier day is what remains."""


_TICKABLE = frozenset({None, Light.LATE, Light.NEAR, Light.AHEAD, Light.BACKFILL})
"""Lists in which something can be ticked; None: all lights."""


class Named(Protocol):
    """A row that a message calls by its task and its unit."""

    @property
    def task(self) -> Task: ...
    @property
    def unit(self) -> Unit: ...


Row = TypeVar("Row")
NamedRow = TypeVar("NamedRow", bound=Named)


@dataclass
class Bulk(Generic[Row]):
    """The outcome of a bulk action: how many rows were done, and which were not and why."""

    done_count: int = 0
    refused: list[tuple[Row, str]] = field(default_factory=list)


def offered_steps(wanted: Filter, lights: Iterable[Light]) -> frozenset[Step]:
    """The steps that can apply to a list.

    Args:
        lights: those of the rows in sight.
    """
    steps = _OWED if wanted.is_returned else _STEPS.get(wanted.light, frozenset({Step.SET_EARLIER}))
    return steps | {Step.CLOSE_BACKFILL} if Light.BACKFILL in lights else steps


def unit_steps(wanted: Filter) -> frozenset[Step]:
    """The steps that a unit's liaison, or the office in its name, can do to a list of its rows."""
    can_tick = wanted.unit_id is not None and (wanted.is_returned or wanted.light in _TICKABLE)
    can_take_back = wanted.unit_id is not None and wanted.light is Light.REVIEW
    return frozenset({Step.SUBMIT} if can_tick else {Step.TAKE_BACK} if can_take_back else ())


def in_bulk(rows: Iterable[Row], action: Callable[[Row], None]) -> Bulk[Row]:
    """Do `action` to each row; those that the rules refuse are told with their reason, and the
    others are done."""
    outcome = Bulk[Row]()
    for row in rows:
        try:
            action(row)
            outcome.done_count += 1
        except Refused as refusal:
            outcome.refused.append((row, str(refusal)))
    return outcome


def outcome_words(step: LabelledEnum, outcome: Bulk[NamedRow]) -> str:
    """已办结 3 项；2 项未办：原因：11-1 芒康县、12-1 芒康县."""
    reasons: dict[str, list[NamedRow]] = {}
    for row, reason in outcome.refused:
        reasons.setdefault(reason, []).append(row)
    done = [f"已{step.label} {outcome.done_count} 项"] if outcome.done_count else []
    return "；".join([*done, *(_refused_words(reason, rows) for reason, rows in reasons.items())])


def _refused_words(reason: str, rows: Sequence[Named]) -> str:
    names = "、".join(f"{row.task.code} {row.unit.short}" for row in rows[:MOST_TOLD])
    return f"{len(rows)} 项未办：{reason}：{names}{'等' if len(rows) > MOST_TOLD else ''}"
