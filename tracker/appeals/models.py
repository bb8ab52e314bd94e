"""What a unit asked the office for."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.appeals.rules import AppealKind, AppealState
from tracker.assignments.models import Assignment
from tracker.db import Base
from tracker.evidence.models import Evidence
from tracker.milestones.models import Milestone
from tracker.people.models import User
from tracker.plan.models import Task
from tracker.units.models import Unit

PENDING = text("state = 'pending'")
PENDING_OBJECTION = text("state = 'pending' AND kind = 'objection'")


class Appeal(Base):
    """申请: a waiver or an extension of one milestone, or an objection to a whole assignment.

    `old_due_on` and `new_due_on` are an extension's days; `evidence_id` the proof of a waiver, where
    there is one. At most one of a kind waits for its answer.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint("(kind = 'objection') = (milestone_id IS NULL)", name="subject"),
        CheckConstraint("(kind = 'extension') = (new_due_on IS NOT NULL)", name="new_day"),
        Index(
            "uq_appeal_milestone", "milestone_id", "kind",
            unique=True, sqlite_where=PENDING, postgresql_where=PENDING,
        ),
        Index(
            "uq_appeal_objection", "assignment_id",
            unique=True, sqlite_where=PENDING_OBJECTION, postgresql_where=PENDING_OBJECTION,
        ),
        Index("ix_appeal_state", "campaign_id", "state", "asked_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"))
    kind: Mapped[AppealKind]
    reason: Mapped[str]
    old_due_on: Mapped[date | None]
    new_due_on: Mapped[date | None]
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    state: Mapped[AppealState] = mapped_column(default=AppealState.PENDING)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)

    assignment: Mapped[Assignment] = relationship()
    milestone: Mapped[Milestone | None] = relationship()
    evidence: Mapped[Evidence | None] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id)
    answered_by: Mapped[User | None] = relationship(foreign_keys=answered_by_id)

    @property
    def task(self) -> Task:
        """The task that it is about."""
        return self.assignment.task

    @property
    def unit(self) -> Unit:
        """The unit that asks."""
        return self.assignment.unit

    @property
    def is_on_behalf(self) -> bool:
        """代办: whether somebody of another unit, the office, wrote it down for the unit."""
        return self.asked_by.unit_id != self.assignment.unit_id

    @property
    def subject(self) -> str:
        """What it is about, within the task: 自评 延期至 2024-05-20."""
        until = f"至 {self.new_due_on}" if self.new_due_on else ""
        return f"{self.milestone.deadline.label if self.milestone else ''} {self.kind.label}{until}".strip()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form
