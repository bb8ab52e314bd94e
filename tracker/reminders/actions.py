"""Telling a person: the mail into the outbox and its lines into the ledger, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.outbox.actions import queue
from tracker.outbox.mails import Mail
from tracker.outbox.queries import is_queued
from tracker.reminders.items import Due
from tracker.reminders.models import Notice
from tracker.reminders.queries.ledger import went_stale


@dataclass(frozen=True)
class Letter:
    """One person's mail of one day."""

    key: str
    jurisdiction_id: int
    due: Due
    mail: Mail


def tell(session: Session, letter: Letter, *, at: datetime) -> bool:
    """Queue the mail and note what it tells; False when somebody else wrote it meanwhile.

    Raises:
        IntegrityError: something else than the mail's key is in the way.
    """
    recipient = letter.due.recipient
    try:
        with session.begin_nested():
            message = queue(
                session,
                letter.key,
                letter.mail,
                user_id=recipient.id,
                address=recipient.email,
                jurisdiction_id=letter.jurisdiction_id,
                at=at,
            )
    except IntegrityError:
        if not is_queued(session, letter.key):
            raise
        return False
    session.execute(delete(Notice).where(Notice.user_id == recipient.id, went_stale()))
    session.execute(insert(Notice), _rows(letter, message.id, at))
    return True


def _rows(letter: Letter, message_id: int, at: datetime) -> list[dict[str, object]]:
    return [
        {
            "campaign_id": item.campaign_id,
            "kind": item.kind,
            "object_id": item.object_id,
            "late_from": item.late_from,
            "rung": item.rung,
            "user_id": letter.due.recipient.id,
            "message_id": message_id,
            "at": at,
            "text": item.text,
            "url": item.path,
        }
        for item in letter.due.all_items
    ]
