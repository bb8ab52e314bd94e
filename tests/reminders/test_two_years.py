"""Every day from August 2023 to August 2025: exactly the mails of the table are sent."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.databases import RolledBackDatabase, Stock
from tests.reminders.two_years.story import FIRST, LAST, Story, cut, expected
from tests.world import MovableClock
from tracker.outbox.models import OutboxMessage
from tracker.outbox.rules import MailState
from tracker.plan.models import Campaign


@pytest.fixture
def stock(stocks: Callable[[str], Stock]) -> Stock:
    """One kind of database is enough: the queries have their tests on both, and this takes ten seconds."""
    return stocks("sqlite")


@pytest.fixture
def campaign(session: Session) -> Campaign:
    """The campaign from its first day on, cut to a few units."""
    found = session.scalars(select(Campaign)).one()
    cut(session, found)
    return found


def test_two_years_send_the_mails_of_the_table(
    session: Session, database: RolledBackDatabase, campaign: Campaign, clock: MovableClock
) -> None:
    story = Story(session, database, campaign, clock)
    story.play()
    assert sorted(story.told) == expected()
    assert all(FIRST <= mail.day <= LAST for mail in story.told)
    by_state = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    assert dict(session.execute(by_state).all()) == {MailState.SENT: len(story.told)}
