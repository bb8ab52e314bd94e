"""Hashes and one-time passwords."""

from hypothesis import given
from hypothesis import strategies as st

from tracker.people import passwords
from tracker.people.rules import password_problem


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
