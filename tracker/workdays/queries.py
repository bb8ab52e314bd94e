"""Reading the working calendar."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.workdays.models import SpecialDay
from tracker.workdays.rules import Calendar


def calendar_of(session: Session, jurisdiction_id: int) -> Calendar:
    """The jurisdiction's working calendar, national and local days together."""
    rows = session.execute(
        select(SpecialDay.day, SpecialDay.kind).where(SpecialDay.jurisdiction_id == jurisdiction_id)
    )
    return Calendar(dict(rows.all()))
