"""The page of the search, without JavaScript and with htmx."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.search.conftest import File
from tracker.search.queries import SHOWN

SignIn = Callable[[str], FlaskClient]
HTMX = {"HX-Request": "true"}


def test_the_page_finds_what_the_plain_form_asks_for(sign_in: SignIn, file: File) -> None:
    file("蜂群<甲>", "11-1", by="nongye")
    html = sign_in("nongye").get("/search?q=11-1+蜂群").text
    assert "<mark>蜂群</mark>&lt;甲&gt;" in html
    assert "<h1>搜索</h1>" in html
    assert 'value="11-1 蜂群"' in html
    assert "没有匹配的任务" in html


def test_whoever_types_gets_the_results_alone(sign_in: SignIn) -> None:
    client = sign_in("nongye")
    html = client.get("/search?q=11-1", headers=HTMX).text
    assert "<html" not in html
    assert "<b><mark>11-1</mark></b>" in html
    assert 'id="announcement"' in html
    restored = client.get("/search?q=11-1", headers={**HTMX, "HX-History-Restore-Request": "true"}).text
    assert "<html" in restored


@pytest.mark.parametrize("query", ["", "?q=", "?q=+%E3%80%80", "?q=%00", "?page=3", "?group=tasks"])
def test_nothing_asked_is_nothing_found(sign_in: SignIn, query: str) -> None:
    answer = sign_in("mangkang").get(f"/search{query}")
    assert answer.status_code == 200
    assert "没有找到" not in answer.text
    assert 'id="found-' not in answer.text


def test_nothing_found_is_said_with_a_hint(sign_in: SignIn) -> None:
    html = sign_in("mangkang").get("/search?q=<b>蜜蜂").text
    assert "没有找到“&lt;b&gt;蜜蜂”" in html
    assert "少输几个字" in html


@pytest.mark.parametrize("typed", ["字" * 5000, "a " * 3000, "%%%___", "\x00\x07耕地", "'\";--", "%ff%fe"])
def test_whatever_is_typed_is_answered(sign_in: SignIn, typed: str) -> None:
    client = sign_in("mangkang")
    for headers in ({}, HTMX):
        assert client.get("/search", query_string={"q": typed}, headers=headers).status_code == 200


def test_one_group_alone_is_paged(sign_in: SignIn) -> None:
    client = sign_in("office")
    html = client.get("/search?q=台账").text
    assert "更多任务" in html
    second = client.get("/search?q=台账&group=tasks&page=2").text
    assert "上一页" in second
    assert 'id="found-evidence"' not in second
    first = client.get("/search?q=台账&group=tasks").text
    assert first.count("/tasks/") == SHOWN
    assert client.get("/search?q=台账&group=tasks&page=9999999").status_code == 200
    assert client.get("/search?q=台账&group=nobody&page=2").status_code == 200


@pytest.mark.parametrize("name", ["office", "office-admin", "leader", "reviewer", "nongye", "nongye-head"])
def test_every_page_has_a_box_to_search_from(sign_in: SignIn, name: str) -> None:
    client = sign_in(name)
    assert client.get("/help").text.count('role="search"') == 1
    assert client.get("/search").text.count('role="search"') == 1


def test_administrators_search_nothing(sign_in: SignIn) -> None:
    client = sign_in("admin")
    assert client.get("/search?q=耕地").status_code == 403
    assert 'role="search"' not in client.get("/help").text
