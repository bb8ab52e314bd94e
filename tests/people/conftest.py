"""Units by their short name, ways in, what the pages of people are sent, and an identity platform."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.people.identity_platform import CLIENT, SECRET, Platform, running_platform
from tests.world import PASSWORD, city_moment
from tracker.config import Config
from tracker.events.models import Event
from tracker.events.rules import Outcome
from tracker.people.models import User
from tracker.units.models import Unit

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
OWN = "http://localhost"
NOW = city_moment("2024-03-22T10:00")


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


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with running_platform(NOW.timestamp(), f"{OWN}/sign-in/oidc/return") as platform:
        yield platform


@pytest.fixture
def put(app: Flask, config: Config) -> Callable[..., None]:
    """Changes settings: `put(oidc_claim="email")`."""

    def change(**settings: object) -> None:
        core = app.extensions["tracker"]
        app.extensions["tracker"] = replace(core, config=replace(core.config, **settings))

    return change


@pytest.fixture
def city(put: Callable[..., None], platform: Platform) -> Platform:
    """The platform, and an installation that is set up for it."""
    put(
        base_url=OWN, oidc_issuer=platform.url, oidc_client_id=CLIENT, oidc_client_secret=SECRET,
        oidc_name="昌都市统一身份登录",
    )  # fmt: skip
    return platform


def come(client: FlaskClient, platform: Platform, who: str, how: str = "", target: str = "") -> TestResponse:
    """Go to the platform, sign in there as `who`, and come back."""
    start = client.get("/sign-in/oidc", query_string={"next": target} if target else {})
    assert start.headers["Location"].startswith(f"{platform.url}/authorize?"), start.text
    back = urlsplit(platform.sign_in(start.headers["Location"], who, how))
    return client.get(f"{back.path}?{back.query}")


def last_event(session: Session) -> tuple[str, int, str, Outcome]:
    found = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    return found.verb, found.subject_id, found.note, found.outcome


def is_inside(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200
