"""Circulars with the figures that they were made from."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.circulars.rules import CircularKind, CircularState
from tracker.db import Base
from tracker.people.models import User
from tracker.plan.models import Campaign, Deadline
from tracker.reports.models import ReportPeriod


class Circular(Base):
    """通报: about the reports of a month or the milestones at a gate, with the figures of `as_of`.

    `figures` is the table as it stood then ({"header": [...], "rows": [[...]], "widths": [...]}); nothing
    that happens later changes it. The number is given when the circular is final.
    """

    __tablename__ = "circular"
    __table_args__ = (
        UniqueConstraint("campaign_id", "year", "number"),
        CheckConstraint("(kind = 'month') = (period_id IS NOT NULL)", name="month"),
        CheckConstraint("(kind = 'gate') = (deadline_id IS NOT NULL)", name="gate"),
        CheckConstraint("(number IS NULL) = (state = 'draft')", name="numbered"),
        Index("ix_circular_state", "campaign_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[CircularKind]
    period_id: Mapped[int | None] = mapped_column(ForeignKey("report_period.id"))
    deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadline.id"))
    state: Mapped[CircularState] = mapped_column(default=CircularState.DRAFT)
    year: Mapped[int | None]
    number: Mapped[int | None]
    reference: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    opening: Mapped[str]
    praised: Mapped[list[str]] = mapped_column(default=list)
    criticized: Mapped[list[str]] = mapped_column(default=list)
    closing: Mapped[str] = mapped_column(default="")
    figures: Mapped[dict[str, Any]]
    as_of: Mapped[datetime]
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    issued_at: Mapped[datetime | None]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)

    campaign: Mapped[Campaign] = relationship()
    period: Mapped[ReportPeriod | None] = relationship()
    deadline: Mapped[Deadline | None] = relationship()
    drafted_by: Mapped[User] = relationship(foreign_keys=drafted_by_id)

    @property
    def name(self) -> str:
        """文号, or for a draft its title."""
        return self.reference or f"{''.join(self.title.split())}（草稿）"

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form
