"""How a campaign's documents are numbered, and how far each year has come."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base
from tracker.numbering.rules import Series


class NumberPattern(Base):
    """文号格式: how the office has its documents of a kind numbered, where it said so."""

    __tablename__ = "number_pattern"
    __table_args__ = (UniqueConstraint("campaign_id", "series"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    series: Mapped[Series]
    pattern: Mapped[str]


class NumberCounter(Base):
    """流水号: the last number given in a year; its row is locked while the next one is given."""

    __tablename__ = "number_counter"
    __table_args__ = (UniqueConstraint("campaign_id", "series", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    series: Mapped[Series]
    year: Mapped[int]
    last_number: Mapped[int] = mapped_column(default=0)
