"""Which passwords are good enough, and for how long.

Source: GB/T 22239-2019, L3-CES1-01 (complexity, periodic change).
"""

from collections.abc import Container, Iterable
from datetime import date, timedelta

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 128
REMEMBERED_PASSWORDS = 5
"""How many of a person's last passwords may not be used again."""
MOST_DECORATION = 6
"""Figures and signs around a common word that do not make a password of it: Admin@2024."""
SHORTEST_BASE = 4
WARNING_DAYS = 7
"""Days before a password runs out on which the sign-in says so."""
RULE_WORDS = (
    f"至少 {SHORTEST_PASSWORD} 位，含大写字母、小写字母、数字、符号中的三类；不能是常见的密码、"
    f"用户名加数字或符号、最近 {REMEMBERED_PASSWORDS} 次用过的密码"
)
"""The rule as a field says it."""
COMMON = "这个密码太常见，容易被猜中；请不要用常用词、地名、键盘顺序加数字或年份"
_USUAL = str.maketrans("@40!135$7", "aaolieest")
"""What is usually written for a letter: P@ssw0rd."""


def password_problem(password: str, *, username: str, common: Container[str] = frozenset()) -> str | None:
    """Why `password` is too weak for the person called `username`.

    Args:
        common: the folded words (`folded`) that everybody thinks of.
    """
    if len(password) < SHORTEST_PASSWORD:
        return f"密码至少 {SHORTEST_PASSWORD} 位"
    if len(password) > LONGEST_PASSWORD:
        return f"密码最多 {LONGEST_PASSWORD} 位"
    if _class_count(password) < 3:
        return "密码须包含大写字母、小写字母、数字、符号中的至少三类"
    if password.casefold() == username.casefold():
        return "密码不能与用户名相同"
    bases = set(_bases(password))
    if username and folded(username) in bases:
        return "密码不能是用户名加数字、符号"
    return COMMON if any(base in common for base in bases) else None


def folded(word: str) -> str:
    """A word as it is compared: small letters, and letters for the figures and signs that stand for them."""
    return word.casefold().translate(_USUAL)


def days_left(set_on: date | None, days: int, today: date) -> int | None:
    """How many days a password may still be used, 0 or less when it has run out; None: for ever.

    Args:
        set_on: when the person chose it; None for one that is changed at the first sign-in anyway.
        days: how long one may be used, 0 for ever.
    """
    return (set_on + timedelta(days=days) - today).days if set_on and days else None


def _bases(password: str) -> Iterable[str]:
    """The password without what is usually put around a word."""
    yield folded(password)
    for base in (
        password.rstrip(_not_letters(password)),
        password.strip(_not_letters(password)),
        password.strip("".join(sign for sign in password if not sign.isalnum())),
    ):
        if len(base) >= SHORTEST_BASE and len(password) - len(base) <= MOST_DECORATION:
            yield folded(base)


def _not_letters(password: str) -> str:
    return "".join(sign for sign in password if not sign.isalpha())


def _class_count(password: str) -> int:
    letters = "".join(sign for sign in password if sign.isascii() and sign.isalpha())
    has_digit = any(sign.isascii() and sign.isdigit() for sign in password)
    has_sign = any(not (sign.isascii() and sign.isalnum()) for sign in password)
    return sum((letters != letters.lower(), letters != letters.upper(), has_digit, has_sign))
