"""Summaries of a month with their indicators, and where they were sent."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reports.models import ReportPeriod
from tracker.summaries.rules import Entry, SummaryState, Way


class Summary(Base):
    """月度汇总: the reports of a month as they stood at `as_of`, in the office's words.

    `figures` holds how the units reported ({"lacking": [...], "reported": [...]}); `reference` is 文号,
    drawn (then with `year` and `number`) or typed when the summary becomes final.
    """

    __tablename__ = "month_summary"
    __table_args__ = (
        UniqueConstraint("campaign_id", "year", "number"),
        CheckConstraint("(finalised_at IS NULL) = (state = 'draft')", name="final"),
        CheckConstraint("(year IS NULL) = (number IS NULL)", name="numbered"),
        Index("ix_month_summary_state", "campaign_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("report_period.id"), index=True)
    state: Mapped[SummaryState] = mapped_column(default=SummaryState.DRAFT)
    year: Mapped[int | None]
    number: Mapped[int | None]
    reference: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    addressee: Mapped[str]
    opening: Mapped[str]
    closing: Mapped[str] = mapped_column(default="")
    figures: Mapped[dict[str, Any]]
    as_of: Mapped[datetime]
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    finalised_at: Mapped[datetime | None]
    finalised_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)

    campaign: Mapped[Campaign] = relationship()
    period: Mapped[ReportPeriod] = relationship()
    items: Mapped[list["SummaryItem"]] = relationship(
        back_populates="summary", cascade="all, delete-orphan", order_by="SummaryItem.position"
    )
    sendings: Mapped[list["SummarySending"]] = relationship(
        cascade="all, delete-orphan", order_by="(SummarySending.sent_on, SummarySending.id)"
    )

    @property
    def name(self) -> str:
        """文号, or the title where there is none."""
        return self.reference or f"{''.join(self.title.split())}（草稿）"

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form


class SummaryItem(Base):
    """汇总条目: one indicator with what the units reported and the office's words.

    `entries` is {"lines": [...]}, each line an `Entry`; `content` what the plan says.
    """

    __tablename__ = "summary_item"
    __table_args__ = (UniqueConstraint("summary_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    summary_id: Mapped[int] = mapped_column(ForeignKey("month_summary.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("plan_item.id"), index=True)
    position: Mapped[int]
    number: Mapped[str]
    name: Mapped[str]
    heading: Mapped[str]
    content: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    entries: Mapped[dict[str, Any]]

    summary: Mapped[Summary] = relationship(back_populates="items")

    @property
    def lines(self) -> list[Entry]:
        """What the units reported."""
        return [Entry(**line) for line in self.entries["lines"]]


class SummarySending(Base):
    """报送记录: to whom the summary was sent, when, by what, under which number."""

    __tablename__ = "summary_sending"

    id: Mapped[int] = mapped_column(primary_key=True)
    summary_id: Mapped[int] = mapped_column(ForeignKey("month_summary.id"), index=True)
    recipient: Mapped[str]
    sent_on: Mapped[date]
    way: Mapped[Way]
    reference: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    by: Mapped[User] = relationship()
