"""Report periods, monthly reports and their lines."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.evidence.models import Evidence
from tracker.files.models import StoredFile
from tracker.people.models import User
from tracker.plan.models import Campaign, PlanItem
from tracker.reports.rules import LineText, ReportState, SentReport
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
    `pending_from` is the state before it went to the unit's head, `head_words` why it came back;
    `correction_reason` says why an accepted report is being corrected; `is_nil` is 零报告, all
    lines without progress for the one `nil_reason`.
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
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    pending_from: Mapped[ReportState | None]
    head_words: Mapped[str] = mapped_column(default="")
    is_resubmitted_late: Mapped[bool] = mapped_column(default=False)
    correction_reason: Mapped[str] = mapped_column(default="")
    is_nil: Mapped[bool] = mapped_column(default=False)
    nil_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    period: Mapped[ReportPeriod] = relationship()
    unit: Mapped[Unit] = relationship()
    submitted_by: Mapped[User | None] = relationship(foreign_keys=submitted_by_id)
    approved_by: Mapped[User | None] = relationship(foreign_keys=approved_by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)
    lines: Mapped[list["ReportLine"]] = relationship(back_populates="report", order_by="ReportLine.position")
    versions: Mapped[list["ReportVersion"]] = relationship(
        back_populates="report", order_by="ReportVersion.number"
    )

    scans: Mapped[list["ReportScan"]] = relationship(order_by="ReportScan.id.desc()")

    @property
    def sender_ids(self) -> set[int]:
        """Who wrote and who approved it; nobody of them decides about it for the office."""
        return {number for number in (self.submitted_by_id, self.approved_by_id) if number is not None}

    @property
    def sent(self) -> SentReport | None:
        """What others read: the report as it was last submitted."""
        return self.versions[-1].sent if self.versions else None

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form


class ReportScan(Base):
    """盖章扫描件: the form as it was signed and stamped; `number` is the version that it shows."""

    __tablename__ = "report_scan"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("monthly_report.id"), index=True)
    number: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    file_name: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    file: Mapped[StoredFile] = relationship()
    by: Mapped[User] = relationship()


class ReportLine(Base):
    """月报条目: what the unit did this month for one indicator.

    `percent` is 累计完成情况, `return_reason` what the office wants done again.
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


class ReportVersion(Base):
    """报送版本: the report as it was submitted, for good; `reason` says why one that was accepted was
    corrected (更正)."""

    __tablename__ = "report_version"
    __table_args__ = (UniqueConstraint("report_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("monthly_report.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(default="")
    content: Mapped[dict[str, Any]]

    report: Mapped[MonthlyReport] = relationship(back_populates="versions")
    by: Mapped[User] = relationship()

    @property
    def sent(self) -> SentReport:
        """What was submitted."""
        return SentReport.of(self.content)

    @property
    def words(self) -> str:
        """首次报送, 退回后重报, 更正：数据有误."""
        if self.reason:
            return f"更正：{self.reason}"
        return "首次报送" if self.number == 1 else "退回后重报"
