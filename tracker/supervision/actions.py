"""What the office orders, what the unit does about it, and what the office says to that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.errors import Refused, check_version, enforce
from tracker.events.actions import record
from tracker.evidence.actions import hand_in
from tracker.evidence.models import Evidence
from tracker.evidence.rules import EvidenceState
from tracker.numbering.actions import number
from tracker.numbering.rules import Series
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.supervision.models import Order, OrderExtension, OrderItem, OrderReply
from tracker.supervision.overdue import OverdueItem
from tracker.supervision.rules import (
    TRANSITIONS,
    OrderState,
    Step,
    Urgency,
    Verdict,
    refuse_answer_extension,
    refuse_ask_extension,
    refuse_check,
    refuse_new_day,
    refuse_step,
)
from tracker.units.models import Unit


@dataclass(frozen=True)
class Words:
    """What the office writes in an order."""

    title: str
    source: str
    requirement: str
    urgency: Urgency
    signer: str
    due_on: date
    supporters: Sequence[Unit] = ()


def draft(
    session: Session,
    campaign: Campaign,
    unit: Unit,
    words: Words,
    items: Sequence[OverdueItem],
    *,
    by: User,
    at: datetime,
    today: date,
) -> Order:
    """起草 an order about overdue items of a unit.

    Raises:
        Refused: `by` may not, nothing was chosen, or the day is past.
    """
    order = Order(
        campaign_id=campaign.id, campaign=campaign, unit_id=unit.id, unit=unit, state=OrderState.DRAFT,
        drafted_at=at, drafted_by_id=by.id, changed_at=at,
    )  # fmt: skip
    enforce(refuse_step(order, Step.EDIT, by) if by.role.is_office else "只有市食安办可以起草督办单")
    _write(order, words, items, today=today)
    session.add(order)
    session.flush()
    _record(session, order, Step.DRAFT, by=by, at=at, note=order.title)
    return order


def edit(
    session: Session,
    order: Order,
    words: Words,
    items: Sequence[OverdueItem],
    *,
    by: User,
    at: datetime,
    today: date,
    version: int | None = None,
) -> None:
    """修改 a draft.

    Raises:
        Refused: as for `draft`, or it was issued. Stale: somebody changed it.
    """
    _check(order, Step.EDIT, by, version)
    order.items.clear()
    session.flush()
    _write(order, words, items, today=today)
    session.flush()
    _record(session, order, Step.EDIT, by=by, at=at, note=order.title)


def discard(session: Session, order: Order, *, by: User, at: datetime, version: int | None = None) -> None:
    """删除 a draft; it has no number yet, so none is missing.

    Raises:
        Refused: it was issued. Stale: somebody changed it.
    """
    _check(order, Step.DISCARD, by, version)
    _record(session, order, Step.DISCARD, by=by, at=at, note=order.title)
    session.delete(order)
    session.flush()


def issue(session: Session, order: Order, *, by: User, at: datetime, version: int | None = None) -> None:
    """交办: the order gets its number and goes to the unit.

    Raises:
        Refused: the rules do not allow it. Stale: somebody changed it.
    """
    _check(order, Step.ISSUE, by, version)
    today = at.astimezone(order.campaign.jurisdiction.zone).date()
    if order.due_on < today:
        raise Refused(f"办结时限 {order.due_on} 已过，请先修改")
    number(session, order, Series.ORDER, at=at)
    order.issued_at, order.issued_by_id = at, by.id
    _move(session, order, Step.ISSUE, by=by, at=at)


def acknowledge(
    session: Session, order: Order, *, by: User, at: datetime, version: int | None = None
) -> None:
    """签收.

    Raises:
        Refused: the rules do not allow it. Stale: somebody changed it.
    """
    _check(order, Step.ACKNOWLEDGE, by, version)
    order.acknowledged_at, order.acknowledged_by_id = at, by.id
    _move(session, order, Step.ACKNOWLEDGE, by=by, at=at)


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
    _check(order, Step.REPLY, by, version)
    if any((one.unit_id, one.campaign_id) != (order.unit_id, order.campaign_id) for one in proofs):
        raise Refused("佐证材料须是承办单位的材料")
    for one in proofs:
        if one.state is EvidenceState.DRAFT:
            hand_in(session, one, by=by, at=at, version=None)
    if order.asked is not None:
        order.asked.answer, order.asked.verdict = "已经反馈，不再延期", Verdict.REFUSED
    order.replies.append(OrderReply(text=text, at=at, by_id=by.id, by=by, proofs=list(proofs)))
    _move(session, order, Step.REPLY, by=by, at=at, note=text)


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
    _record(session, order, Step.ASK_EXTENSION, by=by, at=at, note=f"延至 {new_day}：{reason}")


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
    _record(session, order, step, by=by, at=at, note=words)


def _write(order: Order, words: Words, items: Sequence[OverdueItem], *, today: date) -> None:
    if not items:
        raise Refused("请至少选一项逾期事项")
    if words.due_on < today:
        raise Refused("办结时限不能早于今天")
    if words.due_on > order.campaign.ends_on:
        raise Refused(f"办结时限不能晚于创建结束日 {order.campaign.ends_on}")
    order.title, order.source, order.requirement = words.title, words.source, words.requirement
    order.urgency, order.signer = words.urgency, words.signer
    order.planned_on = order.due_on = words.due_on
    order.supporters = [unit for unit in words.supporters if unit.id != order.unit_id]
    order.items = [
        OrderItem(
            milestone_id=item.milestone_id, period_id=item.period_id, words=item.words, due_on=item.due_on
        )
        for item in items
    ]


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
    _move(session, order, step, by=by, at=at, note=words)


def _check(order: Order, step: Step, by: User, version: int | None) -> None:
    check_version(version, order.version)
    enforce(refuse_step(order, step, by))


def _move(session: Session, order: Order, step: Step, *, by: User, at: datetime, note: str = "") -> None:
    before, after = order.state, TRANSITIONS[step][1]
    order.state, order.changed_at = after or before, at
    session.flush()
    _record(session, order, step, by=by, at=at, before=before, note=note)


def _record(
    session: Session,
    order: Order,
    step: Step,
    *,
    by: User,
    at: datetime,
    before: OrderState | None = None,
    note: str = "",
) -> None:
    record(
        session, "order", order.id, step.value, by=by, at=at,
        before={"state": before.value} if before else {}, after={"state": order.state.value},
        note=note, unit_id=order.unit_id,
    )  # fmt: skip
