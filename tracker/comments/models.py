"""What people said about a task."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.people.models import User
from tracker.plan.models import Task
from tracker.units.models import Unit


class Comment(Base):
    """留言: a remark about a task by somebody of `unit`."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_task", "task_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    text: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    task: Mapped[Task] = relationship()
    unit: Mapped[Unit] = relationship()
    by: Mapped[User] = relationship()
    mentions: Mapped[list["Mention"]] = relationship(order_by="Mention.id")


class Mention(Base):
    """@单位: a unit that a remark calls upon; its people read of it in their next mail."""

    __tablename__ = "mention"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)

    unit: Mapped[Unit] = relationship()
