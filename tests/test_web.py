"""The frame of every request: headers, guards, errors in Chinese, the menu of each role."""

import re
from collections.abc import Callable
from threading import Event, Thread, current_thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import PASSWORD, PEOPLE, MovableClock
from tracker import web
from tracker.config import Config
from tracker.errors import Refused
from tracker.frame import Frame
from tracker.people.rules import Role
from tracker.units.models import Jurisdiction

SignIn = Callable[[str], FlaskClient]
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/static/tracker.css", "/nowhere"])
def test_every_answer_carries_the_policy(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        directives = dict(
            part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
        )
        assert directives.items() >= POLICY.items()
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"


def test_pages_are_not_kept_by_the_browser_and_files_are(client: FlaskClient) -> None:
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"
    with client.get("/static/tracker.css") as answer:
        assert "no-store" not in answer.headers["Cache-Control"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"username": "nongye", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie, "it ends with the browser"


@pytest.mark.parametrize(
    ("path", "code", "title"),
    [
        ("/nowhere", 404, "没有找到"),
        ("/tasks/0", 404, "没有找到"),
        ("/tasks/99999999999999999999999", 404, "没有找到"),
        ("/board", 403, "无权访问"),
        ("/sign-out", 405, "不支持的操作"),
    ],
)
def test_errors_are_pages_in_chinese(sign_in: SignIn, path: str, code: int, title: str) -> None:
    answer = sign_in("nongye").get(path)
    assert answer.status_code == code
    assert f"<h1>{title}</h1>" in answer.text
    assert "我的任务" in answer.text, "with the menu to go on"


def test_for_htmx_an_error_is_a_message_in_the_place_of_messages(sign_in: SignIn) -> None:
    answer = sign_in("nongye").get("/tasks/0", headers={"HX-Request": "true"})
    assert answer.headers["HX-Retarget"] == "#message"
    assert "<html" not in answer.text


def test_what_the_rules_refuse_is_409_with_the_reason(app: Flask, sign_in: SignIn) -> None:
    def refuse(**_: Any) -> str:
        raise Refused("节点尚未开放")

    app.view_functions["desk.show"] = refuse
    answer = sign_in("nongye").get("/desk")
    assert answer.status_code == 409
    assert "节点尚未开放" in answer.text


def test_a_crash_tells_nothing_but_that_it_happened(app: Flask, sign_in: SignIn) -> None:
    def crash(**_: Any) -> str:
        raise RuntimeError("secret detail")

    app.view_functions["desk.show"] = crash
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    answer = sign_in("nongye").get("/desk")
    assert answer.status_code == 500
    assert "系统出错了" in answer.text
    assert "secret detail" not in answer.text


@pytest.mark.parametrize(
    ("username", "role"), [(name, role) for name, _, role in PEOPLE if name.count("-") == 0]
)
def test_every_line_of_the_menu_opens(sign_in: SignIn, username: str, role: Role) -> None:
    client = sign_in(username)
    html = client.get("/", follow_redirects=True).text
    menu = re.findall(r'href="([^"]+)"', html.partition('aria-label="主菜单"')[2].partition("</nav>")[0])
    assert menu
    assert {path: client.get(path).status_code for path in menu} == dict.fromkeys(menu, 200)


OWN = re.compile(r"/([^/\\].*)?", re.DOTALL)


@given(st.text(max_size=20).map(lambda text: f"/{text}"))
def test_an_own_path_has_neither_host_nor_anything_a_browser_drops(target: str) -> None:
    if web.is_own_path(target):
        assert OWN.fullmatch(target)
        assert not set(target) & set("\\\t\r\n \x00")


def test_behind_a_proxy_the_scheme_is_believed_only_when_told_so(
    config: Config, client: FlaskClient, app: Flask
) -> None:
    assert config.trusted_proxies == 0
    answer = client.get("/desk", headers={"X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "https"})
    assert answer.headers["Location"].startswith("/sign-in")


def test_the_day_of_a_page_is_the_day_of_the_jurisdiction(
    sign_in: SignIn, session: Session, clock: MovableClock
) -> None:
    """At half past midnight in Beijing it is still the evening before in Urumqi."""
    session.scalars(select(Jurisdiction)).one().timezone = "Asia/Urumqi"
    clock.move_to("2024-03-26T00:30")
    assert "2024-03-25 星期一" in sign_in("nongye").get("/desk").text


@pytest.mark.parametrize(
    ("username", "path", "label"),
    [
        ("office-admin", "/plan/settings/numbers", "创建设置"),
        ("office-admin", "/plan/settings/ladder", "创建设置"),
        ("office-admin", "/plan", "指标任务"),
        ("office-admin", "/tasks/1", "任务台账"),
        ("nongye", "/tasks/1", "我的任务"),
        ("leader", "/units/1", "总览"),
        ("nongye", "/orders/overdue", "督办"),
        ("nongye", "/milestones", "我的任务"),
        ("office-admin", "/password-requests", "单位与人员"),
        ("security", "/password-requests", "找回密码申请"),
    ],
)
def test_the_menu_marks_where_one_is(sign_in: SignIn, username: str, path: str, label: str) -> None:
    html = sign_in(username).get(path).text
    assert re.findall(r'aria-current="page">([^<]+)</a>', html.partition("</nav>")[0]) == [label]


@pytest.mark.parametrize(
    ("username", "path", "label"),
    [
        ("office-admin", "/plan/groups/1/members", "创建设置"),
        ("office-admin", "/plan/reporting", "创建设置"),
        ("office-admin", "/tasks/1/materials", "任务台账"),
    ],
)
def test_a_form_shown_again_is_marked_where_it_stood(
    sign_in: SignIn, username: str, path: str, label: str
) -> None:
    answer = sign_in(username).post(path)
    assert answer.status_code in {409, 422}
    assert re.findall(r'aria-current="page">([^<]+)</a>', answer.text.partition("</nav>")[0]) == [label]


def test_the_settings_lead_to_all_that_is_set(sign_in: SignIn) -> None:
    client = sign_in("office-admin")
    html = client.get("/plan/settings").text
    directory = html.partition('aria-label="设置目录"')[2].partition("</nav>")[0]
    for address in re.findall(r'href="([^"]+)"', directory):
        if address.startswith("#"):
            assert f'id="{address[1:]}"' in html
        else:
            assert client.get(address).status_code == 200


def test_a_page_that_waits_for_the_database_holds_up_no_other(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else, on SQLite, a thread that waits for the write lock stops the one that has it."""
    waits, may_go, titles = Event(), Event(), []

    def newest() -> None:
        if current_thread().name == "waiting":
            waits.set()
            may_go.wait(10)

    def ask_title() -> None:
        with app.test_request_context("/sign-in"):
            titles.append(Frame().title)

    monkeypatch.setattr("tracker.web.newest_campaign", newest)
    waiting, other = Thread(target=ask_title, name="waiting"), Thread(target=ask_title)
    waiting.start()
    assert waits.wait(10)
    other.start()
    other.join(5)
    told_meanwhile = list(titles)
    may_go.set()
    waiting.join(10)
    other.join(10)
    assert told_meanwhile == ["任务跟踪"]
