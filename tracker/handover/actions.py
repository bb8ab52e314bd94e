"""Stopping an account and handing over what lay with the person, in one transaction."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.assignments.actions import record_hand_to
from tracker.assignments.rules import Step
from tracker.errors import Refused
from tracker.events.actions import record
from tracker.handover.queries import burden_of, open_shares
from tracker.handover.rules import refuse_handover
from tracker.outbox.actions import readdress
from tracker.people import actions as people
from tracker.people.models import User
from tracker.people.rules import reason_not_to_enter


@dataclass(frozen=True)
class HandedOver:
    """What went to the successor."""

    share_count: int
    mail_count: int


def disable(
    session: Session,
    user: User,
    successor: User | None,
    *,
    is_vacant: bool,
    by: User | None,
    at: datetime,
    today: date,
) -> HandedOver:
    """停用: the successor works on the person's tasks from now on and gets the mails that have not gone;
    without one the tasks are all liaisons' again. Nothing is sent to the old one any more.

    Args:
        is_vacant: there is no successor yet, and somebody said so.

    Raises:
        Refused: a successor is needed, or is not one; or the account may not be stopped.
    """
    burden = burden_of(session, user, today)
    if reason := refuse_handover(user, successor, burden, is_vacant=is_vacant) or _left(successor, today):
        raise Refused(reason)
    people.disable(session, user, by=by, at=at)
    shares = open_shares(session, user)
    for share in shares:
        share.handler = successor
        session.flush()
        record_hand_to(session, share, Step.HAND_OVER, user, by=by, at=at)
    mail_count = readdress(session, user, successor) if successor else 0
    if shares or mail_count or burden.is_last:
        after = {
            "successor": successor.username if successor else None,
            "shares": [share.task.code for share in shares],
            "mail_count": mail_count,
        }
        record(session, "user", user.id, "hand_over", by=by, at=at, after=after)
    return HandedOver(len(shares) if successor else 0, mail_count)


def _left(person: User | None, today: date) -> str | None:
    if person is None:
        return None
    return reason_not_to_enter(is_active=person.is_active, valid_until=person.valid_until, today=today)
