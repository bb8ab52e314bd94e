"""Queueing a message to the robot of a chat group, claiming it, saying what came of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.outbox.claims import next_due, settle
from tracker.outbox.models import HookMessage
from tracker.outbox.rules import HookKind, MailState, next_try


@dataclass(frozen=True)
class Post:
    """What a robot is to say, and where."""

    kind: HookKind
    url: str
    title: str
    text: str


def queue_post(session: Session, key: str, post: Post, *, jurisdiction_id: int, at: datetime) -> HookMessage:
    """Put a message into the outbox, in the transaction of what it tells.

    Raises:
        IntegrityError: a message of this key is there already.
    """
    message = HookMessage(
        key=key, jurisdiction_id=jurisdiction_id, kind=post.kind, url=post.url, title=post.title,
        text=post.text, queued_at=at,
    )  # fmt: skip
    session.add(message)
    session.flush()
    return message


def claim_post(session: Session, city_ids: Collection[int], *, at: datetime) -> HookMessage | None:
    """Take the next message that may go, so that nobody else sends it; to be committed before sending."""
    message = next_due(session, HookMessage, city_ids, at)
    if message is not None:
        message.state, message.claimed_at = MailState.SENDING, at
        message.attempt_count += 1
        session.flush()
    return message


def mark_posted(session: Session, message: HookMessage, answer: str, *, at: datetime) -> None:
    """The robot took it; its answer is kept."""
    settle(session, message, state=MailState.SENT, answer=answer, sent_at=at, next_try_at=None)


def mark_unposted(session: Session, message: HookMessage, answer: str, *, at: datetime) -> None:
    """The robot did not take it: wait for the next try, or give up after the last, seven hours later."""
    again_at = next_try(message.attempt_count, at)
    state = MailState.WAITING if again_at else MailState.FAILED
    settle(session, message, state=state, answer=answer, next_try_at=again_at)
