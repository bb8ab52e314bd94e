"""Coming in, being locked out, and what administrators do with accounts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from secrets import token_hex

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import PASSWORD, city_moment
from tracker.errors import Refused, Stale
from tracker.events.models import Event
from tracker.people import actions, passwords
from tracker.people.actions import Answer, Attempt, Contact, Device
from tracker.people.models import PastPassword, SignIn, User
from tracker.people.queries.sign_ins import OF_SESSION, row_of_session, sign_ins_of
from tracker.people.rules import Role
from tracker.people.rules.locks import LockPolicy
from tracker.people.rules.sessions import SessionPolicy
from tracker.units.models import Unit

Person = Callable[[str], User]
UnitOf = Callable[[str], Unit]
POLICY = LockPolicy(attempts=5, minutes=15)
SESSIONS = SessionPolicy(idle_minutes=30, hours=12, most=3)
AT = city_moment("2024-03-22T10:00")


def attempt(session: Session, username: str, *, right: bool, minutes: float = 0) -> Answer:
    """Somebody tries to sign in, some minutes after ten."""
    at = AT + timedelta(minutes=minutes)
    return actions.try_to_enter(session, Attempt(username, right, at, at.date()), policy=POLICY)


def signed_in(session: Session, user: User) -> SignIn:
    """Somebody has a session."""
    return actions.begin(session, user, Device(token_hex()), policy=SESSIONS, at=AT)


def running(session: Session, user: User) -> list[SignIn]:
    """The sessions that somebody has."""
    return list(sign_ins_of(session, user, SESSIONS, AT))


def change(session: Session, user: User, old: str, new: str) -> None:
    """Somebody changes the own password."""
    change = actions.check_change(actions.known_of(session, user), old=old, new=new)
    actions.change_password(session, user, change, at=AT)


def verbs(session: Session, user: User) -> list[str]:
    """What the ledger says of an account, oldest first."""
    found = select(Event.verb).where(Event.subject == "user", Event.subject_id == user.id)
    return list(session.scalars(found.order_by(Event.id)))


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(session: Session, person: Person) -> None:
    answers = [attempt(session, "nongye", right=False) for _ in range(5)]
    assert [answer.locked_until for answer in answers] == [None] * 4 + [AT + timedelta(minutes=15)]
    assert attempt(session, "nongye", right=True, minutes=14.9).user is None
    assert attempt(session, "nongye", right=True, minutes=15).user == person("nongye")


def test_after_the_lock_the_count_begins_anew(session: Session) -> None:
    for _ in range(5):
        attempt(session, "nongye", right=False)
    assert attempt(session, "nongye", right=False, minutes=16).locked_until is None


def test_a_right_password_forgets_the_wrong_ones(session: Session, person: Person) -> None:
    for _ in range(4):
        attempt(session, "nongye", right=False)
    assert attempt(session, "nongye", right=True).user
    assert person("nongye").failed_count == 0
    assert attempt(session, "nongye", right=False).locked_until is None


def test_wrong_passwords_do_not_lock_another_account(session: Session) -> None:
    for _ in range(5):
        attempt(session, "nongye", right=False)
    assert attempt(session, "shijian", right=True).user


def test_a_name_that_nobody_has_looks_exactly_like_an_account(session: Session) -> None:
    known = [attempt(session, "nongye", right=False, minutes=step) for step in range(7)]
    unknown = [attempt(session, "nobody", right=False, minutes=step) for step in range(7)]
    assert [replace(answer, user=None) for answer in known] == unknown
    assert unknown[-1].locked_until == AT + timedelta(minutes=4 + 15)


def test_every_attempt_is_in_the_ledger(session: Session, person: Person) -> None:
    attempt(session, "nongye", right=False)
    attempt(session, "nongye", right=True)
    actions.leave(session, person("nongye"), signed_in(session, person("nongye")).id, at=AT)
    assert running(session, person("nongye")) == []
    session.flush()
    assert verbs(session, person("nongye")) == ["sign_in_refused", "sign_in", "sign_out"]
    refused = session.scalars(select(Event).where(Event.verb == "sign_in_refused")).one()
    assert refused.by is None, "whoever typed a wrong password is not the person"


def test_a_stopped_account_is_refused_with_the_right_password_only(session: Session, person: Person) -> None:
    actions.disable(session, person("nongye"), by=person("office-admin"), at=AT)
    assert "已停用" in attempt(session, "nongye", right=True).reason
    assert attempt(session, "nongye", right=False) == Answer()


def test_a_new_password_ends_all_sessions(session: Session, person: Person) -> None:
    user = person("nongye")
    signed_in(session, user)
    change(session, user, PASSWORD, "Kamdo-sky-24")
    assert passwords.matches(user.password_hash, "Kamdo-sky-24")
    assert running(session, user) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("wrong", "Kamdo-sky-24", "原密码不正确"),
        (PASSWORD, PASSWORD, "不能与原密码相同"),
        (PASSWORD, "Nongye-2024", "用户名加数字、符号"),
        (PASSWORD, "Admin@123", "太常见"),
        (PASSWORD, "short", "至少 8 位"),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(
    session: Session, person: Person, old: str, new: str, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        change(session, person("nongye"), old, new)
    assert passwords.matches(person("nongye").password_hash, PASSWORD)


def test_the_last_five_passwords_are_not_taken_again(session: Session, person: Person) -> None:
    user, chosen = person("nongye"), [f"Kamdo-sky-{number}" for number in range(10, 17)]
    change(session, user, PASSWORD, chosen[0])
    for old, new in pairwise(chosen[:5]):
        change(session, user, old, new)
    for number in range(4):
        with pytest.raises(Refused, match="最近 5 次"):
            change(session, user, chosen[4], chosen[number])
    change(session, user, chosen[4], chosen[5])
    change(session, user, chosen[5], chosen[0])
    assert passwords.matches(user.password_hash, chosen[0]), "the sixth of before may be used again"
    assert len(session.scalars(select(PastPassword)).all()) == 5


def test_a_reset_does_not_bring_an_old_password_back(session: Session, person: Person) -> None:
    user = person("nongye")
    change(session, user, PASSWORD, "Kamdo-sky-24")
    issued = actions.reset_password(session, user, by=None, at=AT)
    with pytest.raises(Refused, match="最近 5 次"):
        change(session, user, issued, "Kamdo-sky-24")


def test_a_change_that_was_overtaken_by_a_reset_is_refused(session: Session, person: Person) -> None:
    user = person("nongye")
    checked = actions.check_change(actions.known_of(session, user), old=PASSWORD, new="Kamdo-sky-24")
    actions.reset_password(session, user, by=None, at=AT)
    with pytest.raises(Stale):
        actions.change_password(session, user, checked, at=AT)


def test_a_new_person_gets_a_name_a_password_and_has_to_change_it(
    session: Session, person: Person, unit: UnitOf
) -> None:
    made, password = actions.add(
        session, unit("市教育局"), Contact("次仁", phone="13908950001"), Role.LIAISON,
        by=person("office-admin"), at=AT,
    )  # fmt: skip
    assert (made.username, made.sort_name) == ("jiaoyuju1", "ci ren")
    assert made.must_change_password
    assert passwords.matches(made.password_hash, password)
    assert verbs(session, made) == ["add"]


def test_generated_names_go_on_counting(session: Session, person: Person, unit: UnitOf) -> None:
    names = [
        actions.add(session, unit("市教育局"), Contact(name), Role.LIAISON, by=None, at=AT)[0].username
        for name in ("甲", "乙", "丙")
    ]
    assert names == ["jiaoyuju1", "jiaoyuju2", "jiaoyuju3"]


def test_nobody_is_added_twice(session: Session, unit: UnitOf) -> None:
    contact = Contact("次仁", email="Ciren@example.test")
    actions.add(session, unit("市教育局"), contact, Role.LIAISON, by=None, at=AT)
    with pytest.raises(Refused, match="jiaoyuju1"):
        actions.add(
            session,
            unit("市教育局"),
            replace(contact, email="ciren@example.test"),
            Role.LIAISON,
            by=None,
            at=AT,
        )


def test_a_taken_user_name_is_refused(session: Session, unit: UnitOf) -> None:
    with pytest.raises(Refused, match="已被使用"):
        actions.add(
            session, unit("市教育局"), Contact("次仁"), Role.LIAISON, by=None, at=AT, username="NongYe"
        )


def test_the_office_cannot_make_or_touch_administrators(
    session: Session, person: Person, unit: UnitOf
) -> None:
    by = person("office-admin")
    with pytest.raises(Refused, match="系统管理员"):
        actions.add(session, unit("市食安办"), Contact("某"), Role.AUDIT_ADMIN, by=by, at=AT)
    with pytest.raises(Refused, match="系统管理员"):
        actions.reset_password(session, person("admin"), by=by, at=AT)


def test_a_reset_lifts_the_lock_and_ends_the_sessions(session: Session, person: Person) -> None:
    for _ in range(5):
        attempt(session, "nongye", right=False)
    signed_in(session, person("nongye"))
    password = actions.reset_password(session, person("nongye"), by=person("office-admin"), at=AT)
    assert passwords.matches(person("nongye").password_hash, password)
    assert attempt(session, "nongye", right=True).user
    assert running(session, person("nongye")) == []


def test_a_stopped_account_loses_its_sessions_at_once_and_can_be_let_in_again(
    session: Session, person: Person
) -> None:
    user, by = person("nongye"), person("office-admin")
    signed_in(session, user)
    actions.disable(session, user, by=by, at=AT)
    assert running(session, user) == []
    with pytest.raises(Refused, match="已经停用"):
        actions.disable(session, user, by=by, at=AT)
    actions.enable(session, user, by=by, at=AT)
    assert user.is_active
    assert verbs(session, user) == ["disable", "enable"]


def test_nobody_stops_the_own_account(session: Session, person: Person) -> None:
    with pytest.raises(Refused, match="自己"):
        actions.disable(session, person("admin"), by=person("admin"), at=AT)


@pytest.mark.parametrize("remembered", ["", "1", "x:1", "1:x", "0:1", "1:", "²:x", "99999999999999999999:x"])
def test_a_session_that_remembers_nonsense_is_nobodys(session: Session, remembered: str) -> None:
    assert row_of_session(session, OF_SESSION, remembered) is None


def test_edits_tell_before_and_after(session: Session, person: Person) -> None:
    user = person("nongye")
    contact = replace(actions.contact_of(user), name="达瓦", phone="13908950009")
    actions.edit(session, user, contact, by=person("office-admin"), at=AT)
    session.flush()
    event = session.scalars(select(Event).where(Event.verb == "edit")).one()
    assert (event.before["phone"], event.after["phone"]) == ("", "13908950009")
    assert user.sort_name == "da wa"
    actions.edit(session, user, contact, by=person("office-admin"), at=AT)
    session.flush()
    assert verbs(session, user) == ["edit"], "an edit that changes nothing is none"
