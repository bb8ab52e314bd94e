"""Reading units and groups, and finding them by any of their names."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.units.models import Alias, Unit, UnitGroup
from tracker.units.rules import NameBook, UnitKind


def name_book(session: Session, jurisdiction_id: int) -> NameBook[Unit | UnitGroup]:
    """Every name of the jurisdiction's units and groups: canonical, short, alias."""
    book: NameBook[Unit | UnitGroup] = NameBook()
    for unit in units_of(session, jurisdiction_id):
        book.add(unit.name, unit, canonical=unit.name)
        book.add(unit.short, unit, canonical=unit.name)
    for group in groups_of(session, jurisdiction_id):
        book.add(group.name, group, canonical=group.name)
    for alias in _aliases(session, jurisdiction_id):
        owner = alias.unit or alias.group
        if owner is not None:
            book.add(alias.name, owner, canonical=owner.name)
    return book


def unit_book(session: Session, jurisdiction_id: int, only: Collection[int] | None = None) -> NameBook[Unit]:
    """Every name of the jurisdiction's units, where a group will not do (an import of people).

    Args:
        only: the ids of the units that count, if not all do.
    """
    book: NameBook[Unit] = NameBook()
    for unit in units_of(session, jurisdiction_id):
        if only is None or unit.id in only:
            book.add(unit.name, unit, canonical=unit.name)
            book.add(unit.short, unit, canonical=unit.name)
    for alias in _aliases(session, jurisdiction_id):
        if alias.unit is not None and (only is None or alias.unit.id in only):
            book.add(alias.name, alias.unit, canonical=alias.unit.name)
    return book


def units_of(session: Session, jurisdiction_id: int, *kinds: UnitKind) -> list[Unit]:
    """The jurisdiction's units in the order of the registry, of these kinds only where any is named;
    without those that were stopped."""
    query = select(Unit).where(Unit.jurisdiction_id == jurisdiction_id, Unit.is_active)
    query = query.order_by(Unit.position)
    return list(session.scalars(query.where(Unit.kind.in_(kinds)) if kinds else query))


def stopped_units(session: Session, jurisdiction_id: int) -> list[Unit]:
    """The units that were stopped (已停用): no page offers them any more, their history stays."""
    query = select(Unit).where(Unit.jurisdiction_id == jurisdiction_id, ~Unit.is_active)
    return list(session.scalars(query.order_by(Unit.position)))


def groups_of(session: Session, jurisdiction_id: int) -> list[UnitGroup]:
    """The jurisdiction's groups."""
    query = select(UnitGroup).where(UnitGroup.jurisdiction_id == jurisdiction_id).order_by(UnitGroup.id)
    return list(session.scalars(query))


def _aliases(session: Session, jurisdiction_id: int) -> list[Alias]:
    query = select(Alias).where(Alias.jurisdiction_id == jurisdiction_id).order_by(Alias.id)
    found = session.scalars(query.options(joinedload(Alias.unit), joinedload(Alias.group)))
    return [alias for alias in found if alias.unit is None or alias.unit.is_active]
