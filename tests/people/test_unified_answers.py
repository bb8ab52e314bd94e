"""统一身份登录: what the platform answers is believed only as far as it is proved."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people.conftest import come, enter, hidden, is_inside, last_event
from tests.people.identity_platform import Platform
from tests.world import MovableClock
from tracker.events.models import Event
from tracker.events.rules import Outcome
from tracker.people import oidc


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("wrong_nonce", "身份凭证的 nonce 不对"),
        ("no_nonce", "身份凭证的 nonce 不对"),
        ("wrong_audience", "身份凭证的 aud 不对"),
        ("wrong_issuer", "身份凭证的 iss 不对"),
        ("wrong_access", "身份凭证的 at_hash 不对"),
        ("expired", "身份凭证已过期"),
        ("wrong_signature", "身份凭证的签名或格式不对"),
        ("unsigned", "身份凭证的签名或格式不对"),
        ("shared_secret", "身份凭证的签名或格式不对"),
        ("access_denied", "在统一身份平台上取消了登录，或平台没有同意"),
        ("<script>", "统一身份平台没有完成登录（原因不明）"),
        ("iss_of_another", "答复不是所设的统一身份平台发出的"),
        ("no_word", "统一身份平台没有给出 preferred_username"),
    ],
)
def test_what_the_platform_does_not_prove_lets_nobody_in(
    client: FlaskClient, city: Platform, session: Session, how: str, said: str
) -> None:
    answer = come(client, city, "nongye", how, target="/desk?view=all")
    assert answer.status_code == 403
    assert said in answer.text
    assert "<script>（" not in answer.text
    assert hidden(answer.text, "next") == "/desk?view=all", "the password is still offered, for the same page"
    assert 'name="password"' in answer.text
    assert not is_inside(client)
    assert last_event(session) == ("oidc_refused", 0, said, Outcome.REFUSED)


def test_an_answer_of_another_errand_is_not_looked_at(
    client: FlaskClient, city: Platform, session: Session
) -> None:
    before = len(session.scalars(select(Event)).all())
    assert come(client, city, "nongye", "wrong_state").headers["Location"] == "/sign-in"
    assert not is_inside(client)
    assert len(session.scalars(select(Event)).all()) == before, "whoever made it up leaves no trace"


def test_an_answer_is_good_once_and_in_its_own_browser(
    app: Flask, client: FlaskClient, city: Platform
) -> None:
    start = client.get("/sign-in/oidc").headers["Location"]
    back = urlsplit(city.sign_in(start, "nongye"))
    other = app.test_client()
    assert other.get(f"{back.path}?{back.query}").headers["Location"] == "/sign-in"
    assert client.get(f"{back.path}?{back.query}").headers["Location"] == "/"
    client.post("/sign-out")
    assert client.get(f"{back.path}?{back.query}").headers["Location"] == "/sign-in"
    assert not is_inside(client)


def test_one_has_ten_minutes_at_the_platform(
    client: FlaskClient, city: Platform, clock: MovableClock
) -> None:
    start = client.get("/sign-in/oidc").headers["Location"]
    back = urlsplit(city.sign_in(start, "nongye"))
    clock.move_to("2024-03-22T10:11")
    assert client.get(f"{back.path}?{back.query}").headers["Location"] == "/sign-in"


def test_a_code_that_was_used_is_refused(app: Flask, client: FlaskClient, city: Platform) -> None:
    start = client.get("/sign-in/oidc").headers["Location"]
    back = urlsplit(city.sign_in(start, "nongye"))
    cookie = client.get_cookie("tracker")
    assert cookie is not None
    assert client.get(f"{back.path}?{back.query}").status_code == 303
    thief = app.test_client()
    thief.set_cookie("tracker", cookie.value)
    answer = thief.get(f"{back.path}?{back.query}")
    assert answer.status_code == 403
    assert "没有接受登录凭据（invalid_grant）" in answer.text


def test_what_the_token_leaves_out_is_asked_for_once_more(client: FlaskClient, city: Platform) -> None:
    assert come(client, city, "nongye", "userinfo").status_code == 303


@pytest.mark.parametrize("how", ["slow", "dripping", "broken"])
def test_a_platform_that_gives_no_answer_leaves_the_password(
    client: FlaskClient, city: Platform, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(oidc, "TIMEOUT", 0.4)
    answer = come(client, city, "nongye", how, target="/desk?view=all")
    assert answer.status_code == 503
    assert "统一身份平台现在没有答复" in answer.text
    assert hidden(answer.text, "next") == "/desk?view=all"
    assert enter(client, "nongye", next="/desk?view=all") == (303, "/desk?view=all")


@pytest.mark.parametrize("mode", ["slow", "garbled", "moved", "another", "unguarded", "none/at/all"])
def test_a_platform_that_cannot_be_asked_leaves_the_password(
    client: FlaskClient,
    city: Platform,
    put: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
) -> None:
    monkeypatch.setattr(oidc, "TIMEOUT", 0.4)
    put(oidc_issuer=f"{city.url}/{mode}" if mode != "none/at/all" else "http://127.0.0.1:9")
    for _ in range(2):
        answer = client.get("/sign-in/oidc?next=/desk")
        assert answer.status_code == 503
        assert "统一身份平台现在没有答复" in answer.text
        assert hidden(answer.text, "next") == "/desk"
