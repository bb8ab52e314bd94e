"""Expected materials: each stands in the sentence of its task, and loading leaves the office's own alone."""

import csv
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.plan.models import Material, Task
from tracker.plan.rules import WINDOW_WORDS, MaterialKind
from tracker.plan.seed.loading import Loaded, load_plan
from tracker.plan.seed.reading import read_plan
from tracker.plan.seed.rows import MaterialRow, Plan
from tracker.plan.seed.sheet import SeedError
from tracker.shipped import SEED

PLAN = SEED / "changdu-2023"
GENERAL = re.compile("(资料|材料|文件|情况)$")
"""Nouns that end a name where the sentence has another of them, or says it once for several."""
FOLLOWS = re.compile("参照|具体.*落实")
Load = Callable[[Plan], Loaded]
Edit = Callable[..., int]


@cache
def changdu() -> Plan:
    return read_plan(PLAN)


@cache
def texts() -> dict[str, str]:
    return {f"{row.indicator}-{row.number}": row.text for row in changdu().tasks}


def named() -> list[MaterialRow]:
    return [row for row in changdu().materials if not row.is_default]


def defaults() -> list[MaterialRow]:
    return [row for row in changdu().materials if row.is_default]


def naming() -> set[str]:
    """The tasks whose own sentence names materials."""
    return {row.task for row in named() if not row.inherited_from}


def source(row: MaterialRow) -> str:
    return row.inherited_from or row.task


@pytest.fixture
def load(session: Session) -> Load:
    """Loads a plan into the campaign that every seeded test finds."""

    def load(plan: Plan) -> Loaded:
        at = datetime(2023, 7, 28, 1, 0, tzinfo=UTC)
        loaded = load_plan(session, plan, slug=plan.settings.slug, at=at, today=date(2023, 7, 28))
        session.expire_all()
        return loaded

    return load


def slots_of(session: Session, code: str) -> list[Material]:
    session.expire_all()
    return session.scalars(select(Task).where(Task.code == code)).one().materials


def without(code: str, *numbers: int) -> Plan:
    kept = [row for row in changdu().materials if row.task != code or row.number not in numbers]
    return replace(changdu(), materials=kept)


# ---------------------------------------------------------------- the sheet and the sentences


def test_every_basic_task_asks_for_something_and_for_few_things() -> None:
    counts = Counter(row.task for row in changdu().materials)
    assert set(counts) == set(texts())
    assert len(counts) == 217
    assert max(counts.values()) <= 6


def test_every_material_stands_in_the_sentence_that_it_comes_from() -> None:
    assert [row for row in named() if not row.words or row.words not in texts()[source(row)]] == []


def test_no_name_has_a_word_that_its_sentence_does_not_have() -> None:
    assert [row for row in named() if not set(GENERAL.sub("", row.name)) <= set(row.words)] == []


def test_names_are_short() -> None:
    assert [row.name for row in changdu().materials if not 2 <= len(row.name) <= 14] == []


def test_a_task_that_asks_for_nothing_has_the_one_default_slot() -> None:
    assert {(row.name, row.words, row.inherited_from) for row in defaults()} == {("工作成效资料", "", "")}
    counts = Counter(row.task for row in changdu().materials)
    assert {counts[row.task] for row in defaults()} == {1}


def test_who_inherits_follows_other_tasks_and_names_nothing_itself() -> None:
    heirs = {row.task for row in named() if row.inherited_from}
    assert [code for code in heirs if not FOLLOWS.search(texts()[code])] == []
    assert heirs & naming() == set()


def test_who_follows_tasks_that_name_something_inherits() -> None:
    indicators = {code.split("-")[0] for code in naming()}
    following = {row.task for row in defaults() if FOLLOWS.search(texts()[row.task])}
    assert [code for code in following if code.split("-")[0] in indicators] == []


def test_an_inherited_material_is_one_of_its_source() -> None:
    own = {
        (row.task, row.name): (row.kind, row.words, row.is_per_year, row.window_years)
        for row in named()
        if not row.inherited_from
    }
    for row in named():
        there = row.kind, row.words, row.is_per_year, row.window_years
        assert own[source(row), row.name] == there, row.task


def test_the_time_to_cover_is_what_the_clause_says_before_the_material() -> None:
    for row in named():
        text = texts()[source(row)]
        begin = text.index(row.words)
        clause = text[max(text.rfind(mark, 0, begin) for mark in "；。") + 1 : begin + len(row.words)]
        window = next((years for years, words in WINDOW_WORDS.items() if words in clause), None)
        assert (row.is_per_year, row.window_years) == ("分年度" in clause, window), row


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("11-1", ["工作部署资料", "耕地台账", "工作总结"]),
        ("13-2", ["定点经营单位台账", "投入品使用记录"]),
        ("29-3", ["抽检计划", "计划完成情况", "抽检结果统计", "不合格产品处置资料"]),
        ("31-2", ["抽检结果", "公示信息", "问题通报", "不合格产品处置资料", "统计分析报告"]),
        ("55-2", ["工作成效资料"]),
        ("91-1", ["自治区证明材料"]),
    ],
)
def test_some_tasks_and_their_materials(code: str, names: list[str]) -> None:
    assert [row.name for row in changdu().materials if row.task == code] == names


# ---------------------------------------------------------------- a broken sheet


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PLAN, tmp_path / "plan"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Changes cells of the row of a task and number; returns the number of its line."""

    def change(code: str, number: str, /, **cells: str) -> int:
        path = folder / "materials.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns, rows = list(reader.fieldnames or ()), list(reader)
        place = next(i for i, row in enumerate(rows) if (row["task"], row["number"]) == (code, number))
        rows[place] |= cells
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return place + 2

    return change


@pytest.mark.parametrize(
    ("row", "cells", "place", "words"),
    [
        ("11-1 1", {"task": "99-1"}, "A 列（task）", "tasks.csv 中没有任务“99-1”"),
        ("11-1 1", {"task": ""}, "A 列（task）", "不能为空"),
        ("11-1 3", {"number": "4"}, "B 列（number）", "任务 11-1 的材料要从 1 起连续编号，这里应为 3"),
        ("11-1 3", {"number": "2"}, "B 列（number）", "“11-1-2”与第"),
        ("11-1 3", {"number": "三"}, "B 列（number）", "应为整数，现在是“三”"),
        ("11-1 3", {"name": ""}, "C 列（name）", "不能为空"),
        ("11-1 3", {"name": "耕地台账"}, "C 列（name）", "任务 11-1 已有“耕地台账”"),
        ("11-1 3", {"kind": "paper"}, "D 列（kind）", "应为 document（发文）、ledger（台账）"),
        ("11-1 3", {"per_year": "分年度"}, "E 列（per_year）", "应为 yes 或 no"),
        ("11-1 3", {"window_years": "5"}, "F 列（window_years）", "应为 2（近两年）、3（近三年），或者留空"),
        ("11-1 3", {"words": "工作报告"}, "G 列（words）", "任务 11-1 的原文中没有“工作报告”"),
        ("11-1 3", {"words": ""}, "G 列（words）", "不能为空"),
        ("11-2 1", {"words": "工作报告"}, "G 列（words）", "任务 11-1 的原文中没有“工作报告”"),
        ("11-2 1", {"inherited_from": "11-9"}, "H 列（inherited_from）", "tasks.csv 中没有任务“11-9”"),
        ("11-2 1", {"inherited_from": "12-1"}, "H 列（inherited_from）", "任务 12-1 属于另一项指标"),
        ("11-2 1", {"inherited_from": "11-2"}, "H 列（inherited_from）", "承自本任务的，应留空"),
        ("11-2 1", {"default": "yes"}, "H 列（inherited_from）", "默认材料（default 为 yes）不出自原文"),
        ("55-1 1", {"words": "落实"}, "G 列（words）", "默认材料（default 为 yes）不出自原文"),
    ],
)
def test_a_mistake_is_told_by_file_line_and_column(
    folder: Path, edit: Edit, row: str, cells: dict[str, str], place: str, words: str
) -> None:
    line = edit(*row.split(), **cells)
    with pytest.raises(SeedError) as error:
        read_plan(folder)
    start = f"materials.csv 第 {line} 行 {place}：{words}"
    assert [problem for problem in error.value.problems if problem.startswith(start)], str(error.value)


# ---------------------------------------------------------------- loading


def test_every_task_of_every_kind_has_a_slot(session: Session) -> None:
    tasks = session.scalars(select(Task)).all()
    assert [task.code for task in tasks if not task.materials] == []
    (slot,) = slots_of(session, "工程9")
    assert (slot.name, slot.kind, slot.is_default) == ("工作成效资料", MaterialKind.SUMMARY, True)


def test_the_slots_stand_as_the_sheet_has_them(session: Session) -> None:
    assert [(slot.name, slot.span) for slot in slots_of(session, "25-1")] == [
        ("保健食品企业名册", ""),
        ("体系检查计划", "分年度"),
        ("计划完成情况", "分年度"),
        ("问题整改台账", "分年度"),
    ]
    assert [slot.span for slot in slots_of(session, "91-1")] == ["近三年"]
    heir = slots_of(session, "11-2")[1]
    assert (heir.name, heir.inherited_from, heir.words) == ("耕地台账", "11-1", "耕地台账")


def test_a_second_load_changes_nothing(load: Load) -> None:
    again = load(changdu())
    assert (again.added, again.changed) == (0, 0)


def test_what_the_office_changed_survives_a_second_load(session: Session, load: Load) -> None:
    first, second, third = slots_of(session, "11-1")
    first.name, first.is_edited = "耕地分类管理部署", True
    second.is_dropped = second.is_edited = True
    own = Material(task_id=first.task_id, position=4, name="现场照片", kind=MaterialKind.PHOTO)
    session.add(own)
    session.flush()
    again = load(changdu())
    assert (again.added, again.changed) == (0, 0)
    assert [(slot.name, slot.is_dropped) for slot in slots_of(session, "11-1")] == [
        ("耕地分类管理部署", False),
        ("耕地台账", True),
        (third.name, False),
        ("现场照片", False),
    ]


def test_a_slot_that_left_the_sheet_is_dropped_until_it_is_back(session: Session, load: Load) -> None:
    shorter = without("11-1", 3)
    assert load(shorter).changed == 1
    assert [slot.is_dropped for slot in slots_of(session, "11-1")] == [False, False, True]
    assert load(shorter).changed == 0
    assert load(changdu()).changed == 1
    assert [slot.is_dropped for slot in slots_of(session, "11-1")] == [False, False, False]


def test_a_task_that_left_the_sheet_keeps_the_default_slot(session: Session, load: Load) -> None:
    load(without("11-1", 1, 2, 3))
    first, *others = slots_of(session, "11-1")
    assert (first.name, first.words, first.is_default, first.is_dropped) == ("工作成效资料", "", True, False)
    assert [slot.is_dropped for slot in others] == [True, True]


def test_a_changed_row_changes_its_slot_in_place(session: Session, load: Load) -> None:
    before = slots_of(session, "11-1")[1].id
    rows = [
        replace(row, name="耕地分类台账") if (row.task, row.number) == ("11-1", 2) else row
        for row in changdu().materials
    ]
    assert load(replace(changdu(), materials=rows)).changed == 1
    after = slots_of(session, "11-1")[1]
    assert (after.id, after.name) == (before, "耕地分类台账")
