"""The office drafts an order, changes or discards it, and issues it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.errors import Refused, enforce
from tracker.numbering.actions import number
from tracker.numbering.rules import Series
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.supervision.actions.recording import check, move, record_step
from tracker.supervision.models import Order, OrderItem
from tracker.supervision.overdue import OverdueItem
from tracker.supervision.rules import OrderState, Step, Urgency, refuse_step
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
    record_step(session, order, Step.DRAFT, by=by, at=at, note=order.title)
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
    check(order, Step.EDIT, by, version)
    order.items.clear()
    session.flush()
    _write(order, words, items, today=today)
    session.flush()
    record_step(session, order, Step.EDIT, by=by, at=at, note=order.title)


def discard(session: Session, order: Order, *, by: User, at: datetime, version: int | None = None) -> None:
    """删除 a draft; it has no number yet, so none is missing.

    Raises:
        Refused: it was issued. Stale: somebody changed it.
    """
    check(order, Step.DISCARD, by, version)
    record_step(session, order, Step.DISCARD, by=by, at=at, note=order.title)
    session.delete(order)
    session.flush()


def issue(session: Session, order: Order, *, by: User, at: datetime, version: int | None = None) -> None:
    """交办: the order gets its number and goes to the unit.

    Raises:
        Refused: the rules do not allow it. Stale: somebody changed it.
    """
    check(order, Step.ISSUE, by, version)
    today = at.astimezone(order.campaign.jurisdiction.zone).date()
    if order.due_on < today:
        raise Refused(f"办结时限 {order.due_on} 已过，请先修改")
    number(session, order, Series.ORDER, at=at)
    order.issued_at, order.issued_by_id = at, by.id
    move(session, order, Step.ISSUE, by=by, at=at)


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
