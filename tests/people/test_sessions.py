"""Sessions stand on the server: they end by themselves, by hand, and are no use to who stole their id."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import PASSWORD, MovableClock, city_moment
from tracker.events.models import Event
from tracker.people import actions
from tracker.people.actions import Device
from tracker.people.models import SignIn, User
from tracker.people.queries.sign_ins import sign_ins_of
from tracker.people.rules.sessions import SessionPolicy, browser_words, is_over, key_of

SignInAs = Callable[[str], FlaskClient]
Person = Callable[[str], User]
AT = city_moment("2024-03-22T10:00")
POLICY = SessionPolicy(idle_minutes=30, hours=12, most=3)
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"


def stolen(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser with the same cookie."""
    cookie = client.get_cookie("tracker")
    assert cookie
    thief = app.test_client()
    thief.set_cookie("tracker", cookie.value)
    assert thief.get("/desk").status_code == 200
    return thief


def is_out(client: FlaskClient) -> bool:
    """Whether a browser is sent to the sign-in page."""
    return client.get("/desk").headers.get("Location", "").startswith("/sign-in")


# a stolen id


def test_a_stolen_id_is_dead_after_sign_out(app: Flask, sign_in: SignInAs) -> None:
    client = sign_in("nongye")
    thief = stolen(app, client)
    client.post("/sign-out")
    assert is_out(thief)


def test_a_stolen_id_is_dead_after_a_new_password(app: Flask, sign_in: SignInAs) -> None:
    client = sign_in("nongye")
    thief = stolen(app, client)
    typed = {
        "old_password": PASSWORD,
        "new_password": "Kamdo-sky-24",
        "new_password_again": "Kamdo-sky-24",
    }
    assert client.post("/password", data=typed).status_code == 303
    assert is_out(thief)
    assert not is_out(client)


def test_a_stolen_id_is_dead_after_the_account_was_stopped_and_let_in_again(
    app: Flask, sign_in: SignInAs, session: Session, person: Person
) -> None:
    thief = stolen(app, sign_in("nongye"))
    actions.disable(session, person("nongye"), by=None, at=AT)
    assert is_out(thief)
    actions.enable(session, person("nongye"), by=None, at=AT)
    assert is_out(thief)


def test_the_id_is_new_with_each_sign_in_and_stored_as_a_hash_only(
    sign_in: SignInAs, session: Session, person: Person
) -> None:
    tokens = []
    for _ in range(2):
        with sign_in("nongye").session_transaction() as cookie:
            tokens.append(cookie["_user_id"].partition(":")[2])
    assert tokens[0] != tokens[1]
    stored = session.scalars(select(SignIn.key_hash).where(SignIn.user_id == person("nongye").id)).all()
    assert stored == [sha256(tokens[1].encode()).hexdigest()], "the browser's earlier one is dead"


def test_an_id_does_not_open_the_account_of_another(sign_in: SignInAs, person: Person) -> None:
    client = sign_in("nongye")
    with client.session_transaction() as cookie:
        token = cookie["_user_id"].partition(":")[2]
        cookie["_user_id"] = f"{person('admin').id}:{token}"
    assert is_out(client)


def test_whoever_took_over_a_session_does_not_guess_the_password(
    sign_in: SignInAs, clock: MovableClock
) -> None:
    client = sign_in("nongye")
    typed = {"new_password": "Kamdo-sky-24", "new_password_again": "Kamdo-sky-24"}
    for number in range(5):
        answer = client.post("/password", data=typed | {"old_password": f"guess-{number}"})
        assert "原密码不正确" in answer.text
    right = typed | {"old_password": PASSWORD}
    assert "15 分钟后再试" in client.post("/password", data=right).text
    clock.move_to("2024-03-22T10:15")
    assert client.post("/password", data=right).status_code == 303


# ends


def test_a_session_ends_after_twelve_hours_however_busy(sign_in: SignInAs, clock: MovableClock) -> None:
    client = sign_in("nongye")
    for hour in range(10, 22):
        for minute in (0, 29, 58):
            clock.move_to(f"2024-03-22T{hour}:{minute:02}")
            assert client.get("/account").status_code == 200
    clock.move_to("2024-03-22T22:00")
    assert is_out(client)
    assert "登录已超时" in client.get("/sign-in").text


def test_reading_pages_writes_once_a_minute_at_most(
    sign_in: SignInAs, clock: MovableClock, session: Session
) -> None:
    client = sign_in("nongye")
    seen = select(SignIn.seen_at)
    clock.move_to("2024-03-22T10:00:59")
    client.get("/account")
    assert session.scalars(seen).one() == AT
    clock.move_to("2024-03-22T10:01")
    client.get("/account")
    assert session.scalars(seen).one() == AT + timedelta(minutes=1)


def test_a_form_that_is_refused_keeps_the_session_in_use_too(
    sign_in: SignInAs, clock: MovableClock, session: Session
) -> None:
    client = sign_in("nongye")
    clock.move_to("2024-03-22T10:20")
    assert client.post("/password", data={}).status_code == 422
    assert session.scalars(select(SignIn.seen_at)).one() == AT + timedelta(minutes=20)


@pytest.mark.parametrize(
    ("seen", "age", "over"),
    [(0, 0, False), (30, 30, False), (31, 31, True), (0, 719, False), (0, 720, True), (1, 800, True)],
)
def test_the_rule_of_the_end_and_its_sister_in_sql_agree(
    session: Session, person: Person, seen: int, age: int, over: bool
) -> None:
    begun_at = AT - timedelta(minutes=age)
    made = actions.begin(session, person("nongye"), Device("x"), policy=POLICY, at=begun_at)
    made.seen_at = AT - timedelta(minutes=seen)
    session.flush()
    assert is_over(made.seen_at, made.ends_at, POLICY, AT) is over
    assert list(sign_ins_of(session, person("nongye"), POLICY, AT)) == ([] if over else [made])


@pytest.mark.parametrize("minutes", [1, 2, 30])
def test_use_is_noted_often_enough_for_any_idle_time(minutes: int) -> None:
    policy = SessionPolicy(minutes, 12, 3)
    assert policy.seen_step <= timedelta(minutes=minutes) / 3


def test_of_too_many_the_oldest_ends_and_is_written_down(session: Session, person: Person) -> None:
    user = person("nongye")
    for number in range(5):
        device = Device(str(number), "10.0.0.1", "Edge")
        actions.begin(session, user, device, policy=POLICY, at=AT + timedelta(minutes=number))
    left = sign_ins_of(session, user, POLICY, AT + timedelta(minutes=5))
    assert [one.key_hash for one in left] == [key_of(token) for token in "432"]
    notes = session.scalars(select(Event.note).where(Event.verb == "end_sign_in")).all()
    assert notes == ["同时登录超过 3 处，最早的一处自动退出"] * 2


def test_what_ran_out_is_cleared_away_at_the_next_sign_in(session: Session, person: Person) -> None:
    actions.begin(session, person("nongye"), Device("old"), policy=POLICY, at=AT - timedelta(days=2))
    actions.begin(session, person("nongye"), Device("new"), policy=POLICY, at=AT)
    assert session.scalars(select(SignIn.key_hash)).all() == [key_of("new")]


# 我的登录


def test_one_sees_and_ends_the_own_sessions(app: Flask, sign_in: SignInAs, session: Session) -> None:
    there = app.test_client()
    data = {"username": "nongye", "password": PASSWORD}
    there.post("/sign-in", data=data, headers={"User-Agent": WINDOWS})
    here = sign_in("nongye")
    html = here.get("/account").text
    assert html.count("本机") == 1
    assert "Chrome（Windows）" in html
    assert "127.0.0.1" in html
    first = session.scalars(select(SignIn.id).order_by(SignIn.id)).first()
    assert here.post(f"/account/sign-ins/{first}/ending").status_code == 303
    assert is_out(there)
    assert here.post(f"/account/sign-ins/{first}/ending").status_code == 404


def test_one_ends_all_others(app: Flask, sign_in: SignInAs) -> None:
    others = [app.test_client() for _ in range(2)]
    for other in others:
        other.post("/sign-in", data={"username": "nongye", "password": PASSWORD})
    here = sign_in("nongye")
    here.post("/account/sign-ins/ending")
    assert "已退出其他 2 处登录" in here.get("/account").text
    assert all(is_out(other) for other in others)


def test_nobody_ends_the_session_of_somebody_else(app: Flask, sign_in: SignInAs, session: Session) -> None:
    other = app.test_client()
    other.post("/sign-in", data={"username": "karuo", "password": PASSWORD})
    number = session.scalars(select(SignIn.id)).one()
    client = sign_in("nongye")
    assert client.post(f"/account/sign-ins/{number}/ending").status_code == 404
    client.post("/account/sign-ins/ending")
    assert not is_out(other)


def test_an_administrator_ends_all_of_a_person(app: Flask, sign_in: SignInAs, person: Person) -> None:
    other = app.test_client()
    other.post("/sign-in", data={"username": "nongye", "password": PASSWORD})
    client = sign_in("office-admin")
    path = f"/people/{person('nongye').id}"
    assert "现有登录 1 处" in client.get(path).text
    assert client.post(f"{path}/sign-ins/ending").status_code == 303
    assert is_out(other)
    assert not is_out(client)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (WINDOWS, "Chrome（Windows）"),
        (f"{WINDOWS} Edg/120.0", "Edge（Windows）"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox（Linux）"),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/86 Mobile Safari/537 MicroMessenger/8.0", "微信（安卓）"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/114.0 Safari/537.36 qaxbrowser", "奇安信浏览器（Linux）"),
        ("curl/8", "其他浏览器"),
        ("", "其他浏览器"),
    ],
)
def test_a_browser_has_a_name_that_people_know(agent: str, words: str) -> None:
    assert browser_words(agent) == words
