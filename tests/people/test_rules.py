"""Who may come in, which passwords are good enough, who may make whom."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import city_moment
from tracker.people.rules import (
    Role,
    clean_phone,
    clean_username,
    email_problem,
    phone_problem,
    reason_not_to_enter,
    username_problem,
)
from tracker.people.rules.contacts import masked_email, masked_phone
from tracker.people.rules.locks import is_locked
from tracker.people.rules.passwords import days_left, password_problem


@pytest.mark.parametrize(
    "password", ["Changdu24", "changdu-24", "CHANGDU-24", "Changdu-x", "昌都市食安办Ab1x"]
)
def test_three_kinds_of_signs_make_a_password(password: str) -> None:
    assert password_problem(password, username="nongye") is None


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Ab-3456", "至少 8 位"),
        ("changdu24", "至少三类"),
        ("12345678", "至少三类"),
        ("Changduxx", "至少三类"),
        ("Ab-34567" * 17, "最多 128 位"),
        ("NONG-YE-1", "与用户名相同"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, said: str) -> None:
    assert said in str(password_problem(password, username="nong-ye-1"))


@given(st.text(min_size=8, max_size=128))
def test_a_password_passes_exactly_when_three_kinds_are_in_it(password: str) -> None:
    kinds = (
        any("A" <= sign <= "Z" for sign in password),
        any("a" <= sign <= "z" for sign in password),
        any("0" <= sign <= "9" for sign in password),
        any(not (sign.isascii() and sign.isalnum()) for sign in password),
    )
    assert (password_problem(password, username="") is None) == (sum(kinds) >= 3)


def test_a_lock_ends_at_its_moment() -> None:
    until = city_moment("2024-03-22T10:15")
    assert is_locked(until, city_moment("2024-03-22T10:14"))
    assert not is_locked(until, until)
    assert not is_locked(None, until)


def test_a_reviewer_comes_in_until_the_last_day() -> None:
    last = date(2024, 3, 22)
    assert reason_not_to_enter(is_active=True, valid_until=last, today=last) is None
    assert "2024-03-22" in str(reason_not_to_enter(is_active=True, valid_until=last, today=date(2024, 3, 23)))


def test_a_stopped_account_is_told_so() -> None:
    assert "已停用" in str(reason_not_to_enter(is_active=False, valid_until=None, today=date(2024, 3, 22)))


def test_a_user_name_is_found_however_it_was_typed() -> None:
    assert clean_username(" ＮｏｎｇＹｅ１ ") == "nongye1"


@pytest.mark.parametrize("username", ["nongye", "nong-ye.1", "a1"])
def test_these_user_names_can_be_given(username: str) -> None:
    assert username_problem(username) is None


@pytest.mark.parametrize("username", ["n", "nong ye", "农业", "-ye", "a" * 41, "Nongye"])
def test_these_user_names_cannot(username: str) -> None:
    assert username_problem(username)


@pytest.mark.parametrize(
    ("phone", "stored"),
    [
        ("13908950001", "13908950001"),
        ("+86 139-0895-0001", "13908950001"),
        ("１３９ ０８９５ ０００１", "13908950001"),
        ("0895-4821234", "0895-4821234"),
        ("（0895）4821234", "0895-4821234"),
        ("08954821234", "0895-4821234"),
        ("010 — 88001234 转 802", "010-88001234转802"),
        ("0895-4821234-802", "0895-4821234转802"),
    ],
)
def test_mobile_and_fixed_numbers_pass_and_are_stored_alike(phone: str, stored: str) -> None:
    assert phone_problem(phone) is None
    assert clean_phone(phone) == stored
    assert clean_phone(stored) == stored


@pytest.mark.parametrize(
    "phone",
    [
        "1390",
        "1390000",
        "139089500012",
        "23908950001",
        "4821234",
        "4821234转802",
        "0895-482123",
        "abc",
        "139089500011390895000113",
        "139,0895",
    ],
)
def test_what_is_no_telephone_number_does_not(phone: str) -> None:
    assert phone_problem(phone)


def test_mail_addresses_are_looked_at() -> None:
    assert email_problem("ciren@changdu.gov.cn") is None
    assert email_problem("ciren@") == "不是有效的邮箱地址"


@pytest.mark.parametrize(
    ("set_on", "days", "left"),
    [
        (date(2024, 3, 22), 90, 90), (date(2023, 12, 24), 90, 1), (date(2023, 12, 23), 90, 0),
        (date(2020, 1, 1), 0, None), (None, 90, None),
    ],
)  # fmt: skip
def test_a_password_runs_out_after_so_many_days(set_on: date | None, days: int, left: int | None) -> None:
    assert days_left(set_on, days, date(2024, 3, 22)) == left


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13908950001", "139****0001"), ("0895-4821234", "0895-****234"), ("0895-4821234转802", "0895-****802"),
     ("1234567", "*******"), ("", "")],
)  # fmt: skip
def test_a_telephone_is_masked(phone: str, masked: str) -> None:
    assert masked_phone(phone) == masked


@pytest.mark.parametrize(
    ("email", "masked"), [("ciren@changdu.gov.cn", "c***@changdu.gov.cn"), ("@x.cn", "***@x.cn"), ("", "")]
)
def test_a_mail_address_is_masked(email: str, masked: str) -> None:
    assert masked_email(email) == masked


def test_who_calls_nobody_sees_no_contacts() -> None:
    blind = {role for role in Role if not role.sees_contacts}
    assert blind == {Role.REVIEWER, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
