"""The unit asks for a later day, and the office answers."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.errors import Refused, check_version, enforce
from tracker.people.models import User
from tracker.supervision.actions.recording import record_step
from tracker.supervision.models import Order, OrderExtension
from tracker.supervision.rules import (
    Step,
    Verdict,
    refuse_answer_extension,
    refuse_ask_extension,
    refuse_new_day,
)


def ask_extension(
    session: Session,
    order: Order,
    new_day: date,
    reason: str,
    *,
    by: User,
    at: datetime,
    today: date,
    version: int | None = None,
) -> None:
    """申请延期, before the day.

    Raises:
        Refused: the rules do not allow it. Stale: somebody changed it.
    """
    check_version(version, order.version)
    enforce(refuse_ask_extension(order, by, today, is_pending=order.asked is not None))
    enforce(refuse_new_day(order, new_day, order.campaign.ends_on))
    order.extensions.append(
        OrderExtension(
            old_due_on=order.due_on,
            new_due_on=new_day,
            reason=reason,
            at=at,
            by_id=by.id,
            by=by,
            verdict=Verdict.PENDING,
        )
    )
    session.flush()
    record_step(session, order, Step.ASK_EXTENSION, by=by, at=at, note=f"延至 {new_day}：{reason}")


def answer_extension(
    session: Session,
    order: Order,
    verdict: Verdict,
    words: str,
    *,
    by: User,
    at: datetime,
    version: int | None = None,
) -> None:
    """答复: an extension that is granted moves the day at once.

    Raises:
        Refused: nothing was asked, no reason to refuse, or the rules do not allow it. Stale: somebody
            changed it.
    """
    check_version(version, order.version)
    asked = order.asked
    if asked is None:
        raise Refused("没有待答复的延期申请")
    step = Step.GRANT_EXTENSION if verdict is Verdict.GRANTED else Step.REFUSE_EXTENSION
    enforce(refuse_answer_extension(order, step, by, asked_by_id=asked.by_id))
    if verdict is Verdict.GRANTED:
        enforce(refuse_new_day(order, asked.new_due_on, order.campaign.ends_on))
        order.due_on = asked.new_due_on
    elif not words.strip():
        raise Refused("不同意须写明原因")
    asked.verdict, asked.answer, asked.answered_at, asked.answered_by_id = verdict, words, at, by.id
    session.flush()
    record_step(session, order, step, by=by, at=at, note=words)
