"""Milestones by their words: 11-1 of 市农业农村局 at the gate 自评."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.milestones.models import Milestone
from tracker.plan.models import Campaign, Deadline, Task
from tracker.units.models import Unit

Find = Callable[..., Milestone]


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return session.scalars(select(Campaign)).one()


@pytest.fixture
def find(session: Session) -> Find:
    """Finds the milestone of a task, a unit and a deadline."""

    def find(code: str, unit: str, deadline: str = "G2") -> Milestone:
        return session.scalars(
            select(Milestone)
            .join(Task, Task.id == Milestone.task_id)
            .join(Unit, Unit.id == Milestone.unit_id)
            .join(Deadline, Deadline.id == Milestone.deadline_id)
            .where(Task.code == code, Unit.short == unit, Deadline.code == deadline)
        ).one()

    return find
