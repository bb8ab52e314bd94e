"""Reading the working calendar."""

from collections.abc import Sequence
from datetime import date

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


def special_days(session: Session, jurisdiction_id: int, year: int) -> Sequence[SpecialDay]:
    """The days of a year that differ from the plain week, by day."""
    query = select(SpecialDay).where(
        SpecialDay.jurisdiction_id == jurisdiction_id,
        SpecialDay.day.between(date(year, 1, 1), date(year, 12, 31)),
    )
    return session.scalars(query.order_by(SpecialDay.day)).all()
