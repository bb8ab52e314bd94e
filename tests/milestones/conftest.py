"""Milestones by their words: 11-1 of 市农业农村局 at the gate 自评."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import find_milestone
from tracker.milestones.models import Milestone
from tracker.plan.models import Campaign

Find = Callable[..., Milestone]


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return session.scalars(select(Campaign)).one()


@pytest.fixture
def find(session: Session) -> Find:
    """Finds the milestone of a task, a unit and a deadline."""
    return partial(find_milestone, session)
