"""The world that every seeded test starts from: the plan of Changdu and the people who work on it."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.clock import Clock
from tracker.db import Database
from tracker.milestones.fanout import fan_out
from tracker.milestones.models import Milestone
from tracker.people.models import User
from tracker.people.passwords import hash_password
from tracker.people.rules import Role
from tracker.plan.models import Deadline, Task
from tracker.plan.seed.loading import load_plan
from tracker.plan.seed.reading import read_plan
from tracker.reports.planning import plan_periods
from tracker.units.models import Unit

SEED = Path(__file__).resolve().parent.parent / "seed" / "changdu-2023"
CITY = ZoneInfo("Asia/Shanghai")
PASSWORD = "Test-2024"

PEOPLE = (
    ("office", "市食安办", Role.OFFICE),
    ("office-admin", "市食安办", Role.OFFICE_ADMIN),
    ("leader", "市食安办", Role.LEADER),
    ("reviewer", "市食安办", Role.REVIEWER),
    ("admin", "市食安办", Role.SYSTEM_ADMIN),
    ("security", "市食安办", Role.SECURITY_ADMIN),
    ("audit", "市食安办", Role.AUDIT_ADMIN),
    ("nongye", "市农业农村局", Role.LIAISON),
    ("nongye-head", "市农业农村局", Role.UNIT_HEAD),
    ("shijian", "市市场监管局", Role.LIAISON),
    ("shijian-head", "市市场监管局", Role.UNIT_HEAD),
    ("karuo", "卡若区", Role.LIAISON),
    ("mangkang", "芒康县", Role.LIAISON),
    ("mangkang-head", "芒康县", Role.UNIT_HEAD),
)


class MovableClock(Clock):
    """A clock that stands still until a test moves it."""

    def move_to(self, moment: str) -> None:
        """Set the city's time, written like 2024-04-26T10:00."""
        object.__setattr__(self, "fixed", city_moment(moment))


def city_moment(text: str) -> datetime:
    """The moment of a city time written like 2024-04-26T10:00."""
    return datetime.fromisoformat(text).replace(tzinfo=CITY)


def fill(database: Database) -> None:
    """Schema, plan, everybody's milestones, the report months and the people, into an empty database."""
    at = city_moment("2023-07-28T09:00")  # the day on which the plan was issued
    database.upgrade()
    with database.transaction() as session:
        loaded = load_plan(session, read_plan(SEED), slug=SEED.name, at=at, today=at.date())
        fan_out(session, loaded.campaign, at=at, today=at.date())
        plan_periods(session, loaded.campaign)
        _add_people(session)


def _add_people(session: Session) -> None:
    units = {unit.short: unit for unit in session.scalars(select(Unit))}
    password_hash = hash_password(PASSWORD)
    for username, unit, role in PEOPLE:
        person = User(
            unit_id=units[unit].id, username=username, name=f"{unit}{role.label}", role=role,
            email=f"{username}@example.test", password_hash=password_hash, must_change_password=False,
        )  # fmt: skip
        session.add(person)


def find_milestone(session: Session, code: str, unit: str, deadline: str = "G2") -> Milestone:
    """The milestone of a task, a unit (short name) and a deadline; G2 is the self-assessment."""
    return session.scalars(
        select(Milestone)
        .join(Task, Task.id == Milestone.task_id)
        .join(Unit, Unit.id == Milestone.unit_id)
        .join(Deadline, Deadline.id == Milestone.deadline_id)
        .where(Task.code == code, Unit.short == unit, Deadline.code == deadline)
    ).one()
