"""The registry of Changdu: its units, its groups and all their names."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.units.models import Jurisdiction, Unit, UnitGroup
from tracker.units.queries import groups_of, name_book, unit_book, units_of
from tracker.units.rules import UnitKind, UnknownUnitError


@pytest.fixture
def city(session: Session) -> int:
    return session.scalars(select(Jurisdiction.id).where(Jurisdiction.code == "540300")).one()


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("市食安办", "市食品药品安全委员会办公室"),
        ("领导小组办公室", "市食品药品安全委员会办公室"),
        ("市城管局", "市城市管理和综合执法局"),
        ("市城管执法局", "市城市管理和综合执法局"),
        ("城市管理和综合执法局", "市城市管理和综合执法局"),
        ("经济和信息化局", "市经济和信息化局"),
        ("市经信局", "市经济和信息化局"),
        ("市林草局", "市林业和草原局"),
        ("政法委", "市委政法委"),
        ("芒康县", "芒康县"),
        ("各县(区)", "各县（区）"),
        ("各县（市、区）人民政府", "各县（区）"),
        ("市食药安委各成员单位", "各成员单位"),
        ("承保公司", "各承保公司"),
    ],
)
def test_every_name_of_the_plan_finds_its_unit(
    session: Session, city: int, written: str, canonical: str
) -> None:
    assert name_book(session, city).find(written).name == canonical


def test_a_group_is_no_unit_where_a_person_belongs(session: Session, city: int) -> None:
    book = unit_book(session, city)
    assert isinstance(book.find("卡若区"), Unit)
    with pytest.raises(UnknownUnitError):
        book.find("各县（区）")


def test_the_city_has_eleven_counties_and_one_office(session: Session, city: int) -> None:
    counties = units_of(session, city, UnitKind.COUNTY)
    assert [county.code for county in counties] == [
        "540302", "540321", "540322", "540323", "540324", "540325",
        "540326", "540327", "540328", "540329", "540330",
    ]  # fmt: skip
    assert [unit.short for unit in units_of(session, city, UnitKind.OFFICE)] == ["市食安办"]


def test_the_members_are_presumed_and_leave_the_office_out(session: Session, city: int) -> None:
    groups = {group.name: group for group in groups_of(session, city)}
    members = groups["各成员单位"]
    assert members.is_presumed
    assert {unit.kind for unit in members.members} == {UnitKind.DEPARTMENT}
    assert groups["各县（区）"].members[0].name == "卡若区"
    assert isinstance(groups["各承保公司"], UnitGroup)
    assert groups["各承保公司"].acts_through is not None
    assert groups["各承保公司"].acts_through.name == "市市场监督管理局"


def test_another_jurisdiction_shares_no_name(session: Session, city: int) -> None:
    session.add(Jurisdiction(code="530100", name="昆明市", timezone="Asia/Shanghai"))
    session.flush()
    other = session.scalars(select(Jurisdiction.id).where(Jurisdiction.code == "530100")).one()
    with pytest.raises(UnknownUnitError):
        name_book(session, other).find("市食安办")
