"""Units by their short name, ways in, and what the pages of people are sent."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import PASSWORD
from tracker.people.models import User
from tracker.units.models import Unit

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]


@pytest.fixture
def unit(session: Session) -> Callable[[str], Unit]:
    """Finds a unit by its short name."""
    return lambda short: session.scalars(select(Unit).where(Unit.short == short)).one()


def enter(client: FlaskClient, username: str, password: str = PASSWORD, **more: str) -> tuple[int, str]:
    """Status and page of a try to sign in."""
    answer = client.post("/sign-in", data={"username": username, "password": password, **more})
    return answer.status_code, answer.headers.get("Location", "") or answer.text


def hidden(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1]


def upload(client: FlaskClient, content: BytesIO) -> tuple[int, str]:
    answer = client.post("/people/import", data={"roster": (content, "名册.xlsx")})
    return answer.status_code, answer.text
