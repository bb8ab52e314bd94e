"""A reform: 市农业农村局, which has tasks, groups and people, joins 市林草局."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import city_moment
from tracker.merging.actions import merge
from tracker.merging.queries import Outlook, outlook_of
from tracker.milestones.rules import Day
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.units.models import Unit
from tracker.workdays.queries import calendar_of

Person = Callable[[str], User]
UnitOf = Callable[[str], Unit]
AT = city_moment("2024-03-22T10:00")


@dataclass
class Reform:
    """Two units that become one."""

    session: Session
    unit: Unit
    other: Unit
    by: User
    day: Day

    def outlook(self) -> Outlook:
        """What it would do."""
        self.session.flush()
        return outlook_of(self.session, self.unit, self.other, self.day)

    def carry_out(self) -> Outlook:
        """Merge them."""
        seen = self.outlook().mark
        done = merge(self.session, self.unit, self.other, by=self.by, at=AT, day=self.day, seen=seen)
        self.session.expire_all()
        return done


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return session.scalars(select(Campaign)).one()


@pytest.fixture
def unit(session: Session) -> UnitOf:
    """Finds a unit by its short name."""
    return lambda short: session.scalars(select(Unit).where(Unit.short == short)).one()


@pytest.fixture
def reform(session: Session, campaign: Campaign, unit: UnitOf, person: Person) -> Reform:
    day = Day(AT.date(), calendar_of(session, campaign.jurisdiction_id))
    return Reform(session, unit("市农业农村局"), unit("市林草局"), person("admin"), day)
