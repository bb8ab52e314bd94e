"""What is told of supervision orders: to the unit what it has to do, to the office what it has to check."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.plan.models import Campaign
from tracker.reminders.items import Item, Recipient
from tracker.reminders.rules import NoticeKind, quoted
from tracker.supervision.models import Order
from tracker.supervision.queries import waiting_orders
from tracker.supervision.rules import OrderState


def order_lines(
    session: Session, campaign: Campaign, people: Sequence[Recipient]
) -> Iterator[tuple[Recipient, Item]]:
    """Every line with each person who is to read it, told before or not. Who replied or asked in a unit's
    name cannot answer, and is not asked to."""
    for order in waiting_orders(session, campaign):
        if order.state in (OrderState.ISSUED, OrderState.RETURNED):
            item = _item(order, order.changed_at, _to_do(order))
            yield from ((one, item) for one in people if one.unit_id == order.unit_id)
        if order.state is OrderState.REPLIED and order.reply:
            text, by = f"{order.unit.short}已反馈，请核查：{quoted(order.reply.text)}", order.reply.by_id
            yield from _to_office(people, _item(order, order.reply.at, f"{order.name} {text}"), by)
        if order.asked:
            text = f"{order.unit.short}申请延期至 {order.asked.new_due_on}：{quoted(order.asked.reason)}"
            item = _item(order, order.asked.at, f"{order.name} {text}")
            yield from _to_office(people, item, order.asked.by_id)


def _to_office(people: Sequence[Recipient], item: Item, by_id: int) -> Iterator[tuple[Recipient, Item]]:
    return ((one, item) for one in people if one.role.is_office and one.id != by_id)


def _to_do(order: Order) -> str:
    until = f"办结时限 {order.due_on}"
    if order.state is OrderState.RETURNED:
        reason = quoted(order.reply.answer) if order.reply else ""
        return f"{order.name} 已退办，{until}：{reason}"
    return f"{order.name} 已交办，请签收办理，{until}：{quoted(order.title)}"


def _item(order: Order, at: datetime, text: str) -> Item:
    zone = order.campaign.jurisdiction.zone
    return Item(
        kind=NoticeKind.ORDER,
        object_id=order.id,
        late_from=at.astimezone(zone).date(),
        rung=0,
        campaign_id=order.campaign_id,
        name=order.name,
        text=text,
        path=f"/orders/{order.id}",
    )
