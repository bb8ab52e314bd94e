"""What administrators do with units: add one, give one another name."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tracker.errors import Refused, Stale, enforce
from tracker.events.actions import record
from tracker.people.models import User
from tracker.people.rules.managing import Power, reason_not_to_manage
from tracker.units.models import Alias, Jurisdiction, Unit
from tracker.units.queries import name_book, stopped_units
from tracker.units.rules import UnitKind, name_key


def add_unit(
    session: Session,
    jurisdiction: Jurisdiction,
    name: str,
    short: str,
    kind: UnitKind,
    *,
    by: User,
    at: datetime,
) -> Unit:
    """Add a unit to a jurisdiction; it has no tasks before a group or the office gives it some.

    Raises:
        Refused: `by` may not, a name means another one, or there would be a second office.
    """
    _check_may(by, Power.ADD)
    if kind is UnitKind.OFFICE:
        raise Refused("一个辖区只有一个食安办")
    _check_free(session, jurisdiction.id, None, name, short)
    last = select(func.max(Unit.position)).where(Unit.jurisdiction_id == jurisdiction.id)
    position = (session.scalar(last) or 0) + 1
    unit = Unit(jurisdiction=jurisdiction, name=name, short=short, kind=kind, position=position)
    session.add(unit)
    jurisdiction.edition += 1
    session.flush()
    after = {"name": name, "short": short, "kind": kind.value}
    record(session, "unit", unit.id, "add", by=by, at=at, after=after, unit_id=unit.id)
    return unit


def rename_unit(
    session: Session, unit: Unit, name: str, short: str, *, by: User, at: datetime, seen: str
) -> None:
    """Give a unit another name; the old ones stay aliases, by which papers and rosters still find it.

    Args:
        seen: the name that the person saw.

    Raises:
        Refused: `by` may not, or a name means another one. Stale: it was renamed meanwhile.
    """
    _check_may(by, Power.EDIT)
    if seen != unit.name:
        raise Stale
    old = unit.name, unit.short
    if (name, short) == old:
        return
    _check_free(session, unit.jurisdiction_id, unit, name, short)
    unit.plan_name = unit.plan_name or unit.name
    unit.name, unit.short = name, short
    unit.jurisdiction.edition += 1
    _keep_as_aliases(session, unit, old)
    record(
        session, "unit", unit.id, "rename", by=by, at=at, unit_id=unit.id,
        before={"name": old[0], "short": old[1]}, after={"name": name, "short": short},
    )  # fmt: skip


def pass_names(session: Session, unit: Unit, other: Unit) -> list[str]:
    """Let every name of `unit` mean `other` (合并); returns those names."""
    own = select(Alias).where(Alias.jurisdiction_id == unit.jurisdiction_id)
    known = {name_key(alias.name) for alias in session.scalars(own.where(Alias.unit_id == other.id))}
    known |= {name_key(other.name), name_key(other.short)}
    passed = session.scalars(own.where(Alias.unit_id == unit.id).order_by(Alias.id)).all()
    for alias in passed:
        alias.unit_id = other.id
    known |= {name_key(alias.name) for alias in passed}
    new = [name for name in dict.fromkeys((unit.name, unit.short)) if name_key(name) not in known]
    session.add_all(Alias(jurisdiction_id=unit.jurisdiction_id, name=name, unit_id=other.id) for name in new)
    session.flush()
    session.expire(unit, ["aliases"])
    session.expire(other, ["aliases"])
    return [*new, *(alias.name for alias in passed)]


def _keep_as_aliases(session: Session, unit: Unit, old: tuple[str, str]) -> None:
    now = {name_key(unit.name), name_key(unit.short)}
    own = Alias.jurisdiction_id == unit.jurisdiction_id, Alias.unit_id == unit.id
    session.execute(delete(Alias).where(*own, Alias.name.in_([unit.name, unit.short])))
    known = {name_key(name) for name in session.scalars(select(Alias.name).where(*own))}
    for name in dict.fromkeys(old):
        if name_key(name) not in known | now:
            session.add(Alias(jurisdiction_id=unit.jurisdiction_id, name=name, unit_id=unit.id))
    session.flush()
    session.expire(unit, ["aliases"])


def _check_free(session: Session, jurisdiction_id: int, unit: Unit | None, *names: str) -> None:
    """Raise Refused where a name means another unit or a group."""
    book = name_book(session, jurisdiction_id)
    for stopped in stopped_units(session, jurisdiction_id):
        if name_key(stopped.name) in {name_key(name) for name in names}:
            what = "是已停用的单位；可以恢复使用它，或换一个名称"
            if stopped.merged_into:
                what = f"是已并入{stopped.merged_into.short}的单位，请换一个名称"
            raise Refused(f"“{stopped.name}”{what}")
    for name in names:
        owner = book.get(name)
        if owner is not None and owner is not unit:
            raise Refused(f"名称“{name}”已经指“{owner.name}”，请换一个")


def _check_may(by: User, power: Power) -> None:
    enforce(reason_not_to_manage(by.role, power))
