"""The units of the plan as data, and who does what, held against the document they were taken from."""

import re
from collections import Counter

import pytest

from tests.plan.printed import (
    COUNTIES,
    MEMBERS,
    OFFICE,
    annex,
    cell_list,
    fold,
    resolve,
    table,
    task,
    tasks_of,
    unit_by_name,
)


def test_responsible_units_are_those_of_the_annex_in_order() -> None:
    for row, printed in zip(table("indicators"), annex(), strict=True):
        assert cell_list(row["responsible"]) == resolve(printed.responsible)


def test_units_of_an_initiative_are_those_written_beneath_it() -> None:
    for row in table("initiatives"):
        assert cell_list(row["lead"]) == resolve(row["lead_raw"])
        assert cell_list(row["responsible"]) == resolve(row["responsible_raw"])


def test_a_name_belongs_to_one_unit_or_group() -> None:
    names = [
        fold(name)
        for row in table("units") + table("groups")
        for name in {row["name"], row.get("short") or row["name"], *cell_list(row["aliases"])}
    ]
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_the_city_has_an_office_24_departments_11_counties_and_a_zone() -> None:
    assert Counter(row["kind"] for row in table("units")) == {
        "office": 1,
        "department": 24,
        "county": 11,
        "zone": 1,
    }


def test_departments_are_known_without_their_leading_city() -> None:
    for row in table("units"):
        if row["kind"] == "department" and not row["name"].startswith(("市委", "市政府")):
            assert unit_by_name()[row["name"].removeprefix("市")] == row["name"]
            assert unit_by_name()[row["short"].removeprefix("市")] == row["name"]


def test_every_acting_unit_is_known_by_its_canonical_name() -> None:
    known = {row["name"] for row in table("units") + table("groups")}
    for name in ("indicators", "tasks", "initiatives", "phase_tasks", "requirements"):
        for row in table(name):
            for column in ("lead", "supporting", "responsible"):
                assert set(cell_list(row.get(column, ""))) <= known, row


def test_every_city_unit_written_in_the_annex_is_known() -> None:
    written = set()
    for printed in annex():
        words = fold(f"{printed.responsible};{printed.tasks}")
        written |= set(re.findall(r"市(?!场开办者)[^市,、;。():]{2,7}?[局委办室]", words))
    assert {name for name in written if name not in unit_by_name()} == set()


def test_members_of_groups_are_units_and_no_office() -> None:
    kinds = {row["name"]: row["kind"] for row in table("units")}
    groups = {row["name"]: cell_list(row["members"]) for row in table("groups")}
    for name, members in groups.items():
        expected = {"county"} if name == COUNTIES else {"department"}
        assert {kinds[member] for member in members} <= expected
    for name, kind in ((COUNTIES, "county"), (MEMBERS, "department"), ("有关成员单位", "department")):
        assert groups[name] == [unit for unit in kinds if kinds[unit] == kind]
    busy = {unit for row in tasks_of("28") for unit in [row["lead"], *cell_list(row["supporting"])]}
    assert set(groups["其他有关成员单位"]) == set(groups[MEMBERS]) - busy


# Tasks whose sentence names its actors otherwise: no subject, 各责任部门, 各级各部门.
NAMED_OTHERWISE = {(29, 2), (45, 1), (73, 2), (91, 2), (93, 2), (94, 1)}


def names_of(unit: str) -> list[str]:
    return [name for name, owner in unit_by_name().items() if owner == unit]


def test_the_first_unit_named_leads_and_supporters_are_named() -> None:
    for row in table("tasks"):
        if (int(row["indicator"]), int(row["number"])) in NAMED_OTHERWISE:
            continue
        text = fold(row["text"])
        assert text.startswith(tuple(names_of(row["lead"]))), text
        for unit in cell_list(row["supporting"]):
            assert any(name in text for name in names_of(unit)), (unit, text)


def test_units_named_side_by_side_at_the_head_of_a_task_all_act() -> None:
    names = sorted(unit_by_name(), key=len, reverse=True)
    name = f"(?:{'|'.join(map(re.escape, names))})"
    for row in table("tasks"):
        head = re.match(f"{name}(?:、{name})+", fold(row["text"]))
        if head:
            assert [row["lead"], *cell_list(row["supporting"])] == resolve(head[0])


@pytest.mark.parametrize(
    ("code", "lead", "supporting"),
    [
        ("1-1", OFFICE, ["市委巡察办", "市委督查室", "市政府督查室"]),
        ("2-1", OFFICE, []),
        ("27-1", "市市场监督管理局", ["市教育局"]),
        ("28-5", "其他有关成员单位", []),
        ("34-1", "市农业农村局", ["市公安局"]),
        ("34-2", "市公安局", ["市市场监督管理局"]),
        ("66-1", "市教育局", []),
        ("71-2", "各承保公司", []),
        ("73-2", MEMBERS, [COUNTIES]),
        ("74-1", OFFICE, [MEMBERS]),
        ("81-1", OFFICE, ["市委政法委", "市纪委监委"]),
        ("89-2", MEMBERS, [COUNTIES]),
        ("94-1", "市市场监督管理局", [COUNTIES]),
    ],
)
def test_hard_sentences_are_read_as_decided(code: str, lead: str, supporting: list[str]) -> None:
    assert (task(code)["lead"], cell_list(task(code)["supporting"])) == (lead, supporting)


@pytest.mark.parametrize("code", ["29-2", "45-1"])
def test_without_a_subject_the_departments_of_the_indicator_act(code: str) -> None:
    (indicator,) = [r for r in table("indicators") if r["number"] == code.split("-")[0]]
    departments = [unit for unit in cell_list(indicator["responsible"]) if unit != COUNTIES]
    assert [task(code)["lead"], *cell_list(task(code)["supporting"])] == departments


def test_counties_mirror_or_urge_only_where_the_words_say_so() -> None:
    for row in table("tasks"):
        expected = "execute"
        if row["lead"] == COUNTIES and re.search("参照(落实|执行)", row["text"]):
            expected = "mirror"
        elif row["lead"] == COUNTIES and "督促落实" in row["text"]:
            expected = "urge"
        assert row["duty"] == expected, row["text"]
