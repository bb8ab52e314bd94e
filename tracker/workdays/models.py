"""The editable table of holidays and make-up working days."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base
from tracker.workdays.rules import DayKind


class SpecialDay(Base):
    """A day that differs from the plain week: a holiday, or a weekend day that is worked (调休)."""

    __tablename__ = "special_day"

    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[DayKind]
    name: Mapped[str]
    is_local: Mapped[bool] = mapped_column(default=False)
