"""停用单位: only who has nothing left, and what it did stays."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import city_moment
from tracker.errors import Refused
from tracker.handover.rules import UnitBurden, reason_not_to_stop
from tracker.handover.units import burden_of_unit, start_unit, stop_unit
from tracker.people import actions
from tracker.people.models import User
from tracker.units.models import Unit
from tracker.units.queries import unit_book, units_of
from tracker.units.rules import UnitKind

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
AT, TODAY = city_moment("2024-03-22T10:00"), date(2024, 3, 22)


@pytest.fixture
def bureau(session: Session, person: Person) -> Unit:
    """A unit that was added by mistake."""
    city = person("admin").unit.jurisdiction
    name = "市大数据发展管理局"
    return actions.add_unit(session, city, name, "市大数据局", UnitKind.DEPARTMENT, by=person("admin"), at=AT)


@pytest.mark.parametrize(
    ("burden", "said"),
    [
        (UnitBurden(people=2), "2 个在用的账号"), (UnitBurden(shares=3), "3 项任务"),
        (UnitBurden(groups=("各县（区）",)), "各县（区）"), (UnitBurden(is_reporting=True), "月报"),
    ],
)  # fmt: skip
def test_what_is_left_is_told_with_what_to_do(burden: UnitBurden, said: str) -> None:
    assert said in str(reason_not_to_stop(UnitKind.COUNTY, burden))


def test_a_unit_without_anything_may_stop_but_never_the_office() -> None:
    assert reason_not_to_stop(UnitKind.COUNTY, UnitBurden()) is None
    assert "食安办" in str(reason_not_to_stop(UnitKind.OFFICE, UnitBurden()))


def test_a_unit_at_work_has_people_tasks_and_groups(session: Session, person: Person) -> None:
    burden = burden_of_unit(session, person("karuo").unit, TODAY)
    assert burden.people == 1
    assert burden.shares > 50
    assert "各县（区）" in burden.groups
    with pytest.raises(Refused, match="先改派"):
        stop_unit(session, person("karuo").unit, by=person("admin"), at=AT, today=TODAY)


def test_a_stopped_unit_is_offered_nowhere_and_comes_back(
    session: Session, person: Person, bureau: Unit
) -> None:
    city, admin = bureau.jurisdiction_id, person("admin")
    actions.rename_unit(session, bureau, "市数据局", "市数据局", by=admin, at=AT, seen=bureau.name)
    before = bureau.jurisdiction.edition
    stop_unit(session, bureau, by=admin, at=AT, today=TODAY)
    session.flush()
    assert bureau not in units_of(session, city)
    book = unit_book(session, city)
    assert [book.get(name) for name in ("市数据局", "市大数据局")] == [None, None]
    assert bureau.jurisdiction.edition == before + 1
    with pytest.raises(Refused, match="已停用的单位"):
        actions.add_unit(
            session, bureau.jurisdiction, "市数据局", "数据", UnitKind.DEPARTMENT, by=admin, at=AT
        )
    with pytest.raises(Refused, match="已经停用"):
        stop_unit(session, bureau, by=admin, at=AT, today=TODAY)
    start_unit(session, bureau, by=admin, at=AT)
    session.flush()
    assert unit_book(session, city).get("市大数据局") is bureau


def test_the_page_stops_a_unit_and_lets_it_in_again(
    sign_in: SignIn, session: Session, bureau: Unit, person: Person
) -> None:
    client, path = sign_in("admin"), f"/people/units/{bureau.id}"
    assert client.post(f"{path}/disabling").status_code == 303
    assert "已停用的单位" in client.get("/people/units").text
    assert client.post(f"{path}/disabling").status_code == 409
    assert client.post(f"{path}/enabling").status_code == 303
    assert "已停用的单位" not in client.get("/people/units").text
    karuo = session.scalars(select(Unit.id).where(Unit.short == "卡若区")).one()
    answer = client.post(f"/people/units/{karuo}/disabling")
    assert answer.status_code == 409
    assert "请市食安办先改派" in answer.text
