"""The ledger of what was told to whom, and the addresses of calendars."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.outbox.models import OutboxMessage
from tracker.people.models import User
from tracker.reminders.rules import NoticeKind

UNREAD = text("read_at IS NULL")
"""Every page counts these of one person, in the index alone."""


class Notice(Base):
    """提醒记录: one thing told to one person on one rung of the ladder, once.

    `object_id` is the milestone, the month, the appeal, or for the office the unit, as `kind` says;
    `late_from` the first day past the due day that the ladder counted from: a new day in force, as
    after a return, begins the ladder anew; of what has no due day it is the day on which it happened.
    `read_at` is when the person first opened it on the page 提醒.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("campaign_id", "kind", "object_id", "late_from", "rung", "user_id"),
        Index("ix_notice_user", "user_id", "id"),
        Index("ix_notice_unread", "user_id", postgresql_where=UNREAD, sqlite_where=UNREAD),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[NoticeKind]
    object_id: Mapped[int]
    late_from: Mapped[date]
    rung: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id"), index=True)
    at: Mapped[datetime]
    text: Mapped[str]
    url: Mapped[str]
    read_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
    message: Mapped[OutboxMessage | None] = relationship()


class CalendarFeed(Base):
    """日历订阅: the secret address of a person's calendar; whoever knows it reads the unit's days."""

    __tablename__ = "calendar_feed"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True, autoincrement=False)
    token: Mapped[str]
    made_at: Mapped[datetime]

    user: Mapped[User] = relationship()
