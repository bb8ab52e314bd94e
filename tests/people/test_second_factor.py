"""动态口令: set up, asked for, used once, lost, demanded."""

import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people.conftest import enter, hidden
from tests.world import MovableClock, city_moment
from tracker.config import Config
from tracker.people import totp
from tracker.people.models import RecoveryCode, SecondFactor, User
from tracker.people.rules import Role
from tracker.people.rules.second_factor import clean_code, is_totp, recovery_key
from tracker.people.views import sessions
from tracker.values import SettingError
from tracker.web import Core

SignInAs = Callable[[str], FlaskClient]
Person = Callable[[str], User]
PAGE = "/account/second-factor"


class Phone:
    """An authenticator application with one secret."""

    def __init__(self, secret: str, clock: MovableClock) -> None:
        self.secret, self._clock = secret, clock
        self.recovery: list[str] = []

    def code(self, *, steps: int = 0) -> str:
        """The code that it shows now, or so many half minutes later."""
        return pyotp.TOTP(self.secret).at(self._clock.now(), counter_offset=steps)


@pytest.fixture
def phone(sign_in: SignInAs, clock: MovableClock) -> Phone:
    """nongye has set up the second factor at ten, and signed out."""
    client = sign_in("nongye")
    client.post(PAGE)
    phone = Phone(secret_on(client), clock)
    answer = client.post(f"{PAGE}/confirmation", data={"code": phone.code()})
    assert answer.status_code == 200
    phone.recovery = re.findall(r"<code>([^<]+)</code>", answer.text)
    client.post("/sign-out")
    clock.move_to("2024-03-22T10:02")
    return phone


def secret_on(client: FlaskClient) -> str:
    """The secret that the page of the set-up shows."""
    return str(re.findall(r'class="secret">([^<]+)<', client.get(PAGE).text)[0]).replace(" ", "")


def send(client: FlaskClient, code: str, **more: str) -> tuple[int, str]:
    """Status and page or address after the second step."""
    answer = client.post("/sign-in/code", data={"code": code, **more})
    return answer.status_code, answer.headers.get("Location", "") or answer.text


def test_it_is_confirmed_by_a_code_and_gives_ten_codes_once(phone: Phone, session: Session) -> None:
    assert len(set(phone.recovery)) == 10
    stored = session.scalars(select(RecoveryCode.key_hash)).all()
    assert set(stored) == {recovery_key(code) for code in phone.recovery}
    assert not set(stored) & set(phone.recovery)
    assert phone.secret not in session.scalars(select(SecondFactor)).one().secret


def test_the_picture_holds_the_secret_and_is_in_the_page_itself(sign_in: SignInAs) -> None:
    client = sign_in("nongye")
    client.post(PAGE)
    html = client.get(PAGE).text
    image = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    assert b64decode(image[0]).startswith(b"\x89PNG")
    secret = re.findall(r'<code class="secret">([^<]+)</code>', html)[0].replace(" ", "")
    assert re.findall(r'href="(otpauth://totp/[^"?]+nongye\?secret=\w+)', html)[0].endswith(secret)


def test_a_wrong_code_does_not_confirm(sign_in: SignInAs, person: Person) -> None:
    client = sign_in("nongye")
    client.post(PAGE)
    answer = client.post(f"{PAGE}/confirmation", data={"code": "000000"})
    assert answer.status_code == 422
    assert "动态口令不正确" in answer.text
    assert not person("nongye").has_second_factor
    assert enter(client, "nongye")[0] == 303, "what was not confirmed is not asked for"


def test_the_code_is_the_second_step_and_one_goes_where_one_wanted(client: FlaskClient, phone: Phone) -> None:
    status, html = enter(client, "nongye", next="/desk?view=all")
    assert status == 200
    assert client.get("/desk").headers["Location"].startswith("/sign-in"), "half is nothing"
    assert send(client, phone.code(), next=hidden(html, "next")) == (303, "/desk?view=all")
    assert client.get("/desk").status_code == 200


def test_a_code_is_taken_once(app: Flask, client: FlaskClient, phone: Phone) -> None:
    enter(client, "nongye")
    code = phone.code()
    assert send(client, code)[0] == 303
    other = app.test_client()
    enter(other, "nongye")
    status, html = send(other, code)
    assert (status, "已经用过" in html) == (422, True)
    assert send(other, phone.code(steps=-1))[0] == 422, "nor an earlier one"
    assert send(other, phone.code(steps=1))[0] == 303


def test_a_recovery_code_is_taken_once(app: Flask, client: FlaskClient, phone: Phone) -> None:
    enter(client, "nongye")
    assert send(client, f" {phone.recovery[3].upper()} ")[0] == 303
    assert "还有 9 个恢复码" in client.get(PAGE).text
    other = app.test_client()
    enter(other, "nongye")
    assert send(other, phone.recovery[3])[0] == 422
    assert send(other, phone.recovery[4].replace("-", ""))[0] == 303


def test_wrong_codes_lock_like_wrong_passwords(
    app: Flask, client: FlaskClient, phone: Phone, clock: MovableClock
) -> None:
    for _ in range(4):
        enter(client, "nongye")
        assert send(client, "000000")[0] == 422
    enter(client, "nongye")
    assert "已锁定至 10:17" in send(client, "000000")[1], "a right password in between forgets nothing"
    assert "已锁定至 10:17" in send(client, phone.code())[1]
    assert enter(app.test_client(), "nongye")[0] == 422
    clock.move_to("2024-03-22T10:18")
    enter(client, "nongye")
    assert send(client, phone.code())[0] == 303


def test_half_a_sign_in_is_void_after_five_minutes(
    client: FlaskClient, phone: Phone, clock: MovableClock
) -> None:
    enter(client, "nongye")
    clock.move_to("2024-03-22T10:08")
    assert send(client, phone.code()) == (303, "/sign-in")
    assert "登录已过期" in client.get("/sign-in").text


def test_half_a_sign_in_is_void_after_a_reset(client: FlaskClient, phone: Phone, person: Person) -> None:
    enter(client, "nongye")
    person("nongye").password_hash = "another"
    assert send(client, phone.code()) == (303, "/sign-in")


def test_a_code_without_a_password_is_nothing(client: FlaskClient, phone: Phone) -> None:
    assert send(client, phone.code()) == (303, "/sign-in")


def test_what_was_typed_survives_the_second_step(
    client: FlaskClient, phone: Phone, clock: MovableClock
) -> None:
    enter(client, "nongye")
    send(client, phone.code())
    clock.move_to("2024-03-22T11:00")
    html = client.post("/milestones/1/return", data={"reason": "未盖章"}).text
    status, html = enter(client, "nongye", kept=hidden(html, "kept"))
    assert status == 200
    html = send(client, phone.code(), kept=hidden(html, "kept"))[1]
    assert "您离开前填写的内容" in html
    assert "未盖章" in html


def test_a_code_is_not_carried_through_the_sign_in_page(
    client: FlaskClient, phone: Phone, clock: MovableClock
) -> None:
    enter(client, "nongye")
    send(client, phone.code())
    clock.move_to("2024-03-22T11:00")
    answer = client.post(f"{PAGE}/codes", data={"code": phone.recovery[0]})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=")


def test_one_switches_it_off_and_renews_the_codes_with_a_code_only(
    client: FlaskClient, phone: Phone, clock: MovableClock, person: Person
) -> None:
    enter(client, "nongye")
    send(client, phone.code())
    clock.move_to("2024-03-22T10:05")
    assert client.post(f"{PAGE}/codes", data={"code": "000000"}).status_code == 422
    html = client.post(f"{PAGE}/codes", data={"code": phone.code()}).text
    assert phone.recovery[0] not in html
    assert client.post(f"{PAGE}/removal", data={"code": phone.recovery[0]}).status_code == 422
    clock.move_to("2024-03-22T10:07")
    assert client.post(f"{PAGE}/removal", data={"code": phone.code()}).status_code == 303
    assert not person("nongye").has_second_factor
    assert enter(client, "nongye")[0] == 303


def test_wrong_codes_of_who_is_signed_in_are_counted_too(
    client: FlaskClient, phone: Phone, clock: MovableClock
) -> None:
    enter(client, "nongye")
    send(client, phone.code())
    clock.move_to("2024-03-22T10:05")
    for _ in range(5):
        client.post(f"{PAGE}/removal", data={"code": "000000"})
    assert "15 分钟后再试" in client.post(f"{PAGE}/removal", data={"code": phone.code()}).text


def test_the_security_administrator_takes_it_from_who_lost_the_telephone(
    app: Flask, phone: Phone, sign_in: SignInAs, person: Person
) -> None:
    path = f"/people/{person('nongye').id}"
    security = sign_in("security")
    assert "解除动态口令" in security.get(path).text
    assert security.post(f"{path}/second-factor/removal").status_code == 303
    assert security.post(f"{path}/second-factor/removal").status_code == 409
    assert enter(app.test_client(), "nongye")[0] == 303


def test_a_role_that_must_have_it_sets_it_up_before_anything_else(
    app: Flask, config: Config, sign_in: SignInAs, clock: MovableClock
) -> None:
    core: Core = app.extensions["tracker"]
    app.extensions["tracker"] = replace(core, config=replace(config, totp_roles=("office_admin",)))
    client = sign_in("office-admin")
    assert client.get("/board").headers["Location"] == PAGE
    assert "登录须用动态口令" in client.get(PAGE).text
    client.post(PAGE)
    code = pyotp.TOTP(secret_on(client)).at(clock.now())
    assert client.post(f"{PAGE}/confirmation", data={"code": code}).status_code == 200
    assert client.get("/board").status_code == 200
    assert "停用动态口令" not in client.get(PAGE).text


def test_a_role_that_does_not_exist_stops_the_start(app: Flask, config: Config) -> None:
    core: Core = app.extensions["tracker"]
    app.extensions["tracker"] = replace(core, config=replace(config, totp_roles=("king",)))
    with pytest.raises(SettingError, match="TRACKER_TOTP_ROLES 里没有“king”"):
        sessions.install(app)


def test_roles_are_read_from_the_environment() -> None:
    read = Config.from_env({"TRACKER_TOTP_ROLES": "office_admin, system_admin"})
    assert read.totp_roles == (Role.OFFICE_ADMIN.value, Role.SYSTEM_ADMIN.value)


def test_a_secret_is_unreadable_with_another_key() -> None:
    stored = totp.sealed("SECRET", "key")
    assert totp.opened(stored, "key") == "SECRET"
    assert totp.opened(stored, "other") is None


def test_codes_of_the_neighbouring_half_minutes_are_taken() -> None:
    at, secret = city_moment("2024-03-22T10:00"), totp.new_secret()
    taken = [
        totp.matching_step(secret, pyotp.TOTP(secret).at(at, counter_offset=step), at)
        for step in range(-2, 3)
    ]
    assert [step is not None for step in taken] == [False, True, True, True, False]


def test_codes_are_cleaned() -> None:
    assert clean_code(" １２３ ４56 ") == "123456"
    assert is_totp("123456")
    assert not is_totp("12345")
    assert recovery_key("ABCD-efgh-2345") == recovery_key("abcdefgh2345")
