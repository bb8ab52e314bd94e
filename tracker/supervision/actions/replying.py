"""The unit takes note of an order and replies; the office closes it or returns the reply."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.errors import Refused, check_version, enforce
from tracker.evidence.actions import hand_in
from tracker.evidence.models import Evidence
from tracker.evidence.rules import EvidenceState
from tracker.people.models import User
from tracker.supervision.actions.recording import check, move
from tracker.supervision.models import Order, OrderReply
from tracker.supervision.rules import Step, Verdict, refuse_check


def acknowledge(
    session: Session, order: Order, *, by: User, at: datetime, version: int | None = None
) -> None:
    """签收.

    Raises:
        Refused: the rules do not allow it. Stale: somebody changed it.
    """
    check(order, Step.ACKNOWLEDGE, by, version)
    order.acknowledged_at, order.acknowledged_by_id = at, by.id
    move(session, order, Step.ACKNOWLEDGE, by=by, at=at)


def reply(
    session: Session,
    order: Order,
    text: str,
    proofs: Sequence[Evidence],
    *,
    by: User,
    at: datetime,
    version: int | None = None,
) -> None:
    """反馈 what was done; the unit's drafts among the proofs are handed in with it. An extension that
    still waits is no longer asked for.

    Raises:
        Refused: the rules do not allow it, or a proof is another unit's. Stale: somebody changed it.
    """
    check(order, Step.REPLY, by, version)
    if any((one.unit_id, one.campaign_id) != (order.unit_id, order.campaign_id) for one in proofs):
        raise Refused("佐证材料须是承办单位的材料")
    for one in proofs:
        if one.state is EvidenceState.DRAFT:
            hand_in(session, one, by=by, at=at, version=None)
    if order.asked is not None:
        order.asked.answer, order.asked.verdict = "已经反馈，不再延期", Verdict.REFUSED
    order.replies.append(OrderReply(text=text, at=at, by_id=by.id, by=by, proofs=list(proofs)))
    move(session, order, Step.REPLY, by=by, at=at, note=text)


def close(
    session: Session, order: Order, words: str, *, by: User, at: datetime, version: int | None = None
) -> None:
    """办结, by somebody else than who replied.

    Raises:
        Refused: the rules do not allow it. Stale: somebody changed it.
    """
    _answer_reply(session, order, Step.CLOSE, Verdict.GRANTED, words, by=by, at=at, version=version)
    order.closed_at = at
    session.flush()


def send_back(
    session: Session, order: Order, reason: str, *, by: User, at: datetime, version: int | None = None
) -> None:
    """退办 with a reason; it is counted.

    Raises:
        Refused: no reason, or the rules do not allow it. Stale: somebody changed it.
    """
    if not reason.strip():
        raise Refused("退办须写明原因")
    _answer_reply(session, order, Step.RETURN, Verdict.REFUSED, reason, by=by, at=at, version=version)
    order.return_count += 1
    session.flush()


def _answer_reply(
    session: Session,
    order: Order,
    step: Step,
    verdict: Verdict,
    words: str,
    *,
    by: User,
    at: datetime,
    version: int | None,
) -> None:
    check_version(version, order.version)
    found = order.reply
    enforce(refuse_check(order, step, by, replied_by_id=found.by_id if found else None))
    if found is not None:
        found.verdict, found.answer, found.answered_at, found.answered_by_id = verdict, words, at, by.id
    move(session, order, step, by=by, at=at, note=words)
