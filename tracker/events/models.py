"""The one audit table."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base

if TYPE_CHECKING:  # people stand above events; the table is known by its name
    from tracker.people.models import User


class Event(Base):
    """操作记录: append-only; `subject` and `subject_id` say which row, `verb` what was done; what happened
    to a unit's share of a task carries both, so that a task's timeline is one query."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_subject", "subject", "subject_id"),
        Index("ix_event_task", "task_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    as_role: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    subject_id: Mapped[int]
    verb: Mapped[str]
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[str] = mapped_column(default="")

    by: Mapped["User | None"] = relationship()
