"""What a unit's share of a task owes at each deadline."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from tracker.assignments.models import Assignment
from tracker.db import Base
from tracker.milestones.rules import State
from tracker.people.models import User
from tracker.plan.models import Deadline, Task
from tracker.units.models import Unit

OWING = text("state IN ('open', 'returned')")
LIVE = text("state IN ('open', 'returned') AND NOT (state = 'open' AND is_backfill) AND NOT is_waiting")
"""What is overdue from `late_from` on: then the list of the overdue is read and counted in the index."""


class Milestone(Base):
    """节点: an assignment at a deadline.

    `planned_on` is the day of the plan or the earlier day set by the office; `due_on` the day in
    force (later after a return or an extension, of which `extension_count` were granted);
    `late_from` the first day on which it counts as overdue; `is_waiting` that supporting units named
    in the task have not submitted their shares.
    Unit, task and campaign are repeated from the assignment so that lists need one table. `has_papers`
    tells, where the query asked, whether any document of the unit stands under the task.
    """

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("assignment_id", "deadline_id"),
        Index("ix_milestone_unit", "campaign_id", "unit_id"),
        Index("ix_milestone_task", "task_id", "deadline_id"),
        Index(
            "ix_milestone_owing",
            "campaign_id",
            "late_from",
            "id",
            postgresql_where=OWING,
            sqlite_where=OWING,
        ),
        Index(
            "ix_milestone_late",
            "campaign_id",
            "late_from",
            "id",
            postgresql_where=LIVE,
            sqlite_where=LIVE,
        ),
        Index("ix_milestone_day", "campaign_id", "late_from", "id"),
        Index("ix_milestone_state", "campaign_id", "state", "submitted_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadline.id"))
    state: Mapped[State] = mapped_column(default=State.OPEN)
    opens_on: Mapped[date]
    planned_on: Mapped[date]
    due_on: Mapped[date]
    late_from: Mapped[date]
    ready_on: Mapped[date | None]
    is_waiting: Mapped[bool] = mapped_column(default=False)
    is_backfill: Mapped[bool] = mapped_column(default=False)
    submitted_at: Mapped[datetime | None]
    submitted_on: Mapped[date | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    returned_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    missing: Mapped[str] = mapped_column(default="")
    extension_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    has_papers: Mapped[bool | None] = query_expression()

    assignment: Mapped[Assignment] = relationship(back_populates="milestones")
    task: Mapped[Task] = relationship()
    unit: Mapped[Unit] = relationship()
    deadline: Mapped[Deadline] = relationship()
    submitted_by: Mapped[User | None] = relationship(foreign_keys=submitted_by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form
