"""统一身份登录 against a real identity platform in a process of its own: who comes in by it, and where to."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people.conftest import OWN, Person, come, enter, hidden, is_inside, last_event
from tests.people.identity_platform import Platform
from tests.people.test_second_factor import PAGE, secret_on
from tests.world import PASSWORD, MovableClock
from tracker.events.rules import Outcome
from tracker.people.models import SignIn, User
from tracker.people.rules import Role, oidc_username, reason_not_to_enter_by_oidc


def test_one_signs_in_at_the_platform_and_goes_where_one_wanted(
    client: FlaskClient, city: Platform, session: Session, person: Person
) -> None:
    html = client.get("/sign-in?next=/desk?view=all").text
    assert "昌都市统一身份登录" in html
    answer = come(client, city, "nongye", target="/desk?view=all")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk?view=all")
    assert is_inside(client)
    assert last_event(session) == ("sign_in_oidc", person("nongye").id, "", Outcome.DONE)
    assert len(session.scalars(select(SignIn)).all()) == 1


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test/", "", f"/{'x' * 2000}"])
def test_nobody_is_sent_to_another_site(client: FlaskClient, city: Platform, target: str) -> None:
    assert come(client, city, "nongye", target=target).headers["Location"] == "/"


def test_somebody_without_an_account_is_told_whom_to_ask_and_is_not_made(
    client: FlaskClient, city: Platform, session: Session
) -> None:
    before = len(session.scalars(select(User)).all())
    answer = come(client, city, "zhaxi")
    assert answer.status_code == 403
    assert "“zhaxi”在本系统没有账号，请找市食安办开通" in answer.text
    assert len(session.scalars(select(User)).all()) == before
    assert last_event(session) == ("oidc_refused", 0, "“zhaxi”在本系统没有账号", Outcome.REFUSED)


def test_what_the_platform_calls_people_is_not_folded_into_another_name(
    client: FlaskClient, city: Platform
) -> None:
    assert come(client, city, "ｎongye").status_code == 403
    assert come(client, city, "NONGYE").status_code == 303
    assert oidc_username("\u212aaruo") == "", "the sign for kelvin is no k"


def test_a_stopped_and_an_expired_account_are_refused(
    client: FlaskClient, city: Platform, session: Session, person: Person, clock: MovableClock
) -> None:
    person("nongye").is_active = False
    assert "该账号已停用" in come(client, city, "nongye").text
    person("karuo").valid_until = clock.today() - timedelta(days=1)
    assert "已届满" in come(client, city, "karuo").text
    verb, subject_id, note, outcome = last_event(session)
    assert (verb, subject_id, outcome) == ("oidc_refused", person("karuo").id, Outcome.REFUSED)
    assert "已届满" in note


@pytest.mark.parametrize("username", ["admin", "security", "audit"])
def test_the_three_administrators_come_with_their_passwords_only(
    client: FlaskClient, city: Platform, username: str
) -> None:
    answer = come(client, city, username)
    assert answer.status_code == 403
    assert "只用本系统的密码和动态口令登录" in answer.text
    assert not is_inside(client)


def test_only_the_three_are_kept_out() -> None:
    assert {role for role in Role if reason_not_to_enter_by_oidc(role)} == {
        Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN,
    }  # fmt: skip


def test_locks_of_passwords_do_not_count(client: FlaskClient, city: Platform, person: Person) -> None:
    for _ in range(5):
        enter(client, "nongye", "wrong")
    assert "已锁定" in enter(client, "nongye")[1]
    assert come(client, city, "nongye").status_code == 303
    assert person("nongye").locked_until is not None, "the password stays locked"


def test_no_new_password_is_asked_of_who_came_without_one(
    app: Flask, client: FlaskClient, city: Platform, person: Person
) -> None:
    person("nongye").must_change_password = True
    come(client, city, "nongye")
    assert client.get("/desk").status_code == 200
    other = app.test_client()
    enter(other, "nongye")
    assert other.get("/desk").headers["Location"] == "/password"


def test_a_second_factor_is_asked_for_here(
    client: FlaskClient, city: Platform, clock: MovableClock, session: Session, person: Person
) -> None:
    come(client, city, "nongye")
    client.post(PAGE)
    secret = secret_on(client)
    client.post(f"{PAGE}/confirmation", data={"code": pyotp.TOTP(secret).at(clock.now())})
    client.post("/sign-out")
    clock.move_to("2024-03-22T10:02")
    answer = come(client, city, "nongye", target="/desk?view=all")
    assert answer.status_code == 200
    assert not is_inside(client)
    form = {"code": "000000", "next": hidden(answer.text, "next")}
    assert client.post("/sign-in/code", data=form).status_code == 422
    form["code"] = pyotp.TOTP(secret).at(clock.now())
    assert client.post("/sign-in/code", data=form).headers["Location"] == "/desk?view=all"
    assert last_event(session) == ("sign_in_oidc", person("nongye").id, "", Outcome.DONE)
    person("nongye").must_change_password = True
    assert client.get("/desk").status_code == 200


def test_a_role_that_must_have_a_second_factor_sets_it_up_first(
    client: FlaskClient, city: Platform, put: Callable[..., None]
) -> None:
    put(totp_roles=("liaison",))
    come(client, city, "nongye")
    assert client.get("/desk").headers["Location"] == PAGE


def test_people_may_be_known_by_their_mail(
    client: FlaskClient, city: Platform, put: Callable[..., None], person: Person
) -> None:
    put(oidc_claim="email")
    assert come(client, city, "Nongye@Example.test").status_code == 303
    client.post("/sign-out")
    assert "邮箱在统一身份平台上没有验证" in come(client, city, "nongye@example.test", "unverified").text
    person("karuo").email = "nongye@example.test"
    assert "登记在多个账号上" in come(client, city, "nongye@example.test").text
    person("karuo").is_active = False
    assert come(client, city, "nongye@example.test").status_code == 303, "the one in use is meant"


def test_under_another_name_one_goes_first_to_the_one_that_the_platform_knows(
    client: FlaskClient, city: Platform, put: Callable[..., None]
) -> None:
    put(hosts=("shian.local",))
    answer = client.get("/sign-in/oidc?next=/desk", headers={"Host": "shian.local"})
    assert answer.headers["Location"] == f"{OWN}/sign-in/oidc?next=/desk&here=1"
    answer = client.get("/sign-in/oidc?next=/desk&here=1", headers={"Host": "shian.local"})
    assert answer.headers["Location"].startswith(city.url), "no circles"


def test_what_was_typed_is_kept_by_the_password_and_the_page_says_so(
    client: FlaskClient, city: Platform, clock: MovableClock
) -> None:
    come(client, city, "nongye")
    clock.move_to("2024-03-22T11:00")
    html = client.post("/milestones/1/return", data={"reason": "未盖章"}).text
    assert "刚才填写的内容只在用密码登录后保留" in html
    assert "/sign-in/oidc" not in html
    assert (
        "未盖章"
        in client.post(
            "/sign-in", data={"username": "nongye", "password": PASSWORD, "kept": hidden(html, "kept")}
        ).text
    )


def test_who_is_signed_in_already_stays(client: FlaskClient, city: Platform) -> None:
    come(client, city, "nongye")
    assert client.get("/sign-in/oidc").headers["Location"] == "/"
