"""What the board makes of counted milestones and of phases: pure functions of numbers and days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from tracker.milestones.rules import Light

TOP_COUNT = 10
"""Units that a table on the board shows; the others are on its own page."""
LANE_MATES = 3
"""A phase that runs beside so many others from end to end has a lane of its own."""


LIGHTS = tuple(Light)
PLACES = {light: place for place, light in enumerate(LIGHTS)}


@dataclass(frozen=True, slots=True)
class Tally:
    """Milestones counted by their light, with the first day of what is late and the first on which
    something was submitted that still waits."""

    counts: tuple[int, ...] = (0,) * len(LIGHTS)
    late_from: date | None = None
    submitted_on: date | None = None

    def of(self, light: Light) -> int:
        """How many have this light."""
        return self.counts[PLACES[light]]

    @property
    def total(self) -> int:
        """All but what was left."""
        return sum(self.counts) - self.of(Light.LEFT)

    @property
    def opened(self) -> int:
        """应办: what has begun and was not left (SQL sister: milestones.queries.opened)."""
        return self.total - self.of(Light.NOT_OPEN)

    @property
    def done(self) -> int:
        return self.of(Light.DONE)

    @property
    def late(self) -> int:
        return self.of(Light.LATE)

    @property
    def near(self) -> int:
        return self.of(Light.NEAR)

    @property
    def worst(self) -> Light:
        """The light that a cell of many milestones shows: the most pressing one among them."""
        return next((light for light in _PRESSING if self.of(light)), Light.DONE)

    @property
    def percent(self) -> int:
        """The share done of all that is owed, rounded down, so that 100 means all."""
        return 100 * self.done // self.total if self.total else 0


_PRESSING = (
    Light.LATE, Light.NEAR, Light.WAITING, Light.AHEAD, Light.REVIEW, Light.BACKFILL, Light.NOT_OPEN,
)  # fmt: skip


class Span(Protocol):
    """What has a first and a last day."""

    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date: ...


def lane(span: Span, others: Iterable[Span]) -> int:
    """1 for a phase beside which several others run from end to end, 0 for the others."""
    within = [
        other
        for other in others
        if other is not span and span.starts_on <= other.starts_on and other.ends_on <= span.ends_on
    ]
    return int(len(within) >= LANE_MATES)


def drawn_spans(spans: Sequence[Span]) -> list[tuple[date, date]]:
    """First and last day to draw of the phases of one lane, by their first day: where two share
    days, the earlier one gives way, unless nothing of it would be left."""
    drawn: list[tuple[date, date]] = []
    for span in spans:
        first = span.starts_on
        if drawn and first <= drawn[-1][1]:
            before, last = drawn[-1]
            if before < first:
                drawn[-1] = (before, first)
            else:
                first = last
        drawn.append((first, span.ends_on))
    return drawn


def summed(tallies: Sequence[Tally]) -> Tally:
    """All of them together."""
    if not tallies:
        return Tally()
    return Tally(
        tuple(map(sum, zip(*(tally.counts for tally in tallies), strict=True))),
        min((tally.late_from for tally in tallies if tally.late_from), default=None),
        min((tally.submitted_on for tally in tallies if tally.submitted_on), default=None),
    )
