"""Commands as an operator types them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tracker.cli import COMMANDS, main
from tracker.db import Database
from tracker.shipped import SEED

Tracker = Callable[..., Result]


@pytest.fixture
def on() -> Callable[[Database], Tracker]:
    """Runs a command on a database, as `tracker ARGUMENTS...` would."""

    def on(database: Database) -> Tracker:
        environment = {"TRACKER_DATABASE_URL": database.url, "TRACKER_TODAY": "2024-03-22"}

        def run(*arguments: str, **more: str) -> Result:
            return CliRunner().invoke(main, arguments, env=environment | more, prog_name="tracker")

        return run

    return on


@pytest.fixture
def empty(on: Callable[[Database], Tracker], empty_database: Database) -> Tracker:
    """`tracker` on a database without tables."""
    return on(empty_database)


@pytest.fixture
def tracker(on: Callable[[Database], Tracker], own_database: Database) -> Tracker:
    """`tracker` on a database with the plan of Changdu."""
    return on(own_database)


@pytest.mark.parametrize("arguments", [("seed", "changdu-2023"), ("export", "plan", "-", "--campaign", "x")])
def test_a_database_without_tables_is_told_in_one_line(empty: Tracker, arguments: tuple[str, ...]) -> None:
    result = empty(*arguments)
    assert (result.exit_code, result.output) == (1, "数据库还没有建表：先运行 tracker db upgrade\n")


def test_the_server_does_not_start_on_a_database_without_tables(empty: Tracker) -> None:
    result = empty("serve")
    assert (result.exit_code, result.output) == (1, "数据库的表不是最新的：先运行 tracker db upgrade\n")


def test_an_operator_sets_up_from_nothing(empty: Tracker, tmp_path: Path) -> None:
    assert empty("db", "upgrade").output == "数据库已升级到最新。\n"
    assert empty("db", "upgrade").output == "数据库已是最新。\n"
    first = empty("seed", "changdu-2023")
    assert first.output.startswith("changdu-2023：新增 ")
    assert "月报期 25 个" in first.output
    assert empty("seed", "changdu-2023").output == "changdu-2023：0 项变化。\n"
    target = tmp_path / "plan.json"
    assert empty("export", "plan", "--campaign", "changdu-2023", str(target)).exit_code == 0
    assert len(json.loads(target.read_text(encoding="utf-8"))["indicators"]) == 94


def test_a_plan_is_loaded_again_under_another_name_and_time(tracker: Tracker) -> None:
    assert tracker("seed", "changdu-2023", "--slug", "next", "--start", "2026-01").exit_code == 0
    exported = json.loads(tracker("export", "plan", "-", "--campaign", "next").output)
    assert exported["phases"][0]["starts_on"] == "2026-01-01"
    assert exported["phases"][6]["ends_on"] == "2029-01-31"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("seed", "kunming"), "没有名为“kunming”的方案；可用的方案：changdu-2023"),
        (("seed", "changdu-2023", "--start", "2026"), "--start 应为 2000-01 到 2099-12 的月份，现在是“2026”"),
        (("seed", "changdu-2023", "--start", "1-01"), "--start 应为 2000-01 到 2099-12 的月份，现在是“1-01”"),
        (("seed", "changdu-2023", "--live-on", "x"), "--live-on 应为 2024-03-22 这样的日期，现在是“x”"),
        (("seed", "changdu-2023", "--slug", "A B"), "--slug 应由小写字母、数字和连字符组成"),
        (
            ("seed", "changdu-2023", "--start", "2026-01"),
            "“changdu-2023”已经从 2022-08 开始，不能改为 2026-01；可用 --slug 另起代号",
        ),
        (("export", "plan", "-", "--campaign", "x"), "没有代号为“x”的创建；已有的：changdu-2023"),
        (
            ("export", "plan", "plan.xlsx", "--campaign", "changdu-2023"),
            "export plan 只能写成 .json，现在是“plan.xlsx”",
        ),
        (
            ("export", "plan", "/nowhere/plan.json", "--campaign", "changdu-2023"),
            "写不了文件 /nowhere/plan.json：No such file or directory",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_in_one_line(
    tracker: Tracker, arguments: tuple[str, ...], line: str
) -> None:
    result = tracker(*arguments)
    assert (result.exit_code, result.output) == (1, f"{line}\n")


def test_a_broken_plan_is_told_line_by_line_and_loads_nothing(empty: Tracker, tmp_path: Path) -> None:
    empty("db", "upgrade")
    for path in (SEED / "changdu-2023").iterdir():
        text = path.read_text(encoding="utf-8").replace(",市委组织部,,execute", ",市委组职部,,execute")
        (tmp_path / path.name).write_text(text.replace("day = 25", "day = 0"), encoding="utf-8")
    result = empty("seed", str(tmp_path))
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0].startswith("campaign.toml 第 ")
    assert lines[1].startswith(
        "tasks.csv 第 5 行 E 列（lead）：没有名为“市委组职部”的单位或集合；最接近的是："
    )
    assert "已有的：还没有" in empty("export", "plan", "-", "--campaign", "changdu-2023").output


def test_a_wrong_setting_stops_the_command_with_one_line(tracker: Tracker) -> None:
    result = tracker("seed", "changdu-2023", TRACKER_TODAY="morgen")
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert result.output.startswith("设置 TRACKER_TODAY 的值“morgen”不对")


@pytest.mark.parametrize(("what", "ending"), [("ledger", "csv"), ("milestones", "json"), ("reports", "xlsx")])
def test_tables_are_written_as_the_file_ends(
    tracker: Tracker, tmp_path: Path, what: str, ending: str
) -> None:
    target = tmp_path / f"table.{ending}"
    result = tracker("export", what, str(target), "--campaign", "changdu-2023")
    assert result.exit_code == 0, result.output
    content = target.read_bytes()
    assert content.startswith({"csv": b"\xef\xbb\xbf", "xlsx": b"PK", "json": b"["}[ending])


@pytest.mark.parametrize("ending", ["xlsx", "docx"])
def test_the_paper_table_is_a_workbook_or_a_document(tracker: Tracker, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"breakdown.{ending}"
    assert tracker("export", "breakdown", str(target), "--campaign", "changdu-2023").exit_code == 0
    assert target.read_bytes().startswith(b"PK")


def test_every_command_of_the_contents_is_there_and_explains_itself() -> None:
    for name in main.list_commands(None):  # type: ignore[arg-type]  # the table needs no context
        command = main.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        assert command.help, name
    assert {"db", "seed", "export", "serve"} <= set(COMMANDS)
