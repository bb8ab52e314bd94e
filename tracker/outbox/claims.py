"""Claimed rows: how mails, and messages to robots, are taken by one process at a time."""

from collections.abc import Collection
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from tracker.outbox.models import ON_ITS_WAY, HookMessage, OutboxMessage
from tracker.outbox.rules import LEASE, MailState

Message = TypeVar("Message", OutboxMessage, HookMessage)


def next_due(
    session: Session, table: type[Message], city_ids: Collection[int], at: datetime
) -> Message | None:
    """The first message of these cities that waits for nothing any more, locked."""
    is_due = and_(table.state == MailState.WAITING, or_(table.next_try_at.is_(None), table.next_try_at <= at))
    return session.scalar(
        select(table)
        .where(ON_ITS_WAY, or_(is_due, is_lost(table, at)), table.jurisdiction_id.in_(city_ids))
        .order_by(table.id)
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite has one writer at a time and needs no such word
    )


def is_lost(table: type[Message], at: datetime) -> ColumnElement[bool]:
    """Whether a claim is older than its lease."""
    return and_(table.state == MailState.SENDING, table.claimed_at <= at - LEASE)


def settle(session: Session, message: Message, **values: object) -> None:
    """Write the outcome, unless the claim was lost and somebody else holds the message now."""
    table = type(message)
    session.execute(
        update(table)
        .where(
            table.id == message.id,
            table.state == MailState.SENDING,
            table.claimed_at == message.claimed_at,
            table.attempt_count == message.attempt_count,
        )
        .values(**values, claimed_at=None)
        .execution_options(synchronize_session=False)
    )
