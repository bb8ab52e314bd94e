"""A plan's files are checked as a whole before anything is loaded."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tracker.plan.rules import Duty, Gate, Method
from tracker.plan.seed.reading import read_plan
from tracker.plan.seed.sheet import SeedError
from tracker.shipped import SEED

Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the plan of Changdu that a test may break."""
    return Path(shutil.copytree(SEED / "changdu-2023", tmp_path / "plan"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replaces a text that stands in a file, its first occurrence."""

    def replace(name: str, old: str, new: str) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def problems(folder: Path) -> list[str]:
    with pytest.raises(SeedError) as error:
        read_plan(folder)
    assert str(error.value) == "\n".join(error.value.problems)
    return error.value.problems


def test_the_plan_of_changdu_is_read_completely() -> None:
    plan = read_plan(SEED / "changdu-2023")
    assert (len(plan.sections), len(plan.points), len(plan.indicators)) == (6, 36, 94)
    assert (len(plan.tasks), len(plan.initiatives)) == (217, 24)
    assert (len(plan.phases), len(plan.phase_tasks)) == (7, 20)
    assert plan.indicators[0].methods == (Method.DOCUMENTS, Method.INTERVIEW)
    assert plan.tasks[1].duty is Duty.MIRROR
    assert plan.phases[3].gate is Gate.SELF_ASSESSMENT


def test_a_file_is_read_with_and_without_a_byte_order_mark(folder: Path) -> None:
    plan = read_plan(folder)
    path = folder / "units.csv"
    path.write_text(path.read_text(encoding="utf-8-sig"), encoding="utf-8")
    assert read_plan(folder) == plan


def test_an_unknown_unit_is_told_with_place_and_nearest_names(folder: Path, edit: Edit) -> None:
    edit("tasks.csv", ",市委组织部,,execute", ",市委组职部,,execute")
    (problem,) = problems(folder)
    assert problem.startswith("tasks.csv 第 5 行 E 列（lead）：没有名为“市委组职部”的单位或集合")
    assert "市委组织部" in problem


def test_the_line_counts_lines_inside_quoted_cells(folder: Path, edit: Edit) -> None:
    edit("phases.csv", "任务可能生来已完成或待补录。", "")
    edit("phases.csv", "1,筹备阶段", '1,"筹备\n阶段"')
    edit("phases.csv", "2,动员启动阶段,2023-07-01", "2,动员启动阶段,2023年7月")
    (problem,) = problems(folder)
    assert problem == "phases.csv 第 4 行 C 列（starts_on）：应为 2024-04-30 这样的日期，现在是“2023年7月”"


def test_all_problems_of_all_files_are_told_at_once(folder: Path, edit: Edit) -> None:
    edit("campaign.toml", 'office = "市食品药品安全委员会办公室"', 'office = "市食安委"')
    edit("sections.csv", "1,基础工作,30", "1,基础工作,三十")
    edit("points.csv", "2,1,工作机制", "2,9,工作机制")
    edit("deadlines.csv", "G1,gate,", "G1,gates,")
    found = problems(folder)
    assert any(line.startswith("campaign.toml 第 7 行 office：没有名为“市食安委”") for line in found)
    assert "sections.csv 第 2 行 C 列（points）：应为整数，现在是“三十”" in found
    assert "points.csv 第 3 行 B 列（section）：sections.csv 中没有编号 9" in found
    assert any(line.startswith("deadlines.csv 第 2 行 B 列（kind）：应为 gate（关口）、") for line in found)


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("units.csv", "name,short,kind", "name,kurz,kind", "units.csv 第 1 行：缺少列 short"),
        ("units.csv", "芒康县,芒康县,county", "芒康县,芒康县,village", "C 列（kind）：应为 office（食安办）"),
        ("units.csv", "市委组织部,市委组织部", "市委组织部,市委政法委", "“市委政法委”已经指"),
        ("groups.csv", ",no,,11个", ",nein,,11个", "D 列（presumed）：应为 yes 或 no，现在是“nein”"),
        ("groups.csv", "卡若区；江达县", "卡若区；各成员单位", "没有名为“各成员单位”的单位或集合"),
        ("indicators.csv", "documents；interview", "papers", "F 列（methods）：应为 documents（资料审查）"),
        ("tasks.csv", "\n1,2,", "\n1,1,", "tasks.csv 第 3 行 B 列（number）：“1-1”与第 2 行重复"),
        ("tasks.csv", "\n1,2,", "\n95,2,", "A 列（indicator）：indicators.csv 中没有编号 95"),
        ("tasks.csv", ",市委组织部,,execute", ",,,execute", "E 列（lead）：不能为空"),
        ("tasks.csv", ",市委组织部,,execute", ",市委组织部,execute", "应有 8 格，现在是 7 格"),
        ("phase_tasks.csv", ",PH1,", ",PH9,", "G 列（deadlines）：deadlines.csv 中没有“PH9”"),
        ("phases.csv", "2023-07-01,2023-07-31", "2023-08-01,2023-07-31", "不能早于 starts_on"),
        ("deadlines.csv", "gate,preparation", "gate,", "C 列（gate）：kind 为 gate 时要写明关口"),
        ("working_days.csv", "2022-01-01,holiday", "2022-13-01,holiday", "A 列（day）：应为 2024-04-30"),
        ("campaign.toml", "day = 25", "day = 31", "reports.day：应为 1 到 28 的整数"),
        ("campaign.toml", "ends_on = 2025", "ends_on = 2015", "ends_on：不能早于 starts_on"),
        ("campaign.toml", "Asia/Shanghai", "Asia/Changdu", "jurisdiction.timezone：没有时区“Asia/Changdu”"),
        ("campaign.toml", "[notice]", "[notice", "campaign.toml：不是完整的 TOML"),
    ],
)
def test_a_problem_names_file_place_and_what_was_expected(
    folder: Path, edit: Edit, name: str, old: str, new: str, expected: str
) -> None:
    edit(name, old, new)
    assert any(expected in line and line.startswith(name) for line in problems(folder)), problems(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "tasks.csv").unlink()
    assert problems(folder) == ["tasks.csv：缺少这个文件"]


def test_an_empty_file_is_named(folder: Path) -> None:
    (folder / "tasks.csv").write_text("")
    assert problems(folder) == ["tasks.csv 第 1 行：文件是空的，应为列名"]


def test_a_file_in_another_encoding_is_told_by_its_line(folder: Path) -> None:
    path = folder / "sections.csv"
    path.write_bytes(path.read_text(encoding="utf-8-sig").encode("gb18030"))
    assert "sections.csv 第 2 行：不是 UTF-8 文字，请在表格软件中另存为“CSV UTF-8”" in problems(folder)


def test_an_open_quote_is_told_by_its_line(folder: Path, edit: Edit) -> None:
    edit("sections.csv", "\n3,生", '\n3,"生')
    assert "sections.csv 第 4 行：引号不成对，不是完整的 CSV" in problems(folder)
