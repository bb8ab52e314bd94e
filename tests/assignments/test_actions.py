"""签收: who takes note of a share of a task, and that it is taken note of once."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import city_moment, find_milestone
from tracker.assignments.actions import acknowledge
from tracker.assignments.models import Assignment
from tracker.assignments.queries import unacknowledged, unacknowledged_count
from tracker.errors import Refused
from tracker.events.models import Event
from tracker.people.models import User
from tracker.plan.models import Campaign

Person = Callable[[str], User]
AT = city_moment("2024-03-22T10:00")


@pytest.fixture
def share(session: Session) -> Assignment:
    """11-1 of 市农业农村局."""
    return find_milestone(session, "11-1", "市农业农村局").assignment


def test_an_acknowledgement_is_recorded_with_who_and_when(
    session: Session, share: Assignment, person: Person
) -> None:
    acknowledge(session, share, by=person("nongye"), at=AT)
    assert (share.acknowledged_at, share.acknowledged_by_id) == (AT, person("nongye").id)
    event = session.scalars(select(Event).where(Event.subject == "assignment")).one()
    assert (event.verb, event.subject_id) == ("acknowledge", share.id)
    assert (event.task_id, event.unit_id) == (share.task_id, share.unit_id)


def test_it_is_acknowledged_once(session: Session, share: Assignment, person: Person) -> None:
    acknowledge(session, share, by=person("nongye"), at=AT)
    with pytest.raises(Refused, match="已经签收过了"):
        acknowledge(session, share, by=person("office"), at=AT)


@pytest.mark.parametrize("name", ["nongye-head", "mangkang", "leader"])
def test_others_do_not_acknowledge(session: Session, share: Assignment, person: Person, name: str) -> None:
    with pytest.raises(Refused, match="只有本单位联络员"):
        acknowledge(session, share, by=person(name), at=AT)


def test_what_was_left_waits_for_nobody(session: Session, share: Assignment, person: Person) -> None:
    campaign = session.scalars(select(Campaign)).one()
    before = len(unacknowledged(session, campaign, share.unit_id))
    share.left_on = AT.date()
    with pytest.raises(Refused, match="已退出"):
        acknowledge(session, share, by=person("office"), at=AT)
    waiting = unacknowledged(session, campaign, share.unit_id)
    assert share not in waiting
    count = session.scalar(select(unacknowledged_count(campaign.id, share.unit_id)))
    assert count == len(waiting) == before - 1
