"""Password hashes and one-time passwords; the one place that knows argon2.

A one-time password is twelve random signs (59 bits) that live until the first sign-in, so a light hash
is enough for it and a roster of a hundred people takes no half minute. Checking any password costs
one full and one light hash, whoever asks and whatever is stored: the time tells nothing. A full hash
takes 64 MB, so a process makes one at a time; it keeps all cores busy anyway.
"""

import secrets
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from threading import Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from tracker.people.rules.passwords import folded

READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
LIST = Path(__file__).with_name("common_passwords.txt")
_ONE_AT_A_TIME = Semaphore()


class _Hashers:
    """The cost in force."""

    full = PasswordHasher()
    light = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
    dummies: tuple[str, str] | None = None


def make_cheap() -> None:
    """Hash at next to no cost from now on; for tests alone."""
    _Hashers.full = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    _Hashers.light = PasswordHasher(time_cost=1, memory_cost=9, parallelism=1)
    _Hashers.dummies = None


def hash_password(password: str) -> str:
    """What is stored of a password that a person chose."""
    with _ONE_AT_A_TIME:
        return _Hashers.full.hash(password)


def hash_one_time(password: str) -> str:
    """What is stored of a password made by `one_time_password`."""
    return _Hashers.light.hash(password)


def one_time_password() -> str:
    """A password to be typed once from paper: no signs that look alike, in three groups."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(3))


def matches(stored: str, password: str) -> bool:
    """Whether `password` is the stored one; an empty `stored` matches nothing."""
    full, light = _dummies()
    is_light = bool(stored) and not _is_full(stored)
    answers = (
        _verify(full if is_light or not stored else stored, password),
        _verify(stored if is_light else light, password),
    )
    return bool(stored) and answers[is_light]


def is_one_of(stored: Iterable[str], password: str) -> bool:
    """Whether `password` is one that its owner chose before; for whoever is signed in, as the time tells."""
    return any(_verify(one, password) for one in stored)


@cache
def common() -> frozenset[str]:
    """The words that everybody thinks of, folded."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(folded(line) for line in lines if not line.startswith("#"))


def _dummies() -> tuple[str, str]:
    if _Hashers.dummies is None:
        secret = secrets.token_hex()
        _Hashers.dummies = hash_password(secret), hash_one_time(secret)
    return _Hashers.dummies


def _is_full(stored: str) -> bool:
    try:
        return not _Hashers.full.check_needs_rehash(stored)
    except InvalidHashError:
        return False


def _verify(stored: str, password: str) -> bool:
    try:
        with _ONE_AT_A_TIME:
            return _Hashers.full.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False
