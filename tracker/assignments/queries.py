"""Whose share is whose."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.assignments.models import Assignment
from tracker.people.models import User
from tracker.units.models import Unit


def share_of(session: Session, assignment_id: int, reader: User) -> Assignment | None:
    """A share of the reader's own unit, for the office of any unit of the city."""
    query = (
        select(Assignment)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(Assignment.id == assignment_id, Unit.jurisdiction_id == reader.unit.jurisdiction_id)
        .options(joinedload(Assignment.task), joinedload(Assignment.unit))
    )
    if not reader.role.is_office:
        query = query.where(Assignment.unit_id == reader.unit_id)
    return session.scalar(query)
