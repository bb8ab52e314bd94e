"""Documents by their words: 耕地台账 of 市农业农村局 under 11-1."""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.files.samples import pdf
from tests.world import city_moment, find_milestone
from tracker.assignments.models import Assignment
from tracker.evidence import actions
from tracker.evidence.actions import Added
from tracker.evidence.models import Evidence, EvidenceVersion
from tracker.evidence.queries import Slot, slots_of
from tracker.files.actions import Received, receive
from tracker.files.models import StoredFile
from tracker.files.store import Store
from tracker.people.models import User
from tracker.plan.models import Campaign, Task
from tracker.units.models import Unit

Person = Callable[[str], User]
Take = Callable[..., Received]
Upload = Callable[..., Evidence]
SignIn = Callable[[str], FlaskClient]
HTMX = {"HX-Request": "true"}
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


def task_id(session: Session, code: str) -> int:
    return session.scalars(select(Task.id).where(Task.code == code)).one()


def unit_id(session: Session, short: str) -> int:
    return session.scalars(select(Unit.id).where(Unit.short == short)).one()


def send(
    client: FlaskClient, address: str, *files: tuple[str, bytes], htmx: bool = True, **fields: Any
) -> TestResponse:
    """Send files as (name, content)."""
    data = {**fields, "file": [FileStorage(BytesIO(content), name) for name, content in files]}
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post(address, data=body, content_type=kind, headers=HTMX if htmx else {})


def announce(client: FlaskClient, address: str, body: IO[bytes], length: int) -> TestResponse:
    """Send less than was announced."""
    kind, announced = "multipart/form-data; boundary=x", {"CONTENT_LENGTH": str(length)}
    return client.post(address, input_stream=body, content_type=kind, environ_overrides=announced)


def documents(session: Session) -> list[Evidence]:
    return list(session.scalars(select(Evidence).order_by(Evidence.id)))


def is_empty(session: Session, store: Store) -> bool:
    """Whether neither a row nor a file was left."""
    rows = sum(
        session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Evidence, EvidenceVersion, StoredFile)
    )
    return rows == 0 and not list(store.all()) and not list(store.left_over())


def messages(html: str) -> list[str]:
    return re.findall(r'class="message (?:ok|error)"[^>]*>([^<]+)<', html)
