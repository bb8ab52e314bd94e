"""分管领导: which leader is in charge of which unit."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.errors import Stale
from tracker.events.actions import record
from tracker.people.models import UnitLeader, User
from tracker.people.queries import leaders_in_charge
from tracker.units.models import Jurisdiction, Unit


def put_in_charge(
    session: Session,
    city: Jurisdiction,
    wanted: Mapping[Unit, User | None],
    *,
    by: User,
    at: datetime,
    seen: str,
) -> int:
    """Say who is in charge of each of the units, nobody for None; returns how many changed.

    Args:
        seen: the mark of those whom the person saw.

    Raises:
        Stale: somebody changed them meanwhile.
    """
    session.execute(select(Jurisdiction.id).where(Jurisdiction.id == city.id).with_for_update())
    present = leaders_in_charge(session, city.id)
    if seen != mark_of(present):
        raise Stale
    changed = [unit for unit in wanted if present.get(unit.id) is not wanted[unit]]
    for unit in changed:
        _put(session, unit, wanted[unit])
        record(
            session, "unit", unit.id, "put_in_charge", by=by, at=at, note=unit.short,
            before=_named(present.get(unit.id)), after=_named(wanted[unit]),
        )  # fmt: skip
    session.flush()
    return len(changed)


def mark_of(in_charge: Mapping[int, User]) -> str:
    """All of them as one word, to see whether somebody changed them."""
    return " ".join(f"{unit_id}:{in_charge[unit_id].id}" for unit_id in sorted(in_charge))


def _put(session: Session, unit: Unit, leader: User | None) -> None:
    row = session.get(UnitLeader, unit.id)
    if leader is None:
        session.delete(row)
    elif row is None:
        session.add(UnitLeader(unit_id=unit.id, user_id=leader.id))
    else:
        row.user_id = leader.id


def _named(leader: User | None) -> dict[str, str]:
    return {"leader": leader.username if leader else ""}
