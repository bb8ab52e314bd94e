"""The texts of the plan as data are those of the document that they were taken from, all of them."""

import calendar
import csv
import re
from collections import Counter
from datetime import date

import pytest

from tests.plan.printed import (
    PLAN,
    SourceInitiative,
    annex,
    cell_list,
    chapter,
    fold,
    source_initiatives,
    source_phases,
    source_tasks,
    table,
    tasks_of,
)


def test_every_file_opens_in_a_spreadsheet() -> None:
    for path in PLAN.glob("*.csv"):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), path.name
        with path.open(encoding="utf-8-sig", newline="") as file:
            widths = {len(row) for row in csv.reader(file)}
        assert len(widths) == 1, path.name


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("sections", 6),
        ("points", 36),
        ("indicators", 94),
        ("tasks", 217),
        ("initiatives", 24),
        ("phases", 7),
        ("phase_tasks", 20),
    ],
)
def test_the_plan_is_there_completely(name: str, count: int) -> None:
    assert len(table(name)) == count


def test_there_are_12_projects_and_12_actions() -> None:
    assert Counter(row["kind"] for row in table("initiatives")) == {"project": 12, "action": 12}


def test_the_points_of_a_section_add_up_as_printed() -> None:
    printed = {row["number"]: int(row["points"]) for row in table("sections")}
    assert list(printed.values()) == [30, 15, 15, 20, 40, 0]
    counted: Counter[str] = Counter()
    for row in table("points"):
        counted[row["section"]] += 0 if row["kind"] == "optional" else int(row["points"])
    counted["5"] += 15
    assert counted == Counter({number: points for number, points in printed.items() if points})


def test_seven_optional_points_list_35_and_two_of_point_29_are_chosen() -> None:
    optional = [row for row in table("points") if row["kind"] == "optional"]
    assert [row["number"] for row in optional] == [str(number) for number in range(30, 37)]
    assert sum(int(row["points"]) for row in optional) == 35
    assert {row["number"]: row["choose"] for row in table("points") if row["choose"]} == {"29": "2"}


def test_points_are_those_of_the_annex() -> None:
    titles: dict[int, tuple[int, str, int]] = {}
    for row in annex():
        if row.point.strip():
            found = re.fullmatch(r"(\d+)\.(.+?)\(?(?:必选项,)?(?:任选2项,)?(\d+)分\)", fold(row.point))
            assert found, row.point
            titles[int(found[1])] = (row.section, found[2], int(found[3]))
    seeded = {
        int(row["number"]): (int(row["section"]), fold(row["title"]), int(row["points"]))
        for row in table("points")
    }
    assert seeded == titles


def test_indicators_are_those_of_the_annex() -> None:
    seeded = [(row["number"], f"({row['number']}){fold(row['text'])}") for row in table("indicators")]
    assert seeded == [(row.number, fold(row.text)) for row in annex()]


def test_raw_cells_are_kept_as_printed() -> None:
    for row, printed in zip(table("indicators"), annex(), strict=True):
        assert row["text_raw"] == printed.text
        assert row["method_raw"] == printed.method
        assert row["responsible_raw"] == printed.responsible
        raw_tasks = "".join(found["text_raw"] for found in tasks_of(row["number"]))
        assert "".join(raw_tasks.split()) == "".join(printed.tasks.split())


def test_indicators_stand_under_their_section_and_point() -> None:
    point = ""
    for row, printed in zip(table("indicators"), annex(), strict=True):
        point = printed.point.split(".")[0].strip() or point
        is_veto = printed.section == 6
        assert int(row["section"]) == printed.section
        assert row["point"] == ("" if is_veto else point)
        assert row["veto"] == ("yes" if is_veto else "no")


def test_methods_are_those_of_the_annex() -> None:
    words = {
        "documents": "资料审查",
        "interview": "党政领导访谈",
        "on_site": "现场检查",
        "platform": "查看",
        "survey": "委托第三方机构开展测评",
        "authority": "评价",
        "samr_panel": "市场监管总局组织验收组评审",
        "state_panel": "国务院食品安全办组织验收组评审",
    }
    for row, printed in zip(table("indicators"), annex(), strict=True):
        methods, written = cell_list(row["methods"]), fold(printed.method).split("、")
        for method, part in zip(methods, written, strict=True):
            assert words[method] in part


def test_tasks_are_those_of_the_annex_in_order() -> None:
    for printed in annex():
        seeded = tasks_of(printed.number)
        assert [fold(row["text"]) for row in seeded] == source_tasks(printed)
        assert [int(row["number"]) for row in seeded] == list(range(1, len(seeded) + 1))


def test_texts_are_tidy() -> None:
    for name in ("indicators", "tasks", "initiatives", "phase_tasks", "requirements"):
        for row in table(name):
            assert not re.search(r"[\s,;:()<>*]", row["text"]), row["text"]


def test_flags_follow_the_words_of_the_tasks() -> None:
    for row, printed in zip(table("indicators"), annex(), strict=True):
        words = fold(printed.tasks)
        assert (row["on_site_check"] == "yes") == ("现场可查" in words), printed.number
        assert (row["online_check"] == "yes") == bool(re.search("(平台|确保)在线可查", words)), printed.number


def test_initiatives_are_those_of_the_plan() -> None:
    seeded = [
        SourceInitiative(
            row["kind"],
            int(row["number"]),
            *(fold(row[key]) for key in ("title", "text", "lead_raw", "responsible_raw")),
        )
        for row in table("initiatives")
    ]
    assert seeded == list(source_initiatives())


def test_phases_are_those_of_the_plan() -> None:
    def last_day(year: int, month: int) -> date:
        return date(year, month, calendar.monthrange(year, month)[1])

    for row, (title, months, _) in zip(table("phases"), source_phases(), strict=True):
        stretch = [(int(y), int(m)) for y, m in re.findall(r"(\d+)年(\d+)月", months)]
        assert fold(row["title"]) == title
        assert row["starts_on"] == date(*stretch[0], 1).isoformat()
        assert row["ends_on"] == last_day(*stretch[-1]).isoformat()


def test_phase_tasks_are_those_of_the_plan() -> None:
    printed = [
        (phase, number, text)
        for phase, (_, _, tasks) in enumerate(source_phases(), 1)
        for number, text in tasks
    ]
    seeded = [(int(r["phase"]), int(r["number"]), fold(r["text"])) for r in table("phase_tasks")]
    assert seeded == printed
    assert all(row["text"].startswith(row["title"]) for row in table("phase_tasks"))


def test_requirements_are_sentences_of_the_plan() -> None:
    body = chapter("七、工作要求", "附件:").replace("and", "和")
    for row in table("requirements"):
        heading = f"({' 一二三四五六七八九'[int(row['number'])]}){row['title']}。"
        assert fold(row["text"]) in body.split(fold(heading), 1)[1]
