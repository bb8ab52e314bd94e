"""Units: added and renamed; an old name is still found, and loading the plan again changes nothing of it."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.people.conftest import hidden
from tests.world import SEED, city_moment
from tracker.errors import Refused, Stale
from tracker.events.models import Event
from tracker.people import actions
from tracker.people.models import User
from tracker.plan.models import Task
from tracker.plan.seed.loading import load_plan
from tracker.plan.seed.reading import read_plan
from tracker.units.models import Alias, Unit
from tracker.units.queries import unit_book
from tracker.units.rules import UnitKind

SignInAs = Callable[[str], FlaskClient]
Person = Callable[[str], User]
UnitOf = Callable[[str], Unit]
AT = city_moment("2024-03-22T10:00")


def rename(session: Session, unit: Unit, name: str, short: str, by: User) -> None:
    actions.rename_unit(session, unit, name, short, by=by, at=AT, seen=unit.name)


def test_a_unit_is_found_by_its_old_and_its_new_names(session: Session, unit: UnitOf, person: Person) -> None:
    nongye, before = unit("市农业农村局"), unit("市农业农村局").jurisdiction.edition
    rename(session, nongye, "昌都市农业农村和水利局", "市农水局", person("admin"))
    book = unit_book(session, nongye.jurisdiction_id)
    for name in ("昌都市农业农村和水利局", "市农水局", "农水局", "市农业农村局", "农业农村局"):
        assert book.find(name) is nongye
    assert nongye.jurisdiction.edition == before + 1
    event = session.scalars(select(Event).where(Event.subject == "unit")).one()
    assert (event.before["short"], event.after["short"]) == ("市农业农村局", "市农水局")


def test_a_name_taken_back_is_no_alias_any_more(session: Session, unit: UnitOf, person: Person) -> None:
    nongye = unit("市农业农村局")
    name, short = nongye.name, nongye.short
    rename(session, nongye, "农水局全称", "市农水局", person("admin"))
    rename(session, nongye, name, short, person("admin"))
    own = set(session.scalars(select(Alias.name).where(Alias.unit_id == nongye.id)))
    assert own >= {"农水局全称", "市农水局"}
    assert not own & {name, short}


@pytest.mark.parametrize("name", ["市教育局", "教育局", "各县（区）"])
def test_a_name_of_another_is_refused(session: Session, unit: UnitOf, person: Person, name: str) -> None:
    with pytest.raises(Refused, match="已经指"):
        rename(session, unit("市农业农村局"), "全新的名称", name, person("admin"))
    with pytest.raises(Refused, match="已"):
        actions.add_unit(
            session, unit("市教育局").jurisdiction, name, name, UnitKind.DEPARTMENT, by=person("admin"), at=AT
        )


def test_loading_the_plan_again_keeps_the_new_name(session: Session, unit: UnitOf, person: Person) -> None:
    nongye = unit("市农业农村局")
    rename(session, nongye, "农水局全称", "市农水局", person("admin"))
    counts = [session.scalar(select(func.count()).select_from(table)) for table in (Unit, Task, Alias)]
    loaded = load_plan(session, read_plan(SEED), slug=SEED.name, at=AT, today=date(2024, 3, 22))
    assert (loaded.added, loaded.changed) == (0, 0)
    assert (nongye.name, nongye.short) == ("农水局全称", "市农水局")
    assert counts == [
        session.scalar(select(func.count()).select_from(table)) for table in (Unit, Task, Alias)
    ]


def test_a_new_unit_stands_last_and_gets_people(session: Session, unit: UnitOf, person: Person) -> None:
    city = unit("市教育局").jurisdiction
    made = actions.add_unit(
        session, city, "市大数据发展管理局", "市大数据局", UnitKind.DEPARTMENT, by=person("admin"), at=AT
    )
    assert made.position == session.scalar(select(func.max(Unit.position)))
    with pytest.raises(Refused, match="只有一个食安办"):
        actions.add_unit(session, city, "x", "y", UnitKind.OFFICE, by=person("admin"), at=AT)


def test_only_who_manages_units_does(session: Session, unit: UnitOf, person: Person) -> None:
    for name in ("security", "office", "nongye"):
        with pytest.raises(Refused, match="办理"):
            rename(session, unit("市教育局"), "x", "y", person(name))


def test_a_rename_made_meanwhile_is_told(session: Session, unit: UnitOf, person: Person) -> None:
    with pytest.raises(Stale):
        actions.rename_unit(session, unit("市教育局"), "x", "y", by=person("admin"), at=AT, seen="z")


def test_the_pages_add_and_rename(sign_in: SignInAs, session: Session, unit: UnitOf) -> None:
    client = sign_in("admin")
    typed = {"name": "市大数据发展管理局", "short": "市大数据局", "kind": "department"}
    assert client.post("/people/units", data=typed).status_code == 303
    assert "已新增市大数据局" in client.get("/people/units").text
    assert client.post("/people/units", data=typed).status_code == 422
    path = f"/people/units/{unit('市大数据局').id}"
    seen = hidden(client.get(path).text, "seen")
    assert client.post(path, data={"name": "市数据局", "short": "市数据局", "seen": seen}).status_code == 303
    assert "市大数据发展管理局、市大数据局" in client.get(path).text
    answer = client.post(path, data={"name": "又一个", "short": "又一个", "seen": seen})
    assert answer.status_code == 409
    assert "已被他人改为“市数据局”" in answer.text
    assert 'value="又一个"' in answer.text


@pytest.mark.parametrize(
    "typed", [{"name": ""}, {"short": " "}, {"short": "长" * 21}, {"kind": "office"}, {"kind": "x"}]
)
def test_what_is_missing_is_told_at_its_field(sign_in: SignInAs, typed: dict[str, str]) -> None:
    whole = {"name": "市大数据局", "short": "市大数据局", "kind": "department"}
    answer = sign_in("admin").post("/people/units", data=whole | typed)
    assert answer.status_code == 422
    assert answer.text.count('class="error"') == 1
