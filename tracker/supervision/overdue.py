"""What a unit has overdue today: milestones and reports, from which an order is made."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.milestones.queries import Filter, milestones_of
from tracker.milestones.rules import Day, Light
from tracker.plan.models import Campaign
from tracker.reports.overview import own_months
from tracker.reports.queries import reporting_unit, terms_of
from tracker.reports.rules import Shown
from tracker.supervision.models import Order, OrderItem
from tracker.supervision.rules import OrderState
from tracker.units.models import Unit


@dataclass(frozen=True)
class OverdueItem:
    """逾期事项: an overdue milestone or a missing report; `key` names it in a form, `order` is the order
    that is about it already."""

    words: str
    due_on: date
    late_days: int
    milestone_id: int | None = None
    period_id: int | None = None
    order: str = ""

    @property
    def key(self) -> str:
        return f"m{self.milestone_id}" if self.milestone_id else f"r{self.period_id}"


def overdue_items(session: Session, campaign: Campaign, unit: Unit, day: Day) -> list[OverdueItem]:
    """All that the unit has overdue, the oldest first; late days are working days."""
    milestones = [
        OverdueItem(
            f"{one.task.code} {one.task.told()}（{one.deadline.label}）",
            one.due_on, _late_days(one.due_on, day), milestone_id=one.id,
        )
        for one in milestones_of(session, campaign, Filter(unit_id=unit.id, light=Light.LATE), day)
    ]  # fmt: skip
    found = [*_missing_reports(session, campaign, unit, day), *milestones]
    orders = _orders_about(session, campaign, unit)
    named = [
        OverdueItem(
            item.words, item.due_on, item.late_days, item.milestone_id, item.period_id,
            orders.get((item.milestone_id, item.period_id), ""),
        )
        for item in found
    ]  # fmt: skip
    return sorted(named, key=lambda item: (item.due_on, item.words))


def chosen_items(items: Collection[OverdueItem], keys: Collection[str]) -> list[OverdueItem]:
    """The items that a form named; what is no longer overdue is left out."""
    return [item for item in items if item.key in keys]


def _missing_reports(session: Session, campaign: Campaign, unit: Unit, day: Day) -> list[OverdueItem]:
    if reporting_unit(session, campaign, unit.id) is None:
        return []
    months = own_months(session, campaign, unit, terms_of(campaign, day))
    return [
        OverdueItem(
            f"{month.period.month.year}年{month.period.month.month}月月报未报",
            month.period.due_on, _late_days(month.period.due_on, day), period_id=month.period.id,
        )
        for month in months
        if month.status.shown is Shown.MISSING
    ]  # fmt: skip


def _late_days(due_on: date, day: Day) -> int:
    return day.calendar.working_days_between(due_on, day.today)


def _orders_about(
    session: Session, campaign: Campaign, unit: Unit
) -> dict[tuple[int | None, int | None], str]:
    """Orders that are not closed, by what they are about."""
    rows = session.execute(
        select(OrderItem.milestone_id, OrderItem.period_id, Order.reference)
        .join(Order, Order.id == OrderItem.order_id)
        .where(Order.campaign_id == campaign.id, Order.unit_id == unit.id, Order.state != OrderState.CLOSED)
        .order_by(Order.id)
    )
    return {(row[0], row[1]): row[2] or "草稿" for row in rows}
