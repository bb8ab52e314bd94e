"""Loading the jurisdiction of a plan: its units, groups, aliases and working calendar."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from tracker.plan.seed.rows import Names, Plan
from tracker.plan.seed.writing import Writer
from tracker.units.models import Alias, Jurisdiction, Unit, UnitGroup
from tracker.workdays.models import SpecialDay

Party = dict[str, Any]
"""`unit_id` and `group_id` of one party, one of them None."""


def load_jurisdiction(writer: Writer, plan: Plan) -> Jurisdiction:
    """The plan's jurisdiction with its units, groups, aliases and national working days."""
    settings = plan.settings
    code = settings.jurisdiction_code
    jurisdiction = writer.put(
        Jurisdiction,
        writer.session.scalars(select(Jurisdiction).where(Jurisdiction.code == code)).one_or_none(),
        code=code,
        name=settings.jurisdiction_name,
        timezone=settings.timezone,
    )
    writer.session.flush()
    units = _load_units(writer, plan, jurisdiction)
    groups = _load_groups(writer, plan, jurisdiction, units)
    _load_aliases(writer, plan, jurisdiction, units, groups)
    _load_working_days(writer, plan, jurisdiction)
    return jurisdiction


def parties_by_name(writer: Writer, jurisdiction: Jurisdiction) -> dict[str, Party]:
    """How a unit or group of the jurisdiction is written into a party row, by canonical name; the name of
    a merged unit means the one that it was merged into."""
    known_as = func.coalesce(func.nullif(Unit.plan_name, ""), Unit.name)
    standing = func.coalesce(Unit.merged_into_id, Unit.id)
    units = select(known_as, standing).where(Unit.jurisdiction_id == jurisdiction.id)
    groups = select(UnitGroup.name, UnitGroup.id).where(UnitGroup.jurisdiction_id == jurisdiction.id)
    return {
        **{name: {"unit_id": key, "group_id": None} for name, key in writer.session.execute(units)},
        **{name: {"unit_id": None, "group_id": key} for name, key in writer.session.execute(groups)},
    }


def _load_units(writer: Writer, plan: Plan, jurisdiction: Jurisdiction) -> dict[str, Unit]:
    """The plan's units by its names for them; of a merged one (合并) the unit that has taken its place."""
    there = select(Unit).where(Unit.jurisdiction_id == jurisdiction.id)
    units = {unit.plan_name or unit.name: unit for unit in writer.session.scalars(there)}
    for position, row in enumerate(plan.units, 1):
        unit = units.get(row.name)
        is_renamed = unit is not None and bool(unit.plan_name)  # the office's own name stays
        units[row.name] = writer.put(
            Unit,
            unit,
            jurisdiction_id=jurisdiction.id,
            **({} if is_renamed else {"name": row.name, "short": row.short}),
            kind=row.kind,
            code=row.code,
            position=position,
            note=row.note,
        )
    writer.session.flush()
    return {name: unit.merged_into or unit for name, unit in units.items()}


def _load_groups(
    writer: Writer, plan: Plan, jurisdiction: Jurisdiction, units: dict[str, Unit]
) -> dict[str, UnitGroup]:
    there = select(UnitGroup).where(UnitGroup.jurisdiction_id == jurisdiction.id)
    groups = {
        group.name: group for group in writer.session.scalars(there.options(selectinload(UnitGroup.members)))
    }
    for row in plan.groups:
        group = groups.get(row.name)
        members = sorted({units[name] for name in row.members}, key=lambda unit: unit.position)
        through = units[row.acts_through] if row.acts_through else None
        is_the_offices = group is not None and group.is_edited
        groups[row.name] = writer.put(
            UnitGroup,
            group,
            jurisdiction_id=jurisdiction.id,
            name=row.name,
            acts_through_id=through.id if through else None,
            note=row.note,
            is_presumed=row.is_presumed,
            **({} if is_the_offices else {"members": members}),
        )
    writer.session.flush()
    return groups


def _load_aliases(
    writer: Writer,
    plan: Plan,
    jurisdiction: Jurisdiction,
    units: dict[str, Unit],
    groups: dict[str, UnitGroup],
) -> None:
    there = select(Alias).where(Alias.jurisdiction_id == jurisdiction.id)
    aliases = {alias.name: alias for alias in writer.session.scalars(there)}
    wanted: dict[str, Party] = {}
    for unit in plan.units:
        wanted |= _each(unit.aliases, unit_id=units[unit.name].id, group_id=None)
    for group in plan.groups:
        wanted |= _each(group.aliases, unit_id=None, group_id=groups[group.name].id)
    for name, owner in wanted.items():
        writer.put(Alias, aliases.get(name), jurisdiction_id=jurisdiction.id, name=name, **owner)


def _each(names: Names, **owner: int | None) -> dict[str, Party]:
    return dict.fromkeys(names, owner)


def _load_working_days(writer: Writer, plan: Plan, jurisdiction: Jurisdiction) -> None:
    there = select(SpecialDay).where(SpecialDay.jurisdiction_id == jurisdiction.id)
    days = {row.day: row for row in writer.session.scalars(there)}
    for row in plan.working_days:
        special = days.get(row.day)
        if special is None or not special.is_local:  # a local day is the office's own
            writer.put(
                SpecialDay,
                special,
                jurisdiction_id=jurisdiction.id,
                day=row.day,
                kind=row.kind,
                name=row.name,
            )
