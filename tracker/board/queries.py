"""What the board counts: one grouped query over the milestones, from which every number is derived."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from tracker.board.rules import Tally
from tracker.milestones.models import Milestone
from tracker.milestones.queries import light_is
from tracker.milestones.rules import Day, Light
from tracker.plan.models import Campaign, Deadline
from tracker.plan.rules import DeadlineKind
from tracker.units.models import Unit

Key = tuple[int, int]
"""A unit's and a deadline's id."""


@dataclass(frozen=True)
class UnitRow:
    """One unit on the board."""

    id: int
    short: str
    tally: Tally
    cells: Mapping[int, Tally]

    def cell(self, deadline_id: int) -> Tally:
        """Its milestones at one deadline."""
        return self.cells.get(deadline_id) or Tally()


@dataclass(frozen=True)
class Counts:
    """All milestones of a campaign, counted by unit and deadline."""

    tallies: Mapping[Key, Tally]

    @cached_property
    def all(self) -> Tally:
        """Every milestone."""
        return _sum(self.tallies.values())

    @cached_property
    def by_unit(self) -> dict[int, dict[int, Tally]]:
        found: dict[int, dict[int, Tally]] = {}
        for (unit_id, deadline_id), tally in self.tallies.items():
            found.setdefault(unit_id, {})[deadline_id] = tally
        return found

    def unit_count(self, light: Light) -> int:
        """How many units have a milestone with this light."""
        return len({unit_id for (unit_id, _), tally in self.tallies.items() if tally.by_light[light]})


def count_milestones(session: Session, campaign: Campaign, day: Day) -> Counts:
    """Count the campaign's milestones by unit, deadline and light."""
    shown = case(*((light_is(light, day), literal(light.value)) for light in _BY_FREQUENCY))
    rows = session.execute(
        select(
            Milestone.unit_id,
            Milestone.deadline_id,
            shown.label("light"),
            func.count(),
            func.min(Milestone.late_from),
            func.min(Milestone.submitted_on),
        )
        .where(Milestone.campaign_id == campaign.id)
        .group_by(Milestone.unit_id, Milestone.deadline_id, "light")
    )
    tallies: dict[Key, Tally] = {}
    for unit_id, deadline_id, word, count, late_from, submitted_on in rows:
        light = Light(word)
        tallies.setdefault((unit_id, deadline_id), Tally()).add(
            Tally(
                Counter({light: count}),
                late_from if light is Light.LATE else None,
                submitted_on if light is Light.REVIEW else None,
            )
        )
    return Counts(tallies)


_BY_FREQUENCY = (
    Light.DONE, Light.REVIEW, Light.BACKFILL, Light.NOT_OPEN, Light.LATE,
    Light.NEAR, Light.AHEAD, Light.WAITING, Light.LEFT,
)  # fmt: skip


def unit_rows(session: Session, campaign: Campaign, counts: Counts) -> list[UnitRow]:
    """The units that have milestones, the most overdue first."""
    names = session.execute(
        select(Unit.id, Unit.short)
        .where(Unit.jurisdiction_id == campaign.jurisdiction_id)
        .order_by(Unit.position, Unit.id)
    )
    rows = [
        UnitRow(unit_id, short, _sum(cells.values()), cells)
        for unit_id, short in names
        if (cells := counts.by_unit.get(unit_id))
    ]
    return sorted(rows, key=lambda row: (-row.tally.late, -row.tally.near))


def gates(session: Session, campaign: Campaign) -> list[Deadline]:
    """The gates of the plan in their order."""
    query = select(Deadline).where(Deadline.campaign_id == campaign.id, Deadline.kind == DeadlineKind.GATE)
    return list(session.scalars(query.order_by(Deadline.position)))


def _sum(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.add(tally)
    return total
