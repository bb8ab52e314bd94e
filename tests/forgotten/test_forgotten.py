"""忘记密码: by the link in a mail, by the security administrator, and nobody learns who has an account."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.outbox.mailroom import Mailroom, open_mailroom
from tests.people.conftest import enter
from tests.world import MovableClock, city_moment
from tracker.config import Config
from tracker.events.models import Event
from tracker.forgotten import actions, queries
from tracker.forgotten.mails import Head, Recipient, password_link
from tracker.forgotten.models import PasswordRequest
from tracker.forgotten.rules import MOST_A_DAY, is_too_often
from tracker.forgotten.views import SECONDS_TO_ANSWER
from tracker.outbox.models import OutboxMessage
from tracker.people import passwords
from tracker.people.models import User
from tracker.web import Core

SignInAs = Callable[[str], FlaskClient]
Person = Callable[[str], User]
AT = city_moment("2024-03-22T10:00")
NEW = {"new_password": "Kamdo-sky-24", "new_password_again": "Kamdo-sky-24"}
SNAPSHOT = Path(__file__).parent / "snapshots" / "password_link.txt"


@pytest.fixture
def mailroom(app: Flask, config: Config) -> Iterator[Mailroom]:
    """A mail server that the application knows."""
    core: Core = app.extensions["tracker"]
    with open_mailroom() as room:
        app.extensions["tracker"] = replace(core, config=replace(config, smtp_url=room.url))
        yield room


def link_in(room: Mailroom) -> str:
    """The path of the link in the only mail, once it has arrived."""
    deadline = time.monotonic() + 20
    while not room.mails and time.monotonic() < deadline:
        time.sleep(0.01)
    body = room.mails[0].get_body(("plain",))
    assert body is not None
    return str(re.findall(r"http://127\.0\.0\.1:8000(/forgotten/\S+)", body.get_content())[0])


def ask(client: FlaskClient, username: str) -> str:
    """The page after asking."""
    assert client.post("/forgotten", data={"username": username}).headers["Location"] == "/sign-in"
    return client.get("/sign-in").text


def requests(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(PasswordRequest)) or 0


# by mail


def test_a_link_sets_a_new_password_once(
    app: Flask, client: FlaskClient, mailroom: Mailroom, session: Session, person: Person
) -> None:
    for _ in range(5):
        enter(client, "nongye", "wrong")
    assert "链接已发到邮箱" in ask(client, " NongYe ")
    link = link_in(mailroom)
    assert mailroom.mails[0]["To"] == "nongye@example.test"
    assert "用户名：nongye" in client.get(link).text
    assert client.post(link, data=NEW).headers["Location"] == "/sign-in"
    assert passwords.matches(person("nongye").password_hash, "Kamdo-sky-24")
    assert enter(client, "nongye", "Kamdo-sky-24")[0] == 303, "the lock is lifted too"
    other = app.test_client()
    assert other.get(link).headers["Location"] == "/forgotten"
    assert other.post(link, data=NEW).headers["Location"] == "/forgotten"
    assert "链接已失效" in other.get("/forgotten").text


def test_old_sessions_end_with_the_new_password(app: Flask, sign_in: SignInAs, mailroom: Mailroom) -> None:
    client = sign_in("nongye")
    other = app.test_client()
    ask(other, "nongye")
    other.post(link_in(mailroom), data=NEW)
    assert client.get("/desk").headers["Location"].startswith("/sign-in")


def test_the_link_stands_nowhere_but_in_the_mail(
    client: FlaskClient, mailroom: Mailroom, session: Session
) -> None:
    ask(client, "nongye")
    token = link_in(mailroom).rpartition("/")[2]
    stored = session.scalars(select(PasswordRequest.key_hash)).one()
    assert token not in stored
    assert session.scalars(select(OutboxMessage)).first() is None
    assert not [event for event in session.scalars(select(Event)) if token in f"{event.note}{event.after}"]


def test_a_link_is_void_after_half_an_hour(
    client: FlaskClient, mailroom: Mailroom, clock: MovableClock
) -> None:
    ask(client, "nongye")
    link = link_in(mailroom)
    clock.move_to("2024-03-22T10:30")
    assert client.get(link).status_code == 200
    clock.move_to("2024-03-22T10:31")
    assert client.get(link).headers["Location"] == "/forgotten"


def test_a_later_link_makes_the_earlier_one_void(session: Session, person: Person) -> None:
    links = [
        actions.ask(session, "nongye", can_mail=True, at=AT + timedelta(minutes=step), today=AT.date())
        for step in (0, 6)
    ]
    found = [queries.of_link(session, link.token, at=AT + timedelta(minutes=7)) for link in links if link]
    assert [one is not None for one in found] == [False, True]


def test_a_link_of_a_stopped_account_is_void(session: Session, person: Person) -> None:
    link = actions.ask(session, "nongye", can_mail=True, at=AT, today=AT.date())
    assert link
    person("nongye").is_active = False
    session.flush()
    assert queries.of_link(session, link.token, at=AT) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "请填写新密码"),
        ({"new_password": "Admin@123", "new_password_again": "Admin@123"}, "太常见"),
        (NEW | {"new_password_again": "x"}, "不一样"),
    ],
)
def test_a_weak_password_is_told_and_the_link_stays_good(
    client: FlaskClient, mailroom: Mailroom, typed: dict[str, str], said: str
) -> None:
    ask(client, "nongye")
    link = link_in(mailroom)
    answer = client.post(link, data=typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert client.post(link, data=NEW).status_code == 303


def test_a_dead_mail_server_is_not_noticed_by_who_asks(
    app: Flask, client: FlaskClient, config: Config
) -> None:
    core: Core = app.extensions["tracker"]
    app.extensions["tracker"] = replace(core, config=replace(config, smtp_url="smtp://127.0.0.1:9"))
    assert "链接已发到邮箱" in ask(client, "nongye")


# the same answer


def test_nobody_learns_who_has_an_account(
    client: FlaskClient, mailroom: Mailroom, session: Session, person: Person
) -> None:
    person("karuo").is_active = False
    person("shijian").email = ""
    pages = {ask(client, name) for name in ("nongye", "shijian", "karuo", "nobody")}
    assert len({re.sub(r'value="[^"]*"', "", page) for page in pages}) == 1
    link_in(mailroom)
    assert [mail["To"] for mail in mailroom.mails] == ["nongye@example.test"]
    assert requests(session) == 2


def test_who_asks_again_and_again_gets_no_more_mails(session: Session) -> None:
    made = [
        actions.ask(session, "nongye", can_mail=True, at=AT + timedelta(minutes=step), today=AT.date())
        for step in range(0, 60, 2)
    ]
    assert len([link for link in made if link]) == MOST_A_DAY
    tomorrow = AT + timedelta(days=1, minutes=1)
    assert actions.ask(session, "nongye", can_mail=True, at=tomorrow, today=tomorrow.date())


def test_the_rule_of_too_often() -> None:
    assert not is_too_often([], AT)
    assert is_too_often([AT - timedelta(minutes=4)], AT)
    assert not is_too_often([AT - timedelta(minutes=5)], AT)
    assert is_too_often([AT - timedelta(hours=hour) for hour in range(1, 6)], AT)


# by hand


def test_without_mail_the_security_administrator_answers(
    app: Flask, client: FlaskClient, sign_in: SignInAs, session: Session, person: Person
) -> None:
    assert "由安全管理员核实本人后重置" in ask(client, "nongye")
    security = sign_in("security")
    html = security.get("/password-requests").text
    assert "市农业农村局联络员（联络员）" in html
    number = session.scalars(select(PasswordRequest.id)).one()
    html = security.post(f"/password-requests/{number}/answer").text
    password = re.findall(r"<code>([^<]+)</code>", html)[1]
    assert enter(app.test_client(), "nongye", password)[0] == 303
    assert "没有待办的申请" in security.get("/password-requests").text
    assert security.post(f"/password-requests/{number}/answer").status_code == 404


def test_a_request_is_dismissed(
    client: FlaskClient, sign_in: SignInAs, session: Session, person: Person
) -> None:
    before = person("nongye").password_hash
    ask(client, "nongye")
    number = session.scalars(select(PasswordRequest.id)).one()
    assert sign_in("security").post(f"/password-requests/{number}/dismissal").status_code == 303
    assert person("nongye").password_hash == before
    assert "没有待办的申请" in client.get("/password-requests").text


def test_a_request_is_gone_when_the_person_was_helped_otherwise(session: Session, person: Person) -> None:
    actions.ask(session, "nongye", can_mail=False, at=AT, today=AT.date())
    city = person("nongye").unit.jurisdiction_id
    assert len(queries.waiting_by_hand(session, city)) == 1
    person("nongye").password_set_at = AT - timedelta(days=30)
    session.flush()
    assert len(queries.waiting_by_hand(session, city)) == 1
    person("nongye").password_set_at = AT + timedelta(minutes=10)
    session.flush()
    assert len(queries.waiting_by_hand(session, city)) == 0


def test_the_office_does_not_answer_for_administrators(
    client: FlaskClient, sign_in: SignInAs, session: Session
) -> None:
    ask(client, "admin")
    number = session.scalars(select(PasswordRequest.id)).one()
    office = sign_in("office-admin")
    assert "没有待办的申请" in office.get("/password-requests").text
    assert office.post(f"/password-requests/{number}/answer").status_code == 403


def test_the_mail_says_what_its_snapshot_says() -> None:
    mail = password_link(
        Recipient("市农业农村局", "次仁"),
        "https://tracker.example.test/forgotten/abc",
        Head("昌都市创建国家食品安全示范城市", "0895-4820000"),
    )
    assert f"{mail.subject}\n\n{mail.text}" == SNAPSHOT.read_text(encoding="utf-8")
    assert mail.html.count("https://tracker.example.test/forgotten/abc") == 2


@pytest.mark.parametrize("username", ["nongye", "nobody"])
def test_the_time_of_the_answer_does_not_tell_who_has_an_account(
    client: FlaskClient, mailroom: Mailroom, username: str
) -> None:
    begun = time.monotonic()
    ask(client, username)
    assert time.monotonic() - begun >= SECONDS_TO_ANSWER
