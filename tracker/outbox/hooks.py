"""Queueing a message to the robot of a chat group, claiming it, having it said, keeping what came of it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.outbox.claims import next_due, settle
from tracker.outbox.models import HookMessage
from tracker.outbox.rules import HookKind, MailState, hook_body, next_try, signed_url
from tracker.outbox.webhook import NotPostedError, Poster


@dataclass(frozen=True)
class Post:
    """What a robot is to say, and where; `secret` signs it."""

    kind: HookKind
    url: str = field(repr=False)
    title: str
    text: str
    secret: str = field(default="", repr=False)


def queue_post(session: Session, key: str, post: Post, *, jurisdiction_id: int, at: datetime) -> HookMessage:
    """Put a message into the outbox, in the transaction of what it tells.

    Raises:
        IntegrityError: a message of this key is there already.
    """
    message = HookMessage(
        key=key, jurisdiction_id=jurisdiction_id, kind=post.kind, url=post.url, title=post.title,
        text=post.text, secret=post.secret, queued_at=at,
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


def post_of(message: HookMessage) -> Post:
    """What is to be said, once more."""
    return Post(message.kind, message.url, message.title, message.text, message.secret)


def say(poster: Poster, post: Post, *, at: datetime) -> str:
    """Have the robot say it now; returns its answer. Whatever goes wrong is the message's trouble, as with
    a mail.

    Raises:
        NotPostedError: it was not taken.
    """
    try:
        return poster(signed_url(post.url, post.secret, at), hook_body(post.kind, post.title, post.text))
    except NotPostedError:
        raise
    except Exception as error:
        raise NotPostedError(f"程序出错：{type(error).__name__} {error}".strip()) from error


def mark_posted(session: Session, message: HookMessage, answer: str, *, at: datetime) -> None:
    """The robot took it; its answer is kept."""
    settle(session, message, state=MailState.SENT, answer=answer, sent_at=at, next_try_at=None)


def mark_unposted(session: Session, message: HookMessage, answer: str, *, at: datetime) -> None:
    """The robot did not take it: wait for the next try, or give up after the last, seven hours later."""
    again_at = next_try(message.attempt_count, at)
    state = MailState.WAITING if again_at else MailState.FAILED
    settle(session, message, state=state, answer=answer, next_try_at=again_at)
