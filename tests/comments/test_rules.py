"""Whom a text calls upon, and who writes and reads."""

import pytest

from tracker.comments.rules import called, may_read, refuse_write, unknown_words
from tracker.people.rules import Role
from tracker.units.rules import NameBook, UnitKind

BOOK: NameBook[str] = NameBook()
for short, *others in (("市公安局", "公安部门"), ("市城管执法局", "市城管局"), ("芒康县", "芒康县人民政府")):
    for known in (short, *others):
        BOOK.add(known, short, canonical=short)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("请尽快提交", []),
        ("@市公安局 请尽快提交", ["市公安局"]),
        ("请@市公安局请尽快提交", ["市公安局"]),
        ("@公安局，@芒康县人民政府：各报一份", ["市公安局", "芒康县"]),
        ("＠城管局 与 @市城管执法局 是一家", ["市城管执法局"]),
        ("@芒康县@市公安局", ["芒康县", "市公安局"]),
        ("发到 zhang.san@example.test 即可", []),
        ("写作（@芒康县）", ["芒康县"]),
    ],
)
def test_a_text_calls_units_by_any_of_their_names(text: str, units: list[str]) -> None:
    assert called(text, BOOK) == (units, [])


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    units, unknown = called("@市公安居 @芒康县 @?? @丙", BOOK)
    assert (units, unknown) == (["芒康县"], ["市公安居", "丙"])
    assert unknown_words(unknown, BOOK) == (
        "没有可以 @ 的单位“市公安居”，最接近的是：市公安局；没有可以 @ 的单位“丙”"
    )


def test_of_many_unknown_names_a_few_are_told() -> None:
    assert unknown_words([str(number) * 5 for number in range(9)], BOOK).count("没有可以 @") == 3


@pytest.mark.parametrize("role", [role for role in Role if not role.is_admin])
def test_leaders_and_reviewers_read_only(role: Role) -> None:
    assert (refuse_write(role) is None) == (role not in (Role.LEADER, Role.REVIEWER))


@pytest.mark.parametrize(
    ("unit_id", "kind", "called_ids", "reads_others", "may"),
    [
        (1, UnitKind.OFFICE, (), False, True),
        (2, UnitKind.DEPARTMENT, (), False, True),
        (7, UnitKind.COUNTY, (), False, True),
        (8, UnitKind.COUNTY, (), False, False),
        (8, UnitKind.COUNTY, (7,), False, True),
        (8, UnitKind.COUNTY, (2,), False, False),
        (8, UnitKind.COUNTY, (), True, True),
        (9, UnitKind.ZONE, (), False, False),
    ],
)
def test_a_county_reads_no_other_countys_comment_unless_it_is_called(
    unit_id: int, kind: UnitKind, called_ids: tuple[int, ...], reads_others: bool, may: bool
) -> None:
    assert may_read(unit_id, kind, called_ids, reader_unit_id=7, reads_others=reads_others) is may
