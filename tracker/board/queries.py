"""What the board counts: grouped queries over the milestones, from which every number is derived."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tracker.board.rules import LIGHTS, PLACES, Tally, summed
from tracker.milestones.models import Milestone
from tracker.milestones.queries import light_number
from tracker.milestones.rules import Day, Light
from tracker.plan.models import Campaign, Deadline
from tracker.plan.rules import DeadlineKind
from tracker.units.models import Unit


@dataclass(frozen=True)
class Counts:
    """All milestones of a campaign: counted together, and by unit, the most overdue one first."""

    all: Tally
    by_unit: dict[int, Tally]

    def unit_count(self, light: Light) -> int:
        """How many units have a milestone with this light."""
        return sum(tally.of(light) > 0 for tally in self.by_unit.values())

    def only(self, light: Light | None) -> "Counts":
        """The same with only the units that have a milestone with this light; all without one."""
        if light is None:
            return self
        return Counts(self.all, {key: tally for key, tally in self.by_unit.items() if tally.of(light)})


@dataclass(frozen=True)
class UnitRow:
    """One unit on the board, with its milestones at each deadline."""

    id: int
    short: str
    tally: Tally
    cells: dict[int, Tally]

    def cell(self, deadline_id: int) -> Tally:
        """Its milestones at one deadline."""
        return self.cells.get(deadline_id) or Tally()


def count_milestones(session: Session, campaign: Campaign, day: Day) -> Counts:
    """Count the campaign's milestones by unit and light."""
    found = _tallies(session, campaign, day, Milestone.unit_id)
    worst = sorted(found, key=lambda row: (-row[1].late, -row[1].near, row[0]))
    by_unit = {unit_id: tally for (unit_id,), tally in worst}
    return Counts(summed(list(by_unit.values())), by_unit)


def unit_rows(
    session: Session, campaign: Campaign, counts: Counts, day: Day, *, offset: int = 0, limit: int
) -> list[UnitRow]:
    """The rows of some units in the order of `counts`."""
    unit_ids = list(counts.by_unit)[offset : offset + limit]
    cells: dict[int, dict[int, Tally]] = {unit_id: {} for unit_id in unit_ids}
    columns = (Milestone.unit_id, Milestone.deadline_id)
    only = Milestone.unit_id.in_(unit_ids)
    for (unit_id, deadline_id), tally in _tallies(session, campaign, day, *columns, only=only):
        cells[unit_id][deadline_id] = tally
    units = session.execute(select(Unit.id, Unit.short).where(Unit.id.in_(unit_ids)))
    names = {unit.id: unit.short for unit in units}
    return [UnitRow(key, names[key], counts.by_unit[key], cells[key]) for key in unit_ids]


def unit_row(session: Session, campaign: Campaign, unit: Unit, day: Day) -> UnitRow:
    """The milestones of one unit, together and at each deadline."""
    only = Milestone.unit_id == unit.id
    cells = {
        key: tally for (key,), tally in _tallies(session, campaign, day, Milestone.deadline_id, only=only)
    }
    return UnitRow(unit.id, unit.short, summed(list(cells.values())), cells)


def deadline_tallies(session: Session, campaign: Campaign, day: Day) -> dict[int, Tally]:
    """All units' milestones at each deadline, by its id."""
    return {key: tally for (key,), tally in _tallies(session, campaign, day, Milestone.deadline_id)}


def _tallies(
    session: Session, campaign: Campaign, day: Day, *columns: Any, only: ColumnElement[bool] | None = None
) -> list[tuple[tuple[int, ...], Tally]]:
    """A tally for each value of `columns`: grouped by light below, one column a light above, so that
    a campaign of many units needs few rows."""
    inner = (
        select(
            *columns,
            light_number(day).label("light"),
            func.count().label("number"),
            func.min(Milestone.late_from).label("late_from"),
            func.min(Milestone.submitted_on).label("submitted_on"),
        )
        .where(Milestone.campaign_id == campaign.id, *([] if only is None else [only]))
        .group_by(*columns, "light")
        .subquery()
    )
    keys = [inner.c[column.key] for column in columns]
    has_light = [inner.c.light == place for place in range(len(LIGHTS))]
    query = select(
        *keys,
        *(func.coalesce(func.max(inner.c.number).filter(condition), 0) for condition in has_light),
        func.min(inner.c.late_from).filter(has_light[PLACES[Light.LATE]]),
        func.min(inner.c.submitted_on).filter(has_light[PLACES[Light.REVIEW]]),
    ).group_by(*keys)
    size = len(columns)
    return [
        (tuple(row[:size]), Tally(tuple(row[size:-2]), row[-2], row[-1])) for row in session.execute(query)
    ]


def gates(session: Session, campaign: Campaign) -> list[Deadline]:
    """The gates of the plan in their order."""
    query = select(Deadline).where(Deadline.campaign_id == campaign.id, Deadline.kind == DeadlineKind.GATE)
    return list(session.scalars(query.order_by(Deadline.position)))
