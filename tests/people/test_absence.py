"""Whose accounts nobody uses: the filter of 单位与人员 with the moment of the last sign-in."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import MovableClock
from tracker.events.actions import record
from tracker.people.models import User
from tracker.people.queries.absence import absent_count
from tracker.people.rules.absence import LONG

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]


def usernames(page: str) -> set[str]:
    """Who stands in the list."""
    rows = re.findall(r'<tr id="user-\d+">(.*?)</tr>', page, re.DOTALL)
    return {re.findall(r'<td data-label="用户名">(.*?)</td>', row)[0] for row in rows}


def last_of(page: str, username: str) -> str:
    """What the last column says of somebody."""
    row = next(row for row in page.split("<tr") if f">{username}</td>" in row)
    return str(re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)[-1])


@pytest.mark.parametrize("who", ["office-admin", "admin", "security"])
def test_who_has_been_away_for_long_is_found_with_the_last_sign_in(
    sign_in: SignIn, session: Session, person: Person, clock: MovableClock, who: str
) -> None:
    now = clock.now()
    for username, days in (("nongye", LONG.days + 1), ("mangkang", LONG.days), ("karuo", 1)):
        record(session, "user", person(username).id, "sign_in", by=person(username), at=now - timedelta(days))
    session.commit()
    client = sign_in(who)
    page = client.get("/people?absence=long").text
    found = usernames(page)
    assert "nongye" in found
    assert not found & {"mangkang", "karuo", who}
    assert "shijian" in found, "who never came, and got the account long ago, has been away too"
    assert last_of(page, "nongye") == "2023-12-22 10:00"
    assert last_of(page, "shijian") == "从未登录"
    assert absent_count(session, now) == len(found)
    assert usernames(client.get("/people?absence=never").text) == {
        user.username for user in session.scalars(select(User))
    } - {"nongye", "mangkang", "karuo", who}
    assert '<option value="long" selected>' in page


@pytest.mark.parametrize("verb", ["add", "enable", "reset_password"])
def test_who_has_just_got_an_account_or_a_password_has_not_been_away(
    sign_in: SignIn, session: Session, person: Person, clock: MovableClock, verb: str
) -> None:
    record(session, "user", person("nongye").id, verb, by=None, at=clock.now() - timedelta(days=9))
    person("shijian").is_active = False
    session.commit()
    client = sign_in("office-admin")
    assert not usernames(client.get("/people?absence=long").text) & {"nongye", "shijian"}
    assert "nongye" in usernames(client.get("/people?absence=never").text)
    assert {"nongye", "shijian"} <= usernames(client.get("/people?absence=other").text)
