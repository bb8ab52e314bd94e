"""Signing in and out over HTTP, and a password that has to be changed first."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.people.conftest import Person, SignIn, enter
from tests.world import PASSWORD, MovableClock


def test_the_sign_in_page_warns_and_names_the_city(client: FlaskClient) -> None:
    html = client.get("/sign-in").text
    assert "本系统为非涉密系统，严禁上传、处理涉密信息" in html
    assert "昌都市创建国家食品安全示范城市" in html


def test_health_needs_no_sign_in(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok"


def test_one_comes_back_to_the_page_one_wanted(client: FlaskClient) -> None:
    answer = client.get("/desk?view=all")
    assert answer.headers["Location"] == "/sign-in?next=%2Fdesk%3Fview%3Dall"
    assert enter(client, "nongye", next="/desk?view=all") == (303, "/desk?view=all")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test/",
        "/\t/evil.test/",
        "javascript:alert(1)",
        "",
        "/\t/[",
    ],
)
def test_nobody_is_sent_to_another_site(client: FlaskClient, target: str) -> None:
    assert enter(client, "nongye", next=target) == (303, "/")


def test_an_unknown_name_and_a_wrong_password_read_the_same(client: FlaskClient) -> None:
    answers = [enter(client, name, "wrong") for name in ("nongye", "nobody")]
    assert answers[0][0] == 422
    assert "用户名或密码不正确" in answers[0][1]
    pages = [re.sub(r'name="csrf_token" value="[^"]*"', "", html) for _, html in answers]
    assert pages[0].replace("nongye", "nobody") == pages[1]


def test_the_lock_is_told_with_its_end_and_survives_the_request(client: FlaskClient) -> None:
    for _ in range(5):
        _, html = enter(client, "nongye", "wrong")
    assert "已锁定至 10:15" in html
    status, html = enter(client, "nongye")
    assert status == 422
    assert "已锁定至 10:15" in html
    assert html.count("也可以找") == 2, "beside the field and below the form"


def test_a_lock_ends(client: FlaskClient, clock: MovableClock) -> None:
    for _ in range(5):
        enter(client, "nongye", "wrong")
    clock.move_to("2024-03-22T10:16")
    assert enter(client, "nongye")[0] == 303


def test_what_was_in_the_session_before_signing_in_is_gone(client: FlaskClient) -> None:
    with client.session_transaction() as before:
        before["planted"] = "x"
    enter(client, "nongye")
    with client.session_transaction() as after:
        assert "planted" not in after


def test_signing_out_ends_the_session(sign_in: SignIn) -> None:
    client = sign_in("nongye")
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/desk").status_code == 303


def test_a_reviewer_is_refused_after_the_last_day(
    client: FlaskClient, person: Person, clock: MovableClock
) -> None:
    person("reviewer").valid_until = clock.today()
    assert enter(client, "reviewer")[0] == 303
    clock.move_to("2024-03-23T00:00")
    assert client.get("/board").status_code == 303
    assert "有效期至 2024-03-22" in enter(client, "reviewer")[1]


def test_a_stopped_person_is_signed_out_at_once(sign_in: SignIn, person: Person) -> None:
    client = sign_in("nongye")
    person("nongye").is_active = False
    assert client.get("/desk").headers["Location"].startswith("/sign-in")
    assert "已停用" in enter(client, "nongye")[1]


def test_a_form_without_its_token_is_refused(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("nongye")
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/sign-out").status_code == 400


def test_an_old_sign_in_page_is_shown_afresh(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert enter(client, "nongye") == (303, "/sign-in")
    assert "再登录一次" in client.get("/sign-in").text


def test_an_issued_password_is_changed_before_anything_else(client: FlaskClient, person: Person) -> None:
    person("nongye").must_change_password = True
    enter(client, "nongye")
    assert client.get("/desk").headers["Location"] == "/password"
    assert client.get("/desk", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/password"
    assert "一次性密码" in client.get("/password").text
    typed = {
        "old_password": PASSWORD,
        "new_password": "Kamdo-sky-24",
        "new_password_again": "Kamdo-sky-24",
    }
    assert client.post("/password", data=typed).status_code == 303
    assert client.get("/desk").status_code == 200, "the session in hand goes on"


def test_the_other_session_ends_with_a_new_password(app: Flask, sign_in: SignIn) -> None:
    here, there = sign_in("nongye"), app.test_client()
    enter(there, "nongye")
    typed = {
        "old_password": PASSWORD,
        "new_password": "Kamdo-sky-24",
        "new_password_again": "Kamdo-sky-24",
    }
    here.post("/password", data=typed)
    assert there.get("/desk").status_code == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "请填写原密码"),
        ({"new_password_again": "Other-2024"}, "两次输入的新密码不一样"),
        ({"old_password": "wrong"}, "原密码不正确"),
        ({"new_password": "simple", "new_password_again": "simple"}, "密码至少 8 位"),
    ],
)
def test_a_new_password_that_will_not_do(sign_in: SignIn, typed: dict[str, str], said: str) -> None:
    whole = {
        "old_password": PASSWORD,
        "new_password": "Kamdo-sky-24",
        "new_password_again": "Kamdo-sky-24",
    }
    answer = sign_in("nongye").post("/password", data=whole | typed if typed else {})
    assert answer.status_code == 422
    assert said in answer.text


def test_a_password_that_ran_out_is_changed_before_anything_else(
    client: FlaskClient, person: Person, clock: MovableClock
) -> None:
    person("nongye").password_set_at = clock.now() - timedelta(days=85)
    enter(client, "nongye")
    assert "密码还有 5 天到期" in client.get("/desk").text
    clock.move_to("2024-03-27T00:10")
    enter(client, "nongye")
    assert client.get("/desk").headers["Location"] == "/password"
    assert "密码已使用满 90 天" in client.get("/password").text
    typed = {
        "old_password": PASSWORD,
        "new_password": "Kamdo-sky-24",
        "new_password_again": "Kamdo-sky-24",
    }
    assert client.post("/password", data=typed).status_code == 303
    assert client.get("/desk").status_code == 200
