"""统一身份登录, against a real identity platform in a process of its own."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.people.conftest import enter, hidden
from tests.people.identity_platform import CLIENT, SECRET, Platform, running_platform
from tests.people.test_second_factor import PAGE, secret_on
from tests.world import PASSWORD, MovableClock, city_moment
from tracker.config import Config
from tracker.events.models import Event
from tracker.events.rules import Outcome
from tracker.people import oidc
from tracker.people.models import SignIn, User
from tracker.people.rules import Role, oidc_username, reason_not_to_enter_by_oidc
from tracker.people.views import sessions
from tracker.values import SettingError

Person = Callable[[str], User]
OWN = "http://localhost"
NOW = city_moment("2024-03-22T10:00")


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with running_platform(NOW.timestamp(), f"{OWN}/sign-in/oidc/return") as platform:
        yield platform


@pytest.fixture
def put(app: Flask, config: Config) -> Callable[..., None]:
    """Changes settings: `put(oidc_claim="email")`."""

    def change(**settings: object) -> None:
        core = app.extensions["tracker"]
        app.extensions["tracker"] = replace(core, config=replace(core.config, **settings))

    return change


@pytest.fixture
def city(put: Callable[..., None], platform: Platform) -> Platform:
    """The platform, and an installation that is set up for it."""
    put(
        base_url=OWN, oidc_issuer=platform.url, oidc_client_id=CLIENT, oidc_client_secret=SECRET,
        oidc_name="昌都市统一身份登录",
    )  # fmt: skip
    return platform


def come(client: FlaskClient, platform: Platform, who: str, how: str = "", target: str = "") -> TestResponse:
    """Go to the platform, sign in there as `who`, and come back."""
    start = client.get("/sign-in/oidc", query_string={"next": target} if target else {})
    assert start.headers["Location"].startswith(f"{platform.url}/authorize?"), start.text
    back = urlsplit(platform.sign_in(start.headers["Location"], who, how))
    return client.get(f"{back.path}?{back.query}")


def last_event(session: Session) -> tuple[str, int, str, Outcome]:
    found = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    return found.verb, found.subject_id, found.note, found.outcome


def is_inside(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


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


def test_without_settings_there_is_no_button_and_the_addresses_lead_to_the_password(
    client: FlaskClient,
) -> None:
    assert "oidc" not in client.get("/sign-in").text
    for path in ("/sign-in/oidc", "/sign-in/oidc/return?code=x&state=y"):
        assert client.get(path).headers["Location"] == "/sign-in"
    assert "没有开通统一身份登录" in client.get("/sign-in").text


def test_without_settings_nothing_of_it_is_loaded() -> None:
    code = (
        "import sys; from tracker import create_app; from tracker.config import Config;"
        "from pathlib import Path; import tempfile; create_app(Config(data_dir=Path(tempfile.mkdtemp())));"
        "print([name for name in sys.modules if name.startswith(('authlib', 'joserfc'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


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


def test_what_the_token_leaves_out_is_asked_for_once_more(client: FlaskClient, city: Platform) -> None:
    assert come(client, city, "nongye", "userinfo").status_code == 303


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


SET = {
    "TRACKER_OIDC_ISSUER": "https://id.example.test/realms/city/",
    "TRACKER_OIDC_CLIENT_ID": "tracker",
    "TRACKER_OIDC_CLIENT_SECRET": "secret",
}


def test_the_issuer_is_kept_sign_by_sign() -> None:
    read = Config.from_env(SET)
    assert read.oidc_issuer == "https://id.example.test/realms/city/"
    assert (read.oidc_claim, read.oidc_name) == ("preferred_username", "用统一身份平台登录")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({**SET, "TRACKER_OIDC_CLIENT_SECRET": ""}, "还缺 TRACKER_OIDC_CLIENT_SECRET"),
        ({"TRACKER_OIDC_CLAIM": "email"}, "还缺 TRACKER_OIDC_ISSUER、TRACKER_OIDC_CLIENT_ID、"),
        ({**SET, "TRACKER_OIDC_ISSUER": "http://id.example.test"}, "设置 TRACKER_OIDC_ISSUER .*https://"),
        ({**SET, "TRACKER_OIDC_ISSUER": "https://id.example.test/?a=b"}, "TRACKER_OIDC_ISSUER"),
        ({**SET, "TRACKER_OIDC_ISSUER": "https://id.example.test:0"}, "TRACKER_OIDC_ISSUER"),
        ({**SET, "TRACKER_OIDC_ISSUER": "id.example.test"}, "TRACKER_OIDC_ISSUER"),
        ({**SET, "TRACKER_OIDC_CLIENT_ID": "a b"}, "TRACKER_OIDC_CLIENT_ID .*不含空格"),
        ({**SET, "TRACKER_OIDC_NAME": "长" * 21}, "TRACKER_OIDC_NAME .*不超过 20 个字"),
    ],
)
def test_wrong_and_half_settings_are_one_line(settings: dict[str, str], said: str) -> None:
    with pytest.raises(SettingError, match=said) as error:
        Config.from_env(settings)
    assert "\n" not in str(error.value)


def test_a_wrong_secret_is_not_shown() -> None:
    with pytest.raises(SettingError, match="TRACKER_OIDC_CLIENT_SECRET") as error:
        Config.from_env({**SET, "TRACKER_OIDC_CLIENT_SECRET": "geheim wort"})
    assert "geheim" not in str(error.value)


def test_within_the_machine_the_issuer_may_do_without_https() -> None:
    assert Config.from_env({**SET, "TRACKER_OIDC_ISSUER": "http://127.0.0.1:9000"}).oidc_issuer


def test_settings_without_the_extra_stop_the_start(
    app: Flask, city: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "find_spec", lambda _name: None)
    with pytest.raises(SettingError, match=r"pip install 'tracker\[oidc\]'"):
        sessions.install(app)
