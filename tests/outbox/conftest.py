"""Mails in the outbox, a mail server, and a sender that needs none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.outbox.mailroom import Mailroom, open_mailroom
from tests.world import MovableClock
from tracker.outbox.actions import queue
from tracker.outbox.mails import Mail
from tracker.outbox.models import OutboxMessage
from tracker.people.models import User

Queue = Callable[..., OutboxMessage]


@dataclass
class FakeSender:
    """Takes every mail, or fails with the troubles given."""

    troubles: list[Exception] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)

    def __call__(self, mail: EmailMessage) -> str:
        if self.troubles:
            raise self.troubles.pop(0)
        self.mails.append(mail)
        return "250 taken"


@pytest.fixture
def mailroom() -> Iterator[Mailroom]:
    with open_mailroom() as room:
        yield room


@pytest.fixture
def sender() -> FakeSender:
    return FakeSender()


@pytest.fixture
def queued(session: Session, clock: MovableClock) -> Queue:
    """Queues a mail to somebody of the world."""

    def add(key: str, username: str = "mangkang", *, address: str | None = None) -> OutboxMessage:
        return queue_mail(session, clock, key, username, address)

    return add


def queue_mail(
    session: Session, clock: MovableClock, key: str, username: str, address: str | None = None
) -> OutboxMessage:
    """Put a mail to `username` into the outbox and commit it."""
    user = session.scalars(select(User).where(User.username == username)).one()
    message = queue(
        session,
        key,
        Mail(f"【测试】{key}", f"正文 {key}\nhttps://tracker.example.test/tasks/1\n", f"<p>正文 {key}</p>"),
        user_id=user.id,
        address=user.email if address is None else address,
        jurisdiction_id=user.unit.jurisdiction_id,
        at=clock.now(),
    )
    session.commit()
    return message
