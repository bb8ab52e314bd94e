"""Report periods, monthly reports and their lines."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.evidence.models import Evidence
from tracker.people.models import User
from tracker.plan.models import Campaign, PlanItem
from tracker.reports.rules import LineText, ReportState
from tracker.units.models import Unit

report_line_evidence = Table(
    "report_line_evidence",
    Base.metadata,
    Column("line_id", ForeignKey("report_line.id"), primary_key=True),
    Column("evidence_id", ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""The documents picked as proof; a draft that its unit deletes is no longer picked."""


class ReportPeriod(Base):
    """报告期: a month (its first day) and the day by which its reports are due."""

    __tablename__ = "report_period"
    __table_args__ = (UniqueConstraint("campaign_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    month: Mapped[date]
    due_on: Mapped[date]

    campaign: Mapped[Campaign] = relationship()

    @property
    def name(self) -> str:
        """2024-03"""
        return f"{self.month:%Y-%m}"


class MonthlyReport(Base):
    """月报: one unit's report of one month.

    `first_submitted_at` decides whether it was on time; `is_resubmitted_late` marks 重报超期;
    `resend_on` is the last day on which a returned report keeps its place;
    `is_nil` is 零报告, all lines without progress for the one `nil_reason`.
    """

    __tablename__ = "monthly_report"
    __table_args__ = (
        UniqueConstraint("period_id", "unit_id"),
        Index("ix_monthly_report_unit", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("report_period.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[ReportState] = mapped_column(default=ReportState.DRAFT)
    first_submitted_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(default="")
    resend_on: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    is_resubmitted_late: Mapped[bool] = mapped_column(default=False)
    is_nil: Mapped[bool] = mapped_column(default=False)
    nil_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    period: Mapped[ReportPeriod] = relationship()
    unit: Mapped[Unit] = relationship()
    submitted_by: Mapped[User | None] = relationship(foreign_keys=submitted_by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)
    lines: Mapped[list["ReportLine"]] = relationship(back_populates="report", order_by="ReportLine.position")

    @property
    def sent_lines(self) -> list[tuple[PlanItem, LineText]]:
        """What others read: of a returned report, which the unit is changing, what was sent before."""
        if self.state is ReportState.RETURNED:
            return [(line.item, _text_of(line.sent)) for line in self.lines if line.sent is not None]
        return [(line.item, line.text) for line in self.lines]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form


class ReportLine(Base):
    """月报条目: what the unit did this month for one indicator.

    `percent` is 累计完成情况, `return_reason` what the office wants done again;
    `sent` is the text as it stood when the report was last returned.
    """

    __tablename__ = "report_line"
    __table_args__ = (UniqueConstraint("report_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("monthly_report.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("plan_item.id"))
    position: Mapped[int]
    progress: Mapped[str] = mapped_column(default="")
    problems: Mapped[str] = mapped_column(default="")
    next_steps: Mapped[str] = mapped_column(default="")
    has_no_progress: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")
    percent: Mapped[int | None]
    figures: Mapped[str] = mapped_column(default="")
    return_reason: Mapped[str] = mapped_column(default="")
    sent: Mapped[dict[str, Any] | None]

    report: Mapped[MonthlyReport] = relationship(back_populates="lines")
    item: Mapped[PlanItem] = relationship()
    evidence: Mapped[list[Evidence]] = relationship(secondary=report_line_evidence, order_by=Evidence.id)

    @property
    def text(self) -> LineText:
        """What stands in the line."""
        return LineText(
            self.progress,
            self.problems,
            self.next_steps,
            self.has_no_progress,
            self.reason,
            "" if self.percent is None else str(self.percent),
            self.figures,
            tuple(paper.id for paper in self.evidence),
        )


def _text_of(sent: dict[str, Any]) -> LineText:
    return LineText(**{**sent, "evidence_ids": tuple(sent.get("evidence_ids", ()))})
