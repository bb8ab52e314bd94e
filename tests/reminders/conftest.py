"""Spring 2024 in Changdu with nothing old left open, and a reminder run at any moment."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.databases import RolledBackDatabase
from tests.world import MovableClock, find_milestone
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day, State
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders.actions import Letter
from tracker.reminders.jobs import Round, remind
from tracker.units.models import Unit
from tracker.workdays.queries import calendar_of

BASE = "https://tracker.example.test"
Run = Callable[[str], dict[str, Letter]]
FindMilestone = Callable[..., Milestone]
DayOf = Callable[[str], Day]


@pytest.fixture(autouse=True)
def campaign(session: Session) -> Campaign:
    """The campaign, live since March 2024; everything that was due before is done."""
    found = session.scalars(select(Campaign)).one()
    found.live_on = date(2024, 3, 1)
    found.office_phone = "0895-4820000"
    session.execute(update(Milestone).where(Milestone.due_on < date(2024, 3, 1)).values(state=State.ACCEPTED))
    session.commit()
    return found


@pytest.fixture
def run_round(session: Session, database: RolledBackDatabase, clock: MovableClock) -> Callable[[str], Round]:
    """Runs the reminder job at a city time; tells what it told."""

    def run(moment: str) -> Round:
        session.commit()
        clock.move_to(moment)
        told = remind(database, clock, base_url=BASE)
        session.expire_all()
        return told

    return run


@pytest.fixture
def run(run_round: Callable[[str], Round]) -> Run:
    """Runs the reminder job at a city time; gives each person's letter by user name."""
    return lambda moment: {letter.due.recipient.username: letter for letter in run_round(moment).letters}


@pytest.fixture
def milestone(session: Session) -> FindMilestone:
    """Finds a milestone by task, unit and deadline."""
    return partial(find_milestone, session)


@pytest.fixture
def day_of(session: Session, campaign: Campaign) -> DayOf:
    """The day written like 2024-03-22, with the city's calendar."""
    calendar = calendar_of(session, campaign.jurisdiction_id)
    return lambda text: Day(date.fromisoformat(text), calendar)


@pytest.fixture
def second_campaign(session: Session, campaign: Campaign) -> Campaign:
    """Another campaign of the same units; every second of the milestones of 芒康县 belongs to it."""
    words = {
        column.key: getattr(campaign, column.key)
        for column in Campaign.__table__.columns
        if column.key != "id"
    }
    second = Campaign(**words | {"slug": "second"})
    session.add(second)
    session.flush()
    unit_id = select(Unit.id).where(Unit.short == "芒康县").scalar_subquery()
    ours = update(Milestone).where(Milestone.unit_id == unit_id, Milestone.id % 2 == 0)
    session.execute(ours.values(campaign_id=second.id))
    session.commit()
    return second


@pytest.fixture
def newcomer(session: Session, person: Callable[[str], User]) -> Callable[..., User]:
    """Adds a person to the unit of somebody, by default a second liaison."""

    def add(username: str, beside: str, **changed: object) -> User:
        other = person(beside)
        words: dict[str, object] = {
            "role": other.role,
            "name": f"{username} 同志",
            "email": f"{username}@example.test",
            **changed,
        }
        user = User(unit_id=other.unit_id, username=username, **words)
        session.add(user)
        session.commit()
        return user

    return add
