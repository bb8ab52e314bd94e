"""A second liaison of 芒康县, and its share of 11-2."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.world import find_milestone
from tracker.assignments.models import Assignment
from tracker.people.models import User
from tracker.people.rules import Role


@pytest.fixture
def colleague(session: Session, person: Callable[[str], User]) -> User:
    """Another liaison of 芒康县."""
    unit = person("mangkang").unit
    user = User(
        unit_id=unit.id, unit=unit, username="dawa", name="达瓦", role=Role.LIAISON, email="dawa@example.test"
    )
    session.add(user)
    session.flush()
    return user


@pytest.fixture
def share(session: Session) -> Assignment:
    """11-2 of 芒康县."""
    return find_milestone(session, "11-2", "芒康县").assignment
