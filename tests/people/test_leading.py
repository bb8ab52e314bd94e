"""分管领导: who is in charge of which unit."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import city_moment
from tracker.errors import Stale
from tracker.events.models import Event
from tracker.people.leading import mark_of, put_in_charge
from tracker.people.models import UnitLeader, User
from tracker.people.queries import leaders_in_charge

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
AT = city_moment("2024-03-15T10:00")
PAGE = "/people/leaders"


def in_charge(session: Session, person: Person) -> dict[str, str]:
    """Unit and leader, by name."""
    rows = session.scalars(select(UnitLeader)).all()
    return {row.unit.short: row.leader.username for row in rows}


def test_the_office_says_who_is_in_charge_and_each_change_is_recorded(
    sign_in: SignIn, session: Session, person: Person
) -> None:
    client, leader = sign_in("office-admin"), person("leader")
    units = [person(name).unit_id for name in ("nongye", "karuo")]
    page = client.get(PAGE).text
    assert page.count("（没有）") == page.count("<select")
    data = {"seen": "", f"unit-{units[0]}": str(leader.id), f"unit-{units[1]}": str(leader.id)}
    answer = client.post(PAGE, data=data)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert in_charge(session, person) == {"市农业农村局": "leader", "卡若区": "leader"}
    assert "市食安办领导" in client.get("/people/units").text
    again = {"seen": mark_of(leaders_in_charge(session, leader.unit.jurisdiction_id))}
    again |= {f"unit-{units[0]}": "", f"unit-{units[1]}": str(leader.id)}
    assert client.post(PAGE, data=again).status_code == 303
    assert in_charge(session, person) == {"卡若区": "leader"}
    events = session.scalars(select(Event).where(Event.verb == "put_in_charge").order_by(Event.id)).all()
    assert [(one.note, one.after["leader"]) for one in events] == [
        ("市农业农村局", "leader"), ("卡若区", "leader"), ("市农业农村局", ""),
    ]  # fmt: skip


def test_who_is_no_leader_is_refused_and_the_choice_kept(
    sign_in: SignIn, session: Session, person: Person
) -> None:
    client, leader = sign_in("office-admin"), person("leader")
    units = [person(name).unit_id for name in ("nongye", "karuo")]
    data = {"seen": "", f"unit-{units[0]}": str(person("office").id), f"unit-{units[1]}": str(leader.id)}
    answer = client.post(PAGE, data=data)
    assert answer.status_code == 422
    assert "请从列表中选择分管领导：市农业农村局" in answer.text
    assert f'<option value="{leader.id}" selected>' in answer.text
    assert in_charge(session, person) == {}


def test_an_older_view_is_told_and_a_stopped_leader_stays_in_sight(
    sign_in: SignIn, session: Session, person: Person
) -> None:
    leader, unit = person("leader"), person("nongye").unit
    office, city = person("office-admin"), unit.jurisdiction
    assert put_in_charge(session, city, {unit: leader}, by=office, at=AT, seen="") == 1
    with pytest.raises(Stale):
        put_in_charge(session, city, {unit: None}, by=office, at=AT, seen="")
    leader.is_active = False
    client = sign_in("office-admin")
    assert "（已停用）" in client.get(PAGE).text
    assert client.post(PAGE, data={"seen": "", f"unit-{unit.id}": ""}).status_code == 409
    seen = mark_of({unit.id: leader})
    assert "没有改动" in client.post(PAGE, data={"seen": seen}, follow_redirects=True).text
    assert in_charge(session, person) == {"市农业农村局": "leader"}


def test_without_leaders_the_page_says_what_to_do(sign_in: SignIn, person: Person) -> None:
    person("leader").is_active = False
    assert "还没有“领导”角色的账号" in sign_in("office-admin").get(PAGE).text
