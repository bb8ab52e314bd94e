"""The mails, and the messages to robots of chat groups, that the system has written."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.outbox.rules import HookKind, MailState
from tracker.people.models import User

ON_ITS_WAY = text("state IN ('waiting', 'sending')")
"""What may be claimed; a query says it in these words, by which SQLite and PostgreSQL know the index."""


class OutboxMessage(Base):
    """邮件: queued in the transaction that caused it, claimed by a job, then sent.

    `key` says what it is, so that the same mail is never queued twice; `next_try_at` is empty while
    it may go at once; `claimed_at` is a lease: a claim older than it counts as lost; `answer` is the
    mail server's last word; `resend_count` tells how often a person had it sent again.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_due", "state", "next_try_at"),
        Index(
            "ix_outbox_message_next",
            "jurisdiction_id",
            "id",
            postgresql_where=ON_ITS_WAY,
            sqlite_where=ON_ITS_WAY,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    to_address: Mapped[str]
    subject: Mapped[str]
    body_text: Mapped[str]
    body_html: Mapped[str]
    queued_at: Mapped[datetime]
    state: Mapped[MailState] = mapped_column(default=MailState.WAITING)
    attempt_count: Mapped[int] = mapped_column(default=0)
    resend_count: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")

    user: Mapped[User] = relationship()


class HookMessage(Base):
    """群消息: what a robot posts into a chat group; it goes like a mail, and its columns mean the same.
    `url` is the robot's address and `secret` its key (加签) when it was written; both are secrets."""

    __tablename__ = "hook_message"
    __table_args__ = (
        Index("ix_hook_message_due", "state", "next_try_at"),
        Index(
            "ix_hook_message_next",
            "jurisdiction_id",
            "id",
            postgresql_where=ON_ITS_WAY,
            sqlite_where=ON_ITS_WAY,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), index=True)
    kind: Mapped[HookKind]
    url: Mapped[str]
    secret: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    text: Mapped[str]
    queued_at: Mapped[datetime]
    state: Mapped[MailState] = mapped_column(default=MailState.WAITING)
    attempt_count: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
