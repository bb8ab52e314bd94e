"""Hashes and one-time passwords."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.people import passwords
from tracker.people.rules.passwords import password_problem


def test_a_password_matches_its_own_hash_alone() -> None:
    stored = passwords.hash_password("Changdu-24")
    assert "Changdu-24" not in stored
    assert passwords.matches(stored, "Changdu-24")
    assert not passwords.matches(stored, "Changdu-25")


def test_a_one_time_password_matches_its_own_hash_alone() -> None:
    password = passwords.one_time_password()
    stored = passwords.hash_one_time(password)
    assert passwords.matches(stored, password)
    assert not passwords.matches(stored, passwords.one_time_password())


@given(st.text(max_size=40))
def test_nothing_matches_an_account_without_a_password_or_a_broken_hash(password: str) -> None:
    assert not passwords.matches("", password)
    assert not passwords.matches("no hash", password)


def test_one_time_passwords_are_readable_and_never_the_same() -> None:
    made = {passwords.one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("ilo01ILO")
    assert all(len(password) == 14 for password in made)


def test_a_one_time_password_need_not_pass_the_rule_because_it_is_changed_at_once() -> None:
    assert password_problem("abcd-efgh-jkmn", username="") is not None


@pytest.mark.parametrize(
    "password",
    [
        "Admin@123", "Aa123456", "aa123456.", "1qaz@WSX", "!QAZ2wsx", "P@ssw0rd", "Passw0rd!", "Pa$$w0rd123",
        "Qwer1234", "Qwer@1234", "Changdu-2024", "Changdu@2023!", "#Welcome1", "Woaini1314", "Abc123456",
        "Huawei12#$", "Zhongguo2024", "Iloveyou!1",
    ],
)  # fmt: skip
def test_what_everybody_thinks_of_is_common(password: str) -> None:
    assert "太常见" in str(password_problem(password, username="nongye", common=passwords.common()))


@pytest.mark.parametrize(
    "password",
    ["Kamdo-sky-24", "Xq7#mnTv", "Changdu-39461857", "my dog eats 3 Momos", "Tashi&Nyima9", "雪山之下的Xs1"],
)
def test_what_nobody_thinks_of_is_not(password: str) -> None:
    assert password_problem(password, username="nongye", common=passwords.common()) is None


def test_the_list_is_of_a_few_thousand_words_with_its_source_on_top() -> None:
    assert 3000 < len(passwords.common()) < 6000
    assert "zxcvbn" in passwords.LIST.read_text(encoding="utf-8").partition("\nadmin")[0]
