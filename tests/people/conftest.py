"""Units by their short name."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.units.models import Unit


@pytest.fixture
def unit(session: Session) -> Callable[[str], Unit]:
    """Finds a unit by its short name."""
    return lambda short: session.scalars(select(Unit).where(Unit.short == short)).one()
