"""The log: lines that programs read, a number for every request, and nobody's name or address."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tests.outbox.conftest import queue_mail
from tests.outbox.mailroom import open_mailroom
from tests.world import PASSWORD, MovableClock
from tracker import scheduler
from tracker.config import Config
from tracker.db import Database
from tracker.demo.cast import SURNAMES
from tracker.logs import JsonLines, TextLines, without_contacts
from tracker.people.models import User
from tracker.scheduler import House, background
from tracker.units.models import Unit

SignIn = Callable[[str], FlaskClient]
Lines = Callable[[], list[dict[str, Any]]]
TYPED = ("王小明", "wang.xiaoming@example.cn", "13912345678")
"""What somebody types that no row knows."""


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that is logged, as JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.fixture
def lines(written: io.StringIO) -> Lines:
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.fixture
def names(session: Session) -> set[str]:
    """What everybody is called and where everybody is reached, as in the demonstration."""
    for number, user in enumerate(session.scalars(select(User).order_by(User.id))):
        user.name = f"{SURNAMES[number % len(SURNAMES)]}某某"
        user.email, user.phone = f"{user.username}@changdu.example", f"138{number:08}"
    session.commit()
    people = session.execute(select(User.name, User.email, User.phone)).all()
    found = {word for row in people for word in row if word}
    assert len(found) > 20
    return found | set(TYPED)


def believing(app: Flask) -> None:
    core = app.extensions["tracker"]
    app.extensions["tracker"] = replace(core, config=replace(core.config, trusted_proxies=1))


def crashing(app: Flask, error: Exception) -> None:
    def crash(**_: object) -> str:
        raise error

    app.view_functions["desk.show"] = crash
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)


def test_a_request_is_a_line_with_its_number_and_the_pattern_of_its_address(
    client: FlaskClient, lines: Lines
) -> None:
    answer = client.get("/tasks/17?text=王小明")
    (line,) = [line for line in lines() if line["logger"] == "tracker.requests"]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/tasks/<int:task_id>", 303)
    assert (line["level"], line["message"]) == ("info", "请求")
    assert line["ms"] >= 0
    assert line["time"].endswith("+00:00")


def test_each_request_has_a_number_of_its_own(client: FlaskClient) -> None:
    numbers = {client.get("/healthz").headers["X-Request-ID"] for _ in range(5)}
    assert len(numbers) == 5


def test_only_a_trusted_proxy_numbers_requests(app: Flask, client: FlaskClient) -> None:
    given, forwarded = {"X-Request-ID": "abcdef-0123"}, {"X-Forwarded-For": "10.1.2.3"}

    def number(headers: dict[str, str]) -> str:
        return str(client.get("/healthz", headers=headers).headers["X-Request-ID"])

    assert number(given | forwarded) != "abcdef-0123", "no proxy is told of"
    believing(app)
    assert number(given | forwarded) == "abcdef-0123"
    assert number(given) != "abcdef-0123", "it came past the proxy"
    for bad in ("short", "x" * 65, "two words here", 'quote"quote', "换行"):
        assert number({"X-Request-ID": bad.encode().decode("latin-1")} | forwarded) != bad


def test_an_error_page_tells_the_number_under_which_the_log_has_it(
    app: Flask, sign_in: SignIn, lines: Lines
) -> None:
    client = sign_in("nongye")
    crashing(app, AttributeError("'NoneType' object has no attribute 'due_on'"))
    answer = client.get("/desk?text=王小明")
    (line,) = [line for line in lines() if line["logger"] == "tracker.errors"]
    assert f"编号 {line['request_id']}" in answer.text
    assert answer.headers["X-Request-ID"] == line["request_id"]
    assert line["route"] == "/desk"
    assert "in crash\n" in line["exception"]
    assert line["exception"].endswith("AttributeError: 'NoneType' object has no attribute 'due_on'")
    fragment = client.get("/desk", headers={"HX-Request": "true"})
    assert f"（编号 {fragment.headers['X-Request-ID']}）" in fragment.text


def test_what_somebody_typed_is_not_in_the_words_of_an_exception(
    app: Flask, sign_in: SignIn, lines: Lines
) -> None:
    client = sign_in("nongye")
    crashing(app, ValueError("invalid literal for int(): '王小明'"))
    client.get("/desk")
    (line,) = [line for line in lines() if line["logger"] == "tracker.errors"]
    assert line["exception"].endswith("ValueError")
    assert "王小明" not in line["exception"]


def test_a_failed_statement_shows_no_values(session: Session, database: Database) -> None:
    with pytest.raises(SQLAlchemyError) as error, session.begin_nested():
        session.execute(text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": "王小明"})
    assert "nowhere" in str(error.value)
    assert "王小明" not in str(error.value)
    assert database.engine.hide_parameters


def test_a_journey_leaves_nobodys_name_in_the_log(
    app: Flask,
    sign_in: SignIn,
    session: Session,
    written: io.StringIO,
    names: set[str],
    clock: MovableClock,
    config: Config,
    database: Database,
) -> None:
    name, email, phone = TYPED
    client = sign_in("office-admin")
    unit = session.scalars(select(Unit.id).where(Unit.short == "市农业农村局")).one()
    person = {
        "unit_id": unit,
        "name": name,
        "email": email,
        "phone": phone,
        "role": "liaison",
        "title": "干事",
    }
    assert client.post("/people", data=person).status_code == 200, "with the one-time password"
    client.post("/people", data={**person, "email": f"{email}x@"})
    for page in ("/people", f"/people?text={name}", f"/search?q={name}", f"/nowhere/{name}/{email}"):
        client.get(page)
    client.post("/sign-out")
    client.post("/sign-in", data={"username": email, "password": "wrong"})
    client.post("/sign-in", data={"username": "nongye", "password": PASSWORD})
    client.get("/search", query_string={"q": name}, headers={"X-Request-ID": name.encode().decode("latin-1")})
    crashing(app, KeyError(name))
    assert client.get(f"/desk?text={name}").status_code == 500
    _deliver_in_vain(session, clock, config, database)
    log = written.getvalue()
    assert log.count("\n") > 12
    assert "失败" in log
    assert not [word for word in names if word in log]
    assert not [word for word in names if json.dumps(word)[1:-1] in log], "nor escaped"


def test_addresses_and_telephones_are_taken_out() -> None:
    said = "550 <wang.x+y@mail.example.cn> unknown; 139-1234 13912345678, +8613912345678; 20240322100000123"
    expected = "550 <[邮箱]> unknown; 139-1234 [手机], [手机]; 20240322100000123"
    assert without_contacts(said) == expected


@given(st.text(max_size=40))
def test_every_line_is_one_object_and_keeps_its_words(message: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, message, None, None)
    line = JsonLines().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == without_contacts(message)


def test_a_line_for_people_tells_the_way_to_an_exception_and_not_its_words() -> None:
    try:
        raise KeyError("王小明")
    except KeyError as error:
        info = (KeyError, error, error.__traceback__)
    line = TextLines("%(message)s").format(logging.LogRecord("x", logging.ERROR, "", 0, "出错", None, info))
    assert line.startswith("出错\n")
    assert line.endswith("KeyError")
    assert "test_logs.py" in line


def _deliver_in_vain(session: Session, clock: MovableClock, config: Config, database: Database) -> None:
    """A mail server that answers with the address, as they do."""
    queue_mail(session, clock, "refused", "nongye", TYPED[1])
    with open_mailroom() as room:
        room.refusal = f"550 5.1.1 <{TYPED[1]}>: no such user"
        house = House(replace(config, smtp_url=room.url), database, clock)
        timetable = background(house.config, house.database, house.clock)
        timetable.start(paused=True)
        try:
            for entry in scheduler.TIMETABLE:
                scheduler._run(entry, house, timetable)
        finally:
            timetable.shutdown()
