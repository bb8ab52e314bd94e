"""The one audit table, and the chain that vouches for it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.events.rules import Outcome

if TYPE_CHECKING:  # people stand above events; the table is known by its name
    from tracker.people.models import User


class Event(Base):
    """操作记录: append-only; `subject` and `subject_id` say which row, `verb` what was done, `origin` from
    which address; what happened to a unit's share of a task carries both, so that a task's timeline is one
    query.

    The database itself refuses to change or delete a row (triggers of migration 0007).
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_subject", "subject", "subject_id"),
        Index("ix_event_task", "task_id", "at"),
        Index("ix_event_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    as_role: Mapped[str] = mapped_column(default="")
    origin: Mapped[str] = mapped_column(default="", server_default="")
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.DONE, server_default=Outcome.DONE.value)
    subject: Mapped[str]
    subject_id: Mapped[int]
    verb: Mapped[str]
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[str] = mapped_column(default="")

    by: Mapped["User | None"] = relationship()


class EventLink(Base):
    """链: the place of an event in the order in which events were committed, and its link."""

    __tablename__ = "event_link"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    link: Mapped[str] = mapped_column(String(64))
