"""Who reads of a supervision order the next day."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.reminders.conftest import FindMilestone, Run
from tests.reminders.test_appeals import lines
from tests.supervision.conftest import AT, TODAY, WORDS
from tests.world import city_moment
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders.rules import NoticeKind
from tracker.supervision import actions
from tracker.supervision.models import Order
from tracker.supervision.overdue import OverdueItem

Person = Callable[[str], User]


@pytest.fixture
def order(session: Session, milestone: FindMilestone, person: Person) -> Order:
    """On Friday 2024-03-22 the office gives 芒康县 an order."""
    campaign, office = session.scalars(select(Campaign)).one(), person("office")
    row = milestone("11-2", "芒康县")
    items = [OverdueItem("11-2", TODAY, 1, milestone_id=row.id)]
    order = actions.draft(session, campaign, row.unit, WORDS, items, by=office, at=AT, today=TODAY)
    actions.issue(session, order, by=office, at=AT)
    return order


def test_the_unit_reads_what_to_do_and_the_office_what_to_check(
    run: Run,
    session: Session,
    order: Order,
    person: Person,
) -> None:
    told = lines(run("2024-03-25T09:00"), NoticeKind.ORDER)
    text = "昌食安办督〔2024〕1号 已交办，请签收办理，办结时限 2024-03-29：芒康县逾期事项"
    assert told == {"mangkang": [text], "mangkang-head": [text]}
    assert lines(run("2024-03-26T09:00"), NoticeKind.ORDER) == {}
    at = city_moment("2024-03-26T15:00")
    actions.acknowledge(session, order, by=person("office"), at=at)
    actions.reply(session, order, "来电：已经补报", [], by=person("office"), at=at)
    told = lines(run("2024-03-27T09:00"), NoticeKind.ORDER)
    assert told == {"office-admin": ["昌食安办督〔2024〕1号 芒康县已反馈，请核查：来电：已经补报"]}
    actions.send_back(session, order, "请附台账", by=person("office-admin"), at=at.replace(day=27))
    told = lines(run("2024-03-28T09:00"), NoticeKind.ORDER)
    assert set(told) == {"mangkang", "mangkang-head"}
    assert "已退办，办结时限 2024-03-29：请附台账" in told["mangkang"][0]
