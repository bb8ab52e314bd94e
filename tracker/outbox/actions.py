"""Queueing a mail, claiming it, saying what came of it, having it sent again or to somebody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from tracker.db import insert_missing
from tracker.errors import enforce
from tracker.events.actions import record
from tracker.outbox.claims import is_lost, next_due, settle
from tracker.outbox.mails import Mail
from tracker.outbox.models import OutboxMessage
from tracker.outbox.rules import MailState, next_try, refuse_resend
from tracker.people.models import User
from tracker.people.rules import reason_not_to_enter
from tracker.units.models import Jurisdiction


def queue(
    session: Session,
    key: str,
    mail: Mail,
    *,
    user_id: int,
    address: str,
    jurisdiction_id: int,
    at: datetime,
) -> OutboxMessage:
    """Put a mail into the outbox, in the transaction of what it tells.

    Raises:
        IntegrityError: a mail of this key is there already.
    """
    message = OutboxMessage(**_row(Draft(key, mail, user_id, address, jurisdiction_id), at))
    session.add(message)
    session.flush()
    return message


@dataclass(frozen=True)
class Draft:
    """A mail before it is queued: its key, and to whom it goes."""

    key: str
    mail: Mail
    user_id: int
    address: str
    jurisdiction_id: int


def queue_missing(session: Session, drafts: Sequence[Draft], *, at: datetime) -> dict[str, int]:
    """Put many mails into the outbox at once, but those whose key is there already; returns the ids of
    the new ones by their key."""
    if not drafts:
        return {}
    statement = insert_missing(session, OutboxMessage, "key").returning(OutboxMessage.key, OutboxMessage.id)
    return {row.key: row.id for row in session.execute(statement, [_row(one, at) for one in drafts])}


def expire(session: Session, *, at: datetime) -> None:
    """Give up the mails that did not go on the day that they speak of; what is still true is told anew.

    A mail that a person has sent again goes all the same.
    """
    for city in session.scalars(select(Jurisdiction)):
        zone = city.zone
        midnight = datetime.combine(at.astimezone(zone).date(), time(0), zone)
        session.execute(
            update(OutboxMessage)
            .where(
                OutboxMessage.jurisdiction_id == city.id,
                or_(OutboxMessage.state == MailState.WAITING, is_lost(OutboxMessage, at)),
                OutboxMessage.queued_at < midnight,
                OutboxMessage.resend_count == 0,
            )
            .values(state=MailState.EXPIRED, next_try_at=None, claimed_at=None)
        )


def claim(session: Session, cities: Mapping[int, date], *, at: datetime) -> OutboxMessage | None:
    """Take the next mail that may go, so that nobody else sends it; to be committed before sending.

    Only the mail of `cities` goes, those of `queries.open_cities`, and to nobody who has left. A claim
    that is older than the lease was lost with its process, and is taken over.
    """
    while (message := next_due(session, OutboxMessage, cities, at)) is not None:
        user, today = message.user, cities[message.jurisdiction_id]
        left = reason_not_to_enter(is_active=user.is_active, valid_until=user.valid_until, today=today)
        if left is None:
            message.state = MailState.SENDING
            message.claimed_at = at
            message.attempt_count += 1
            session.flush()
            return message
        message.state = MailState.EXPIRED
        message.answer = f"没有发送：{left}"
        message.next_try_at = message.claimed_at = None
        session.flush()
    return None


def mark_sent(session: Session, message: OutboxMessage, answer: str, *, at: datetime) -> None:
    """The mail server took it; its answer is kept."""
    settle(session, message, state=MailState.SENT, answer=answer, sent_at=at, next_try_at=None)


def mark_failed(
    session: Session, message: OutboxMessage, answer: str, *, at: datetime, is_down: bool = False
) -> None:
    """The mail server did not take it, or `is_down`: wait for the next try, or give up after the last."""
    again_at = next_try(message.attempt_count, at, is_down=is_down)
    state = MailState.WAITING if again_at else MailState.FAILED
    settle(session, message, state=state, answer=answer, next_try_at=again_at)


def resend(session: Session, message: OutboxMessage, *, by: User, at: datetime) -> None:
    """重发: have a mail sent again, to the address that the person has now.

    Raises:
        Refused: it is on its way or out of date, or the person has no address or no account any more.
    """
    address = message.user.email
    enforce(refuse_resend(message.state, address, is_active=message.user.is_active))
    before = {"state": message.state.value, "to_address": message.to_address}
    message.state = MailState.WAITING
    message.to_address = address
    message.resend_count += 1
    message.attempt_count = 0
    message.next_try_at = message.claimed_at = message.sent_at = None
    after = {"state": message.state.value, "to_address": address}
    record(session, "outbox_message", message.id, "resend", by=by, at=at, before=before, after=after)
    session.flush()


def readdress(session: Session, leaver: User, successor: User) -> int:
    """Send what still waits for somebody who leaves to the successor instead; returns how many mails."""
    waiting = (
        select(OutboxMessage)
        .where(OutboxMessage.user_id == leaver.id, OutboxMessage.state == MailState.WAITING)
        .with_for_update()
    )
    messages = session.scalars(waiting).all()
    for message in messages:
        message.user_id, message.to_address = successor.id, successor.email
        message.state = MailState.WAITING if successor.email else MailState.NO_ADDRESS
        message.attempt_count, message.next_try_at = 0, None
    session.flush()
    return len(messages)


def _row(draft: Draft, at: datetime) -> dict[str, object]:
    return {
        "key": draft.key,
        "jurisdiction_id": draft.jurisdiction_id,
        "user_id": draft.user_id,
        "to_address": draft.address,
        "subject": draft.mail.subject,
        "body_text": draft.mail.text,
        "body_html": draft.mail.html,
        "queued_at": at,
        "state": MailState.WAITING if draft.address else MailState.NO_ADDRESS,
    }
