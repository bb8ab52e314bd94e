"""What is kept of a change of groups."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from tracker.units.models import UnitGroup, group_member


def note_joining(session: Session, group: UnitGroup, unit_ids: Collection[int], today: date) -> None:
    """Keep the day on which units came to a group after the plan was loaded."""
    rows = group_member.c.group_id == group.id, group_member.c.unit_id.in_(unit_ids)
    session.execute(update(group_member).where(*rows).values(joined_on=today))
