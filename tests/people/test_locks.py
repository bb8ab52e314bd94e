"""Many wrong passwords: what is locked, and that nothing else is."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.world import PASSWORD, MovableClock
from tracker.config import Config
from tracker.events.models import Event
from tracker.people.actions import Attempt, try_to_enter
from tracker.people.models import SignInMiss, User
from tracker.people.rules.locks import LockPolicy, counted_origin
from tracker.web import Core

Person = Callable[[str], User]
ADDRESSES = [f"10.7.{number // 10}.{number % 10 + 1}" for number in range(50)]
TARGETS = ("nongye", "karuo", "leader", "nobody", "root")


def enter(client: FlaskClient, username: str, password: str, address: str) -> tuple[int, str]:
    """Status and page of a try to sign in from somewhere."""
    answer = client.post(
        "/sign-in",
        data={"username": username, "password": password},
        environ_overrides={"REMOTE_ADDR": address},
    )
    return answer.status_code, answer.text


def test_three_thousand_wrong_passwords_lock_their_accounts_and_addresses_and_nobody_else(
    app: Flask, session: Session, person: Person, clock: MovableClock
) -> None:
    at, today, policy = clock.now(), clock.today(), LockPolicy(5, 15, 50, 15)
    for number in range(3000):
        wrong = Attempt(TARGETS[number % 5], False, at, today, ADDRESSES[number % 50])
        assert try_to_enter(session, wrong, policy=policy).user is None
    session.commit()
    client = app.test_client()
    locked = session.scalars(select(User.username).where(User.locked_until.is_not(None))).all()
    assert set(locked) == {"nongye", "karuo", "leader"}
    shut = session.scalars(select(Event.note).where(Event.subject == "address")).all()
    assert sorted(shut) == sorted(ADDRESSES)
    assert session.scalar(select(func.count()).select_from(SignInMiss)) == 50 * 50
    assert "账号已锁定至 10:15" in enter(client, "nongye", PASSWORD, "10.8.0.1")[1]
    assert "账号已锁定至 10:15" in enter(client, "nobody", PASSWORD, "10.8.0.1")[1]
    assert "不能从这个地址登录" in enter(client, "shijian", PASSWORD, ADDRESSES[0])[1]
    for name in ("shijian", "mangkang", "office"):
        assert enter(app.test_client(), name, PASSWORD, "10.8.0.1")[0] == 303
    clock.move_to("2024-03-22T10:16")
    assert enter(app.test_client(), "nongye", PASSWORD, ADDRESSES[0])[0] == 303


def test_a_lock_of_an_address_survives_a_restart(
    app: Flask, config: Config, session: Session, person: Person
) -> None:
    core: Core = app.extensions["tracker"]
    app.extensions["tracker"] = replace(core, config=replace(config, address_lock_after=3))
    for name in ("a-1", "a-2", "a-3"):
        enter(app.test_client(), name, "wrong", "10.7.0.1")
    app.extensions["tracker"] = Core(
        replace(config, address_lock_after=3), core.database, core.clock, core.store
    )
    assert "10:15 以前不能从这个地址登录" in enter(app.test_client(), "nongye", PASSWORD, "10.7.0.1")[1]
    session.expire_all()
    assert person("nongye").failed_count == 0, "a right password from there does not count against anybody"


def test_right_passwords_from_a_locked_address_do_not_keep_it_locked(
    app: Flask, config: Config, clock: MovableClock
) -> None:
    core: Core = app.extensions["tracker"]
    app.extensions["tracker"] = replace(core, config=replace(config, address_lock_after=2))
    enter(app.test_client(), "a-1", "wrong", "10.7.0.1")
    enter(app.test_client(), "a-2", "wrong", "10.7.0.1")
    clock.move_to("2024-03-22T10:14")
    assert enter(app.test_client(), "nongye", PASSWORD, "10.7.0.1")[0] == 422
    assert enter(app.test_client(), "nongye", "wrong", "10.7.0.1")[0] == 422
    clock.move_to("2024-03-22T10:15")
    assert enter(app.test_client(), "nongye", PASSWORD, "10.7.0.1")[0] == 303


def test_the_machine_itself_is_never_locked_as_it_may_be_an_unknown_proxy(app: Flask, config: Config) -> None:
    core: Core = app.extensions["tracker"]
    app.extensions["tracker"] = replace(core, config=replace(config, address_lock_after=2))
    for number in range(5):
        enter(app.test_client(), f"a-{number}", "wrong", "127.0.0.1")
    assert enter(app.test_client(), "nongye", PASSWORD, "127.0.0.1")[0] == 303


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.7.0.1", "10.7.0.1"),
        ("::ffff:10.7.0.1", "10.7.0.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("127.0.0.1", ""), ("127.8.8.8", ""), ("::1", ""), ("", ""), ("unix:", ""),
    ],
)  # fmt: skip
def test_an_address_is_counted_as_whoever_has_it(address: str, counted: str) -> None:
    assert counted_origin(address) == counted
