"""The roster: what is wrong in which cell, and what an import does."""

from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.people.sheets import CIREN, ZHAXI, sheet
from tests.world import city_moment
from tracker.people import actions, passwords, queries, roster
from tracker.people.models import User
from tracker.people.roster import COLUMNS, Checked, Row
from tracker.people.rules import Role
from tracker.units.models import Unit
from tracker.units.queries import unit_book
from tracker.workbook.sheet import Value, WorkbookError

AT = city_moment("2024-03-22T10:00")
Checker = Callable[..., Checked]


@pytest.fixture
def check(session: Session, unit: Callable[[str], Unit]) -> Checker:
    """Checks rows as the office's administrator would."""
    book = unit_book(session, unit("市食安办").jurisdiction_id)

    def check(*rows: tuple[Value, ...]) -> Checked:
        return roster.check(roster.read_rows(sheet(*rows)), book, Role.OFFICE_ADMIN, city="昌都市")

    return check


@pytest.fixture
def imported(session: Session, check: Checker, person: Callable[[str], User]) -> Callable[..., list[User]]:
    """Imports rows; returns the accounts that were made."""

    def imported(*rows: tuple[Value, ...]) -> list[User]:
        by, checked = person("office-admin"), check(*rows)
        assert not checked.faults
        plan = actions.plan_import(session, by.unit.jurisdiction_id, checked.entries)
        issued = actions.carry_out_import(session, plan, by=by, at=AT)
        assert all(passwords.matches(user.password_hash, password) for user, password in issued)
        return [user for user, _ in issued]

    return imported


def faults(checked: Checked) -> list[str]:
    return [str(fault) for fault in checked.faults]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("单位", "", "A2：单位不能为空"),
        ("单位", "市教育厅", "A2：没有名为“市教育厅”的单位；最接近的是：市教育局"),
        ("单位", "各县（区）", "A2：没有名为“各县（区）”的单位"),
        ("姓名", "", "B2：姓名不能为空"),
        ("姓名", "长" * 31, "B2：姓名不能超过 30 个字"),
        ("手机", "同上", "D2：手机应为 11 位号码，或带区号的座机"),
        ("手机", "1390000", "D2：手机应为 11 位号码，或带区号的座机"),
        ("邮箱", "ciren@", "E2：不是有效的邮箱地址"),
        ("角色", "", "F2：角色不能为空"),
        ("角色", "局长", "F2：没有“局长”这个角色；可填：食安办管理员、食安办、联络员、单位负责人、领导"),
        ("角色", "评审员", "F2：评审员须写明有效期"),
        ("角色", "食安办", "F2：“食安办”这个角色只给食安办本单位的人员"),
        ("角色", "系统管理员", "F2：系统管理员的账号由系统管理员和安全管理员管理"),
    ],
)
def test_a_wrong_cell_is_named_with_its_trouble(check: Checker, column: str, value: str, said: str) -> None:
    row = dict(zip(COLUMNS, CIREN, strict=True)) | {column: value}
    found = faults(check(ZHAXI, tuple(row.values())))
    assert [said.replace("2：", "3：", 1)] == [line[: len(said)] for line in found]


def test_a_row_tells_all_its_troubles_at_once(check: Checker) -> None:
    found = faults(check(("市教育厅", "", "", "x", "x", "局长")))
    assert [line.partition("：")[0] for line in found] == ["A2", "B2", "D2", "E2", "F2"]


def test_units_are_known_by_any_of_their_names(check: Checker) -> None:
    names = [
        "市教育局",
        "教育局",
        " 市 教育局 ",
        "市发展和改革委员会",
        "发展改革委",
        "昌都县",
        "昌都市卡若区",
        "昌都市教育局",
    ]
    rows = [(name, f"人{index}", "", "", "", "联络员") for index, name in enumerate(names)]
    assert [entry.unit.short for entry in check(*rows).entries] == [
        *["市教育局"] * 3,
        *["市发展改革委"] * 2,
        "卡若区",
        "卡若区",
        "市教育局",
    ]


def test_numbers_that_the_spreadsheet_made_are_read_as_typed(check: Checker) -> None:
    entry = check(("市教育局", "次仁", None, 13908950001, None, "联络员")).entries[0]
    assert (entry.phone, entry.title, entry.email) == ("13908950001", "", "")


def test_a_telephone_is_stored_without_the_spaces_it_was_typed_with(check: Checker) -> None:
    assert check((*CIREN[:3], "139 0895-0001", *CIREN[4:])).entries[0].phone == "13908950001"


def test_the_system_administrator_is_told_which_roles_can_be_given(
    session: Session, unit: Callable[[str], Unit]
) -> None:
    book = unit_book(session, unit("市食安办").jurisdiction_id)
    rows = roster.read_rows(sheet((*CIREN[:5], "审计管理员"), (*ZHAXI[:5], "局长")))
    (found,) = faults(roster.check(rows, book, Role.SYSTEM_ADMIN))
    roles = "食安办管理员、食安办、联络员、单位负责人、领导、系统管理员、安全管理员、审计管理员"
    assert found.endswith(f"可填：{roles}")


def test_the_same_person_twice_in_a_sheet_is_a_fault(check: Checker) -> None:
    again = ("教育局", "次仁", "科长", "13908950001", "other@example.test", "联络员")
    same_mail = ("市公安局", "达瓦", "", "", "CIREN@example.test", "联络员")
    assert faults(check(CIREN, again, same_mail)) == ["B3：与 B2 重复", "E4：与 E2 重复"]


def test_columns_may_stand_in_another_order() -> None:
    rows = roster.read_rows(sheet(tuple(reversed(CIREN)), headers=[*reversed(COLUMNS)]))
    assert rows[0]["姓名"] == ("E2", "次仁")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BytesIO(b"no workbook"), "不是 XLSX 文件"),
        (BytesIO(b""), "不是 XLSX 文件"),
        (sheet(headers=["单位", "姓名"]), "第一行缺少这些列：职务、手机、邮箱、角色"),
        (sheet(), "没有人员"),
        (sheet(*[CIREN] * 2001), "超过"),
    ],
)
def test_a_file_that_is_no_roster_is_told_so(content: BytesIO, said: str) -> None:
    content.seek(0)
    with pytest.raises(WorkbookError, match=said):
        roster.read_rows(content)


cells = st.one_of(st.none(), st.text(max_size=12), st.integers(-5, 10**12), st.sampled_from([*CIREN, *ZHAXI]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*[cells] * 6), min_size=1, max_size=4))
def test_whatever_stands_in_the_cells_is_taken_whole_or_named(
    check: Checker, rows: list[tuple[Value, ...]]
) -> None:
    checked = check(ZHAXI, *rows)
    for fault in checked.faults:
        assert fault.address[0] in "ABCDEF"
        assert 2 <= int(fault.address[1:]) <= len(rows) + 2
    if not checked.faults:
        assert all(entry.name and entry.role for entry in checked.entries)


def test_the_template_offers_the_real_units_and_reads_back_as_empty(unit: Callable[[str], Unit]) -> None:
    content = BytesIO()
    roster.write_template(content, [unit("市教育局"), unit("卡若区")], Role.OFFICE_ADMIN)
    book = load_workbook(content)
    page, lists = book["人员名册"], book["可选项"]
    assert [cell.value for cell in page[1]] == list(COLUMNS)
    assert [cell.value for cell in lists["A"] if cell.value] == ["单位", "市教育局", "卡若区"]
    assert "系统管理员" not in [cell.value for cell in lists["B"]]
    offered = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    assert offered == {"A2:A2000": "可选项!$A$2:$A$3", "F2:F2000": "可选项!$B$2:$B$6"}
    content.seek(0)
    with pytest.raises(WorkbookError, match="没有人员"):
        roster.read_rows(content)


def test_an_import_makes_accounts(imported: Callable[..., list[User]]) -> None:
    made = imported(CIREN, ZHAXI)
    assert [(user.username, user.role) for user in made] == [
        ("jiaoyuju1", Role.LIAISON),
        ("karuoqu1", Role.UNIT_HEAD),
    ]


def test_the_same_roster_again_changes_nothing(imported: Callable[..., list[User]], session: Session) -> None:
    imported(CIREN, ZHAXI)
    count = session.scalar(select(func.count(User.id)))
    assert imported(CIREN, ZHAXI) == []
    assert session.scalar(select(func.count(User.id))) == count


def test_a_known_mail_address_updates_the_person_even_in_another_unit(
    imported: Callable[..., list[User]], session: Session
) -> None:
    (ciren,) = imported(CIREN)
    assert imported(("市科技局", "次仁旺堆", "", "13908950002", CIREN[4], "联络员")) == []
    assert (ciren.name, ciren.phone, ciren.unit.short) == ("次仁旺堆", "13908950002", "市科技局")
    assert ciren.title == "科员", "an empty cell says nothing"


def test_unit_name_and_telephone_find_the_person_whose_mail_address_is_new(
    imported: Callable[..., list[User]],
) -> None:
    (ciren,) = imported(CIREN)
    assert imported((*CIREN[:4], "new@example.test", CIREN[5])) == []
    assert ciren.email == "new@example.test"


def test_one_mail_box_may_serve_two_roles(imported: Callable[..., list[User]]) -> None:
    assert len(imported(CIREN, ("市教育局", "平措", "局长", "", CIREN[4], "单位负责人"))) == 2


def test_rows_survive_the_way_through_the_confirmation(check: Checker) -> None:
    rows: list[Row] = roster.read_rows(sheet(CIREN))
    assert rows == [
        {name: (f"{letter}2", text) for letter, name, text in zip("ABCDEF", COLUMNS, CIREN, strict=True)}
    ]


def test_the_overview_knows_which_units_have_no_liaison(
    session: Session, imported: Callable[..., list[User]], unit: Callable[[str], Unit]
) -> None:
    def missing() -> set[str]:
        rows = queries.staffing(session, unit("市食安办").jurisdiction_id)
        return {row.unit.short for row in rows if not row.liaisons}

    assert "市教育局" in missing()
    assert not {"市食安办", "市农业农村局", "卡若区"} & missing()
    (ciren,) = imported(CIREN)
    assert "市教育局" not in missing()
    ciren.is_active = False
    session.flush()
    assert "市教育局" in missing()
