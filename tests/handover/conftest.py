"""芒康县 has a second liaison; the first handles 11-2 and has a mail waiting."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from tests.world import MovableClock, find_milestone
from tracker.assignments.models import Assignment
from tracker.outbox.actions import queue
from tracker.outbox.mails import Mail
from tracker.outbox.models import OutboxMessage
from tracker.people.models import User
from tracker.people.rules import Role


@dataclass(frozen=True)
class Desk:
    """Who leaves with what lies on the desk, and who is there to take it over."""

    leaver: User
    colleague: User
    share: Assignment
    mail: OutboxMessage


def laid(session: Session, clock: MovableClock, leaver: User) -> Desk:
    """The desk of `leaver`, a liaison of 芒康县."""
    colleague = User(
        unit_id=leaver.unit_id, unit=leaver.unit, username="dawa", name="达瓦", role=Role.LIAISON,
        email="dawa@example.test",
    )  # fmt: skip
    session.add(colleague)
    share = find_milestone(session, "11-2", "芒康县").assignment
    share.handler = leaver
    mail = queue(
        session, "test", Mail("提醒", "正文\n", "<p>正文</p>"), user_id=leaver.id, address=leaver.email,
        jurisdiction_id=leaver.unit.jurisdiction_id, at=clock.now(),
    )  # fmt: skip
    session.flush()
    return Desk(leaver, colleague, share, mail)


@pytest.fixture
def desk(session: Session, clock: MovableClock, person: Callable[[str], User]) -> Desk:
    return laid(session, clock, person("mangkang"))
