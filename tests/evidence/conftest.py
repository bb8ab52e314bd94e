"""Documents by their words: 耕地台账 of 市农业农村局 under 11-1."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.files.samples import pdf
from tests.world import city_moment, find_milestone
from tracker.assignments.models import Assignment
from tracker.evidence import actions
from tracker.evidence.actions import Added
from tracker.evidence.models import Evidence
from tracker.evidence.queries import Slot, slots_of
from tracker.files.actions import Received, receive
from tracker.files.store import Store
from tracker.people.models import User
from tracker.plan.models import Campaign, Task

Person = Callable[[str], User]
Take = Callable[..., Received]
Upload = Callable[..., Evidence]
MOST = 1024**2
FRIDAY = date(2024, 3, 22)
AT = city_moment("2024-03-22T10:00")


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return session.scalars(select(Campaign)).one()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The store of the application under test."""
    return Store(tmp_path)


@pytest.fixture
def take(store: Store) -> Take:
    """Takes a PDF in under a name; its content is that of no other words."""
    return lambda name="耕地台账.pdf", words=None: receive(
        store, name, BytesIO(pdf(words or name)), most_bytes=MOST
    )


@pytest.fixture
def upload(session: Session, take: Take) -> Upload:
    """Files a document under a slot of a unit's share: `upload("11-1", nongye, "耕地台账.pdf")`."""

    def upload(
        code: str, by: User, name: str = "耕地台账.pdf", *, unit: str = "", words: str = ""
    ) -> Evidence:
        return add(
            session, share(session, code, unit or by.unit.short), take(name, words or name), by
        ).evidence

    return upload


def add(session: Session, assignment: Assignment, received: Received, by: User, *names: str) -> Added:
    """Under the slots of these names, by default the one that the file's name speaks of, else the first."""
    slots = slots_of(session, assignment.task_id)
    stem = received.name.rpartition(".")[0]
    wanted = [slot for slot in slots if slot.name in (names or (stem,))] or slots[:1]
    return actions.add(session, assignment, received, wanted, by=by, at=AT, today=FRIDAY)


def share(session: Session, code: str, unit: str) -> Assignment:
    """A unit's share of a task."""
    return find_milestone(session, code, unit).assignment


def slot(session: Session, code: str, name: str) -> Slot:
    """An expected material of a task, by its name."""
    task_id = session.scalars(select(Task.id).where(Task.code == code)).one()
    return next(each for each in slots_of(session, task_id) if each.name == name)
