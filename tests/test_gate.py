"""What stands before every page: under which name it is asked, how often and from where."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.world import PASSWORD, MovableClock
from tracker.config import Config
from tracker.gate import Pace
from tracker.values import SettingError

SignIn = Callable[[str], FlaskClient]
Set = Callable[..., None]
PUBLIC = "https://shian.example.gov.cn"


@pytest.fixture
def configure(app: Flask) -> Set:
    """Gives the application other settings: `configure(hsts=True)`."""

    def change(**settings: Any) -> None:
        core = app.extensions["tracker"]
        app.extensions["tracker"] = replace(core, config=replace(core.config, **settings))
        app.extensions["pace"] = Pace()

    return change


def read(settings: Mapping[str, str]) -> Config:
    return Config.from_env({f"TRACKER_{name}": value for name, value in settings.items()})


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("shian.example.gov.cn", 200), ("SHIAN.example.gov.cn:8443", 200), ("127.0.0.1:8000", 200),
        ("10.1.2.3", 200), ("evil.example", 421), ("shian.example.gov.cn.evil.example", 421), ("", 421),
        ("evil.example:80@shian.example.gov.cn", 421),
    ],
)  # fmt: skip
def test_only_the_own_names_are_answered(client: FlaskClient, configure: Set, host: str, code: int) -> None:
    configure(base_url=PUBLIC, hosts=("10.1.2.3",))
    answer = client.get("/sign-in", headers={"Host": host})
    assert answer.status_code in ({code, 400} if code == 421 else {code})
    if answer.status_code == 421:
        assert "TRACKER_HOSTS" in answer.text
        assert "evil" not in answer.text


def test_the_pace_of_an_installation_is_measured_but_for_the_tests() -> None:
    assert Config().requests_per_minute == 600


def test_until_it_knows_its_address_it_answers_under_every_name(client: FlaskClient) -> None:
    assert client.get("/sign-in", headers={"Host": "192.168.1.20:8000"}).status_code == 200


def test_too_many_requests_of_a_minute_are_told_to_wait(
    client: FlaskClient, configure: Set, clock: MovableClock
) -> None:
    configure(requests_per_minute=5)
    clock.move_to("2024-03-22T10:00:20")
    answers = [client.get("/sign-in") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "40"
    assert "请稍等一分钟再试" in answers[-1].text
    elsewhere = client.get("/sign-in", environ_base={"REMOTE_ADDR": "10.2.0.7"})
    assert elsewhere.status_code == 200
    assert client.get("/healthz").status_code == 200
    clock.move_to("2024-03-22T10:01:00")
    assert client.get("/sign-in").status_code == 200


def test_people_behind_one_address_are_counted_by_person(app: Flask, sign_in: SignIn, configure: Set) -> None:
    configure(requests_per_minute=4)
    client = sign_in("nongye")
    assert [client.get("/search").status_code for _ in range(5)] == [200] * 4 + [429]
    other = app.test_client()
    assert other.post("/sign-in", data={"username": "mangkang", "password": PASSWORD}).status_code == 303
    assert other.get("/search").status_code == 200


def test_a_setting_lifts_the_limit(client: FlaskClient, configure: Set) -> None:
    configure(requests_per_minute=0)
    assert {client.get("/sign-in").status_code for _ in range(20)} == {200}


@pytest.mark.parametrize(
    ("username", "path"),
    [
        ("office-admin", "/plan/settings"),
        ("office-admin", "/people"),
        ("admin", "/people"),
        ("audit", "/audit"),
    ],
)
def test_pages_of_administration_open_from_their_networks_only(
    sign_in: SignIn, configure: Set, username: str, path: str
) -> None:
    client = sign_in(username)
    assert client.get(path, environ_base={"REMOTE_ADDR": "10.9.9.9"}).status_code == 200
    configure(admin_networks=read({"ADMIN_NETWORKS": "10.1.0.0/16，127.0.0.1"}).admin_networks)
    assert client.get(path).status_code == 200
    assert client.get(path, environ_base={"REMOTE_ADDR": "10.1.200.4"}).status_code == 200
    assert client.get(path, environ_base={"REMOTE_ADDR": "::ffff:10.1.200.4"}).status_code == 200
    refused = client.get(path, environ_base={"REMOTE_ADDR": "10.9.9.9"})
    assert refused.status_code == 403
    assert "只能从指定的网络打开" in refused.text
    assert client.get("/help", environ_base={"REMOTE_ADDR": "10.9.9.9"}).status_code == 200


def test_browsers_are_told_to_stay_with_https_once_that_is_set(client: FlaskClient, configure: Set) -> None:
    name = "Strict-Transport-Security"
    assert name not in client.get("/sign-in", base_url=PUBLIC).headers
    configure(hsts=True)
    assert client.get("/sign-in", base_url=PUBLIC).headers[name].startswith("max-age=31536000")
    assert name not in client.get("/sign-in").headers, "without HTTPS it would be ignored, or lock people out"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ADMIN_NETWORKS", "10.1.0.0/33", "10.1.0.0/16 这样的网段"),
        ("ADMIN_NETWORKS", "内网", "“内网”应为"),
        ("HOSTS", "https://shian.example.gov.cn", "不含 http://"),
        ("REQUESTS_PER_MINUTE", "-1", "不小于 0"),
        ("HSTS", "ja", "应为 1 或 0"),
    ],
)
def test_a_wrong_setting_stops_the_start(name: str, value: str, expected: str) -> None:
    with pytest.raises(SettingError, match=expected):
        read({name: value})
