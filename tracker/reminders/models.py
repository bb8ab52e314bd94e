"""The ledger of what was told to whom, the ladders, and the addresses of calendars."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.outbox.models import HookMessage, OutboxMessage
from tracker.outbox.rules import HookKind
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders.rules import NoticeKind
from tracker.reminders.rules.ladder import FARTHEST, Audience, Channel, LadderKind, Rung

UNREAD = text("read_at IS NULL")
"""Every page counts these of one person, in the index alone."""


class Notice(Base):
    """提醒记录: one thing told to one person on one rung of the ladder, once.

    `object_id` is the milestone, the month, the appeal, or for the office the unit, as `kind` says;
    `late_from` the first day past the due day that the ladder counted from: a new day in force, as
    after a return, begins the ladder anew; of what has no due day it is the day on which it happened.
    `is_in_app` tells that the page 提醒 lists it, `read_at` when the person opened it there.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("campaign_id", "kind", "object_id", "late_from", "rung", "user_id"),
        Index("ix_notice_user", "user_id", "at"),
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
    is_in_app: Mapped[bool] = mapped_column(default=True)
    read_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
    message: Mapped[OutboxMessage | None] = relationship()


class LadderRung(Base):
    """提醒阶梯的一级, as the office of a campaign set it for a kind; a kind without any has the default
    ladder. `days` are working days relative to the due day; where it is told more than once, again every
    `repeat_days` working days, at most `repeat_count` times."""

    __tablename__ = "rung"
    __table_args__ = (
        UniqueConstraint("campaign_id", "kind", "days"),
        CheckConstraint(f"days BETWEEN -{FARTHEST} AND {FARTHEST}", name="days"),
        CheckConstraint("days > 0 OR NOT is_to_office", name="office_after"),
        CheckConstraint("days > 0 OR NOT is_to_leader", name="leader_after"),
        CheckConstraint("(repeat_days = 0) = (repeat_count = 0)", name="repeat"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[LadderKind]
    days: Mapped[int]
    is_to_liaison: Mapped[bool]
    is_to_head: Mapped[bool]
    is_to_leader: Mapped[bool] = mapped_column(default=False)
    is_to_office: Mapped[bool]
    channel: Mapped[Channel]
    is_on: Mapped[bool]
    repeat_days: Mapped[int] = mapped_column(default=0)
    repeat_count: Mapped[int] = mapped_column(default=0)

    campaign: Mapped[Campaign] = relationship()

    @property
    def rung(self) -> Rung:
        """As the rules know it."""
        told = {
            Audience.LIAISON: self.is_to_liaison,
            Audience.HEAD: self.is_to_head,
            Audience.LEADER: self.is_to_leader,
            Audience.OFFICE: self.is_to_office,
        }
        to = frozenset(one for one in told if told[one])
        return Rung(self.days, to, self.channel, self.is_on, self.repeat_days, self.repeat_count)


class Webhook(Base):
    """群机器人: where the digest and the lists of the overdue of a campaign are posted as well. `url` and
    `secret`, with which messages are signed (加签), are secrets; `template` is what is posted around them."""

    __tablename__ = "webhook"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True, autoincrement=False)
    kind: Mapped[HookKind]
    url: Mapped[str]
    secret: Mapped[str] = mapped_column(default="")
    template: Mapped[str]
    is_on: Mapped[bool] = mapped_column(default=True)

    campaign: Mapped[Campaign] = relationship()


class PostedLine(Base):
    """群消息记录: one thing told to the chat group of a campaign on one rung, once; as in `Notice`."""

    __tablename__ = "posted_line"
    __table_args__ = (UniqueConstraint("campaign_id", "kind", "object_id", "late_from", "rung"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[NoticeKind]
    object_id: Mapped[int]
    late_from: Mapped[date]
    rung: Mapped[int]
    message_id: Mapped[int] = mapped_column(ForeignKey("hook_message.id"), index=True)

    message: Mapped[HookMessage] = relationship()


class CalendarFeed(Base):
    """日历订阅: the secret address of a person's calendar; whoever knows it reads the unit's days."""

    __tablename__ = "calendar_feed"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True, autoincrement=False)
    token: Mapped[str]
    made_at: Mapped[datetime]

    user: Mapped[User] = relationship()
