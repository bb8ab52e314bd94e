"""Sessions that end, and keep what was typed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.people.conftest import Person, SignIn, enter, hidden
from tests.world import MovableClock


def test_a_session_ends_after_thirty_idle_minutes_and_not_before(
    sign_in: SignIn, clock: MovableClock
) -> None:
    client = sign_in("nongye")
    clock.move_to("2024-03-22T10:30")
    assert client.get("/desk").status_code == 200
    clock.move_to("2024-03-22T11:00")
    assert client.get("/desk").status_code == 200, "each request begins the half hour anew"
    clock.move_to("2024-03-22T11:31")
    assert client.get("/desk?view=all").headers["Location"] == "/sign-in?next=%2Fdesk%3Fview%3Dall"
    assert "登录已超时" in client.get("/sign-in").text


def expired(client: FlaskClient, clock: MovableClock, person: Person, **headers: str) -> str:
    """The answer to an edit of nongye that was sent too late."""
    clock.move_to("2024-03-22T12:00")
    typed = {"name": "新名字", "title": "<b>科长</b>", "old_password": "Secret-24", "seen": "x"}
    answer = client.post(f"/people/{person('nongye').id}", data=typed, headers=headers)
    assert answer.status_code == 401
    assert "登录已超时" in answer.text
    return answer.text


def test_what_was_typed_is_shown_to_the_same_person_to_be_sent_again(
    sign_in: SignIn, clock: MovableClock, person: Person
) -> None:
    client = sign_in("office-admin")
    kept = hidden(expired(client, clock, person), "kept")
    status, html = enter(client, "office-admin", kept=kept)
    assert status == 200
    assert "您离开前填写的内容" in html
    assert f'action="/people/{person("nongye").id}"' in html
    assert "<dt>职务</dt>" in html
    assert "&lt;b&gt;科长&lt;/b&gt;" in html
    assert hidden(html, "seen") == "x", "the fields that nobody sees are sent along"
    assert "Secret-24" not in html
    assert person("nongye").name != "新名字", "nothing is done before the button"


def test_it_survives_a_mistyped_password(sign_in: SignIn, clock: MovableClock, person: Person) -> None:
    client = sign_in("office-admin")
    kept = hidden(expired(client, clock, person), "kept")
    _, html = enter(client, "office-admin", "wrong", kept=kept)
    assert hidden(html, "kept") == kept


def test_nobody_else_sees_it(sign_in: SignIn, clock: MovableClock, person: Person) -> None:
    client = sign_in("office-admin")
    kept = hidden(expired(client, clock, person), "kept")
    assert enter(client, "admin", kept=kept) == (303, "/")
    assert "没有保留" in client.get("/help").text


@pytest.mark.parametrize("forged", ["x", "e30.AAAA.BBBB", ""])
def test_a_forged_text_is_dropped(client: FlaskClient, forged: str) -> None:
    assert enter(client, "nongye", kept=forged) == (303, "/")


def test_a_late_click_without_typing_leads_back_to_its_page(sign_in: SignIn, clock: MovableClock) -> None:
    client = sign_in("nongye")
    clock.move_to("2024-03-22T12:00")
    answer = client.post("/milestones/1/submission", headers={"Referer": "http://localhost/desk?view=all"})
    assert answer.headers["Location"] == "/sign-in?next=%2Fdesk%3Fview%3Dall"
    answer = client.post("/milestones/1/submission", headers={"Referer": "http://evil.test/desk"})
    assert answer.headers["Location"] == "/sign-in?next=%2F"


def test_htmx_is_told_to_leave_the_page(sign_in: SignIn, clock: MovableClock) -> None:
    client = sign_in("nongye")
    clock.move_to("2024-03-22T12:00")
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/desk"}
    answer = client.post("/milestones/1/submission", headers=headers)
    assert answer.headers["HX-Redirect"] == "/sign-in?next=%2Fdesk"


def test_htmx_puts_the_sign_in_page_in_place_of_the_whole(
    sign_in: SignIn, clock: MovableClock, person: Person
) -> None:
    client = sign_in("office-admin")
    clock.move_to("2024-03-22T12:00")
    answer = client.post(
        f"/people/{person('nongye').id}", data={"name": "新"}, headers={"HX-Request": "true"}
    )
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("body", "innerHTML")


def test_a_form_of_a_second_tab_is_kept_after_signing_in_in_the_first(
    app: Flask, sign_in: SignIn, person: Person
) -> None:
    client = sign_in("office-admin")
    app.config["WTF_CSRF_ENABLED"] = True
    path = f"/people/{person('nongye').id}"
    ours = client.post(path, data={"name": "新名字"}, headers={"Origin": "http://localhost"})
    assert (ours.status_code, "您离开前填写的内容" in ours.text) == (400, True)
    theirs = client.post(path, data={"name": "新名字"}, headers={"Origin": "http://evil.test"})
    assert (theirs.status_code, "新名字" in theirs.text) == (400, False)
