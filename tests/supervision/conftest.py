"""Orders in the stories of these tests, on Friday 2024-03-22: 芒康县 has reports and milestones overdue."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import city_moment
from tracker.milestones.rules import Day
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.supervision import actions
from tracker.supervision.actions import Words
from tracker.supervision.models import Order
from tracker.supervision.overdue import OverdueItem, overdue_items
from tracker.supervision.rules import Urgency
from tracker.units.models import Unit
from tracker.workdays.queries import calendar_of

Person = Callable[[str], User]
TODAY, DUE = date(2024, 3, 22), date(2024, 3, 29)
AT = city_moment("2024-03-22T09:00")
WORDS = Words("芒康县逾期事项", "逾期事项", "请抓紧办理。", Urgency.URGENT, "高某某", DUE)


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return session.scalars(select(Campaign)).one()


@pytest.fixture
def unit(session: Session) -> Unit:
    """芒康县."""
    return session.scalars(select(Unit).where(Unit.short == "芒康县")).one()


@pytest.fixture
def items(session: Session, campaign: Campaign, unit: Unit) -> list[OverdueItem]:
    """What 芒康县 has overdue."""
    return overdue_items(session, campaign, unit, Day(TODAY, calendar_of(session, 1)))


@pytest.fixture
def draft(
    session: Session, campaign: Campaign, unit: Unit, items: list[OverdueItem], person: Person
) -> Order:
    """An order about a report and a milestone of these, which the office has not issued yet."""
    chosen = [items[0], next(item for item in items if item.milestone_id)]
    return actions.draft(session, campaign, unit, WORDS, chosen, by=person("office"), at=AT, today=TODAY)


@pytest.fixture
def order(session: Session, draft: Order, person: Person) -> Order:
    """The order, issued."""
    actions.issue(session, draft, by=person("office"), at=AT)
    return draft


@pytest.fixture
def replied(session: Session, order: Order, person: Person) -> Order:
    """The order, to which 芒康县 has replied."""
    liaison = person("mangkang")
    actions.acknowledge(session, order, by=liaison, at=AT)
    actions.reply(session, order, "已经补报", [], by=liaison, at=AT)
    return order
