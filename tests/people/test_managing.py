"""Who does what with accounts; the three administrators are three people, and one of each is always left."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people.conftest import enter, hidden, upload
from tests.people.sheets import CIREN, ZHAXI, sheet
from tests.world import city_moment
from tracker.config import Config
from tracker.errors import Refused
from tracker.events.models import Event
from tracker.people import actions
from tracker.people.actions import Contact
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.people.rules.managing import (
    POWERS,
    Power,
    assignable_roles,
    powers_over,
    reason_not_to_become,
    reason_not_to_sit,
)
from tracker.units.models import Unit
from tracker.units.rules import UnitKind
from tracker.web import Core

SignInAs = Callable[[str], FlaskClient]
Person = Callable[[str], User]
UnitOf = Callable[[str], Unit]
AT = city_moment("2024-03-22T10:00")
ADMINS = [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN]
NAMES = {Role.SYSTEM_ADMIN: "admin", Role.SECURITY_ADMIN: "security", Role.AUDIT_ADMIN: "audit"}


# rules


def test_the_system_administrator_makes_and_stops_and_the_security_administrator_gives_the_rest() -> None:
    assert not POWERS[Role.SYSTEM_ADMIN] & POWERS[Role.SECURITY_ADMIN] - {Power.SEE}
    assert POWERS[Role.SYSTEM_ADMIN] | POWERS[Role.SECURITY_ADMIN] == frozenset(Power)
    assert Role.AUDIT_ADMIN not in POWERS


@pytest.mark.parametrize("role", [role for role in Role if role not in POWERS])
@pytest.mark.parametrize("other", Role)
def test_nobody_else_does_anything(role: Role, other: Role) -> None:
    assert powers_over(role, other) == frozenset()


def test_the_office_has_no_power_over_administrators() -> None:
    assert [role for role in Role if not powers_over(Role.OFFICE_ADMIN, role)] == ADMINS
    assert set(assignable_roles(Role.OFFICE_ADMIN)) == set(Role) - set(ADMINS)
    assert set(assignable_roles(Role.SYSTEM_ADMIN)) == set(Role)


@pytest.mark.parametrize("kind", UnitKind)
def test_roles_of_the_office_are_for_the_office_alone(kind: UnitKind) -> None:
    refused = {role for role in Role if reason_not_to_sit(role, kind)}
    assert refused == (set() if kind is UnitKind.OFFICE else {Role.OFFICE, Role.OFFICE_ADMIN})


def test_whoever_handles_tasks_hands_them_over_before_another_role() -> None:
    assert "交接" in str(reason_not_to_become(Role.LIAISON, Role.UNIT_HEAD, None))
    assert reason_not_to_become(Role.UNIT_HEAD, Role.LIAISON, None) is None
    assert reason_not_to_become(Role.OFFICE, Role.OFFICE_ADMIN, None) is None
    assert "有效期" in str(reason_not_to_become(Role.LEADER, Role.REVIEWER, None))
    assert reason_not_to_become(Role.LEADER, Role.REVIEWER, date(2024, 5, 1)) is None


# the last of each


@pytest.mark.parametrize("role", ADMINS)
def test_the_last_administrator_of_each_kind_stays(session: Session, person: Person, role: Role) -> None:
    last = person(NAMES[role])
    until = replace(actions.contact_of(last), valid_until=date(2024, 12, 31))
    with pytest.raises(Refused, match=f"唯一长期在用的{role.label}"):
        actions.disable(session, last, by=None, at=AT)
    with pytest.raises(Refused, match="唯一长期在用"):
        actions.edit(session, last, until, by=None, at=AT)
    if role is not Role.SECURITY_ADMIN:
        with pytest.raises(Refused, match="唯一长期在用"):
            actions.change_role(session, last, Role.LEADER, by=person("security"), at=AT)
    actions.add(session, last.unit, Contact("某"), role, by=None, at=AT)
    actions.disable(session, last, by=None, at=AT)
    assert not last.is_active


def test_one_who_waits_or_who_ends_some_day_does_not_count(session: Session, person: Person) -> None:
    office = person("admin").unit
    actions.add(session, office, Contact("甲"), Role.AUDIT_ADMIN, by=person("admin"), at=AT)
    with pytest.raises(Refused, match="唯一长期在用"):
        actions.disable(session, person("audit"), by=None, at=AT)
    soon = Contact("乙", valid_until=AT.date() + timedelta(days=3))
    actions.add(session, office, soon, Role.AUDIT_ADMIN, by=None, at=AT)
    with pytest.raises(Refused, match="唯一长期在用"):
        actions.disable(session, person("audit"), by=None, at=AT)


def test_the_first_of_a_kind_has_no_end(session: Session, person: Person) -> None:
    session.delete(person("audit"))
    session.flush()
    soon = Contact("乙", valid_until=AT.date())
    with pytest.raises(Refused, match="唯一长期在用"):
        actions.add(session, person("admin").unit, soon, Role.AUDIT_ADMIN, by=None, at=AT)


def test_the_page_says_why_the_last_one_stays(sign_in: SignInAs, person: Person) -> None:
    client, number = sign_in("admin"), person("security").id
    answer = client.post(f"/people/{number}/disabling")
    assert answer.status_code == 409
    assert "唯一长期在用的安全管理员" in answer.text
    seen = hidden(client.get(f"/people/{number}").text, "seen")
    typed = {"name": "某某", "valid_until": "2024-05-01", "seen": seen}
    answer = client.post(f"/people/{number}", data=typed)
    assert answer.status_code == 409
    assert "唯一长期在用的安全管理员" in answer.text
    assert 'value="2024-05-01"' in answer.text


# nobody holds two


@pytest.mark.parametrize(
    "contact",
    [
        Contact("丹增", phone="13908950001"), Contact("丹增"),
        Contact("别名", phone="13908950002", email="Danzeng@example.test"),
    ],
)  # fmt: skip
def test_nobody_holds_two_of_the_three(session: Session, person: Person, contact: Contact) -> None:
    office = person("admin").unit
    held = Contact("丹增", phone="13908950001", email="danzeng@example.test")
    actions.add(session, office, held, Role.SYSTEM_ADMIN, by=None, at=AT)
    with pytest.raises(Refused, match="三个人分别担任"):
        actions.add(session, office, contact, Role.AUDIT_ADMIN, by=None, at=AT)


def test_a_namesake_with_another_telephone_is_somebody_else(session: Session, person: Person) -> None:
    office = person("admin").unit
    for role, phone in ((Role.SYSTEM_ADMIN, "13908950001"), (Role.AUDIT_ADMIN, "13908950002")):
        actions.add(session, office, Contact("丹增", phone=phone), role, by=None, at=AT)


def test_neither_an_edit_nor_a_new_role_nor_a_return_makes_one_person_two(
    session: Session, person: Person
) -> None:
    audit, leader = person("audit"), person("leader")
    audit.phone = "13908950001"
    session.flush()
    with pytest.raises(Refused, match="三个人分别担任"):
        actions.edit(session, person("admin"), actions.contact_of(audit), by=None, at=AT)
    session.rollback()
    audit.phone = "13908950001"
    leader.name, leader.phone = audit.name, audit.phone
    session.flush()
    with pytest.raises(Refused, match="三个人分别担任"):
        actions.change_role(session, leader, Role.SYSTEM_ADMIN, by=person("security"), at=AT)
    leader.role, leader.is_active = Role.SYSTEM_ADMIN, False
    session.flush()
    with pytest.raises(Refused, match="三个人分别担任"):
        actions.enable(session, leader, by=person("security"), at=AT)


# a new account by two people


def test_an_account_of_the_system_administrator_waits_for_the_security_administrator(
    app: Flask, client: FlaskClient, sign_in: SignInAs, session: Session, person: Person
) -> None:
    unit = session.scalars(select(Unit.id).where(Unit.short == "市教育局")).one()
    admin = sign_in("admin")
    assert "待安全管理员启用" in admin.get("/people/new").text
    typed = {"unit_id": str(unit), "role": "liaison", "name": "次仁", "username": "ciren"}
    assert admin.post("/people", data=typed).status_code == 303
    html = admin.get("/people?text=ciren").text
    assert "待启用" in html
    assert "一次性密码</dt>" not in html
    user = person("ciren")
    assert (user.password_hash, user.is_active) == ("", False)
    assert enter(app.test_client(), "ciren", "")[0] == 422
    assert admin.post(f"/people/{user.id}/enabling").status_code == 403
    assert admin.post(f"/people/{user.id}/password").status_code == 403
    client.post("/sign-out")
    html = sign_in("security").post(f"/people/{user.id}/enabling").text
    password = html.partition("一次性密码</dt>")[2].partition("<code>")[2].partition("</code>")[0]
    assert enter(app.test_client(), "ciren", password)[0] == 303
    assert person("ciren").must_change_password


def test_an_import_of_the_system_administrator_waits_and_is_let_in_at_once(
    client: FlaskClient, sign_in: SignInAs, session: Session
) -> None:
    admin = sign_in("admin")
    rows = hidden(upload(admin, sheet(CIREN, ZHAXI))[1], "rows")
    assert admin.post("/people/import/confirmation", data={"rows": rows}).status_code == 303
    assert "待安全管理员启用" in admin.get("/people").text
    client.post("/sign-out")
    security = sign_in("security")
    assert "启用全部待启用的账号（2）" in security.get("/people").text
    html = security.post("/people/enabling").text
    assert html.count('class="slip"') == 2
    assert security.post("/people/enabling").status_code == 409


def test_a_waiting_account_is_neither_reset_nor_stopped(session: Session, person: Person) -> None:
    made, password = actions.add(
        session, person("nongye").unit, Contact("某"), Role.LIAISON, by=person("admin"), at=AT
    )
    assert password == ""
    with pytest.raises(Refused, match="先启用"):
        actions.reset_password(session, made, by=person("security"), at=AT)
    with pytest.raises(Refused, match="还没有启用"):
        actions.disable(session, made, by=person("admin"), at=AT)


# roles


def test_the_security_administrator_gives_a_role_which_counts_at_once(
    app: Flask, sign_in: SignInAs, session: Session, person: Person
) -> None:
    other = app.test_client()
    enter(other, "office")
    client, number = sign_in("security"), person("office").id
    assert client.post(f"/people/{number}/role", data={"role": "office_admin"}).status_code == 303
    assert person("office").role is Role.OFFICE_ADMIN
    assert other.get("/desk").headers["Location"].startswith("/sign-in")
    event = session.scalars(select(Event).where(Event.verb == "change_role")).one()
    assert (event.before, event.after) == ({"role": "office"}, {"role": "office_admin"})


@pytest.mark.parametrize(
    ("username", "role", "said"),
    [
        ("nongye", "unit_head", "交接"), ("nongye-head", "office", "只给食安办"),
        ("office", "office", "就是"),
        ("security", "system_admin", "自己的角色"), ("leader", "reviewer", "有效期"),
    ],
)  # fmt: skip
def test_a_role_that_will_not_do_is_told_with_the_reason(
    sign_in: SignInAs, person: Person, username: str, role: str, said: str
) -> None:
    answer = sign_in("security").post(f"/people/{person(username).id}/role", data={"role": role})
    assert answer.status_code == 409
    assert said in answer.text


def test_a_role_that_does_not_exist_is_told_at_its_field(sign_in: SignInAs, person: Person) -> None:
    answer = sign_in("security").post(f"/people/{person('office').id}/role", data={"role": "king"})
    assert answer.status_code == 422


# the setting


def test_the_office_stays_out_where_the_setting_says_so(
    app: Flask, config: Config, sign_in: SignInAs, person: Person
) -> None:
    core: Core = app.extensions["tracker"]
    app.extensions["tracker"] = replace(core, config=replace(config, office_manages_people=False))
    client = sign_in("office-admin")
    assert "单位与人员" not in client.get("/board").text
    for path in ("/people", "/people/new", f"/people/{person('nongye').id}"):
        assert client.get(path).status_code == 403
    assert client.post(f"/people/{person('nongye').id}/password").status_code == 403
    assert client.post(f"/people/{person('nongye').id}/disabling").status_code == 403


# every page says who


@pytest.mark.parametrize("username", ["nongye", "office-admin", "leader", "admin", "security", "audit"])
@pytest.mark.parametrize("path", ["/account", "/help", "/password"])
def test_every_page_names_who_is_signed_in_and_as_what(
    sign_in: SignInAs, person: Person, username: str, path: str
) -> None:
    user = person(username)
    words = re.sub("<[^>]+>", "", sign_in(username).get(path).text)
    assert f"{user.unit.short} · {user.name}（{user.role.label}）" in words


# contacts


def test_whoever_keeps_the_numbers_sees_them_and_the_security_administrator_does_not(
    client: FlaskClient, sign_in: SignInAs, session: Session, person: Person
) -> None:
    person("nongye").phone = "13908950001"
    session.flush()
    html = sign_in("admin").get("/people?text=13908950001").text
    assert "13908950001</td>" in html
    assert "nongye@example.test" in html
    client.post("/sign-out")
    html = sign_in("security").get("/people?text=nongye").text
    assert "139****0001" in html
    assert "n***@example.test" in html
    assert "13908950001" not in html
    assert "没有符合条件" in client.get("/people?text=13908950001").text, "nor is one found by a number"
    assert "139****0001" in client.get("/people/units").text
