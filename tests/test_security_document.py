"""docs/security.md names nothing that is not there, and leaves no setting and no item of the standard out."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from click import Context, Group
from flask import Flask

from tracker.cli import main
from tracker.commands.doctor import TOPICS
from tracker.config import Config
from tracker.people.rules import Role

ROOT = Path(__file__).resolve().parent.parent
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TEXTS = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in ("docs/security.md", "README.md", "docs/deploy.md", "docs/manual.md")
}
SETTINGS = {f"TRACKER_{field.name.upper()}" for field in fields(Config)}
ITEMS = (
    *(f"L3-CES1-{number:02}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 17, 18, 19)),
    "输入校验", "数据完整性", "数据保密性", "数据备份恢复", "剩余信息保护", "个人信息保护",
)  # fmt: skip


def settings_in(text: str) -> set[str]:
    return set(re.findall(r"\bTRACKER_[A-Z_]*[A-Z]\b", text))


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_names_a_setting_that_does_not_exist(name: str) -> None:
    assert settings_in(TEXTS[name]) <= SETTINGS


def test_every_setting_is_explained_somewhere() -> None:
    explained = ("docs/security.md", "README.md", "docs/deploy.md")
    assert set.union(*(settings_in(TEXTS[name]) for name in explained)) >= SETTINGS


def test_the_recommended_values_can_be_read() -> None:
    table = SECURITY.partition("## 建议的设置")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()
        if "TRACKER_" in line
    ]
    levels: list[dict[str, str]] = [{}, {}]
    for names, _, *values in rows:
        found = re.findall(r"TRACKER_[A-Z_]+", names)
        for level, value in zip(levels, values, strict=True):
            plain = value.split("，")
            if all(part.isdigit() or part in ("text", "json") for part in plain):
                assert len(plain) == len(found), names
                level |= dict(zip(found, plain, strict=True))
    assert Config.from_env(levels[0]).cookie_secure
    highest = Config.from_env(levels[1])
    assert (highest.hsts, highest.office_manages_people, highest.idle_minutes) == (True, False, 15)
    named = re.findall(r"[a-z]+_?[a-z]+", " ".join(row[-1] + row[-2] for row in rows if "TOTP" in row[0]))
    assert set(named) == set(Role), "every role is named, and none that does not exist"


@pytest.mark.parametrize("item", ITEMS)
def test_every_item_of_the_standard_is_answered_and_tested(item: str) -> None:
    (line,) = (line for line in SECURITY.splitlines() if line.startswith(f"| {item} |"))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert len(cells) == 5
    assert all(cells), line
    paths = re.findall(r"`(tests/[a-z_/]+\.py)`", cells[4])
    assert paths
    assert all((ROOT / path).is_file() for path in paths), cells[4]


def test_the_files_and_commands_that_it_names_are_there() -> None:
    paths = set(re.findall(r"`((?:deploy|docs)/[a-z.-]+|requirements\.lock)`", SECURITY))
    assert len(paths) > 3
    assert all((ROOT / path).is_file() for path in paths), paths
    commands = re.findall(r"`tracker ([a-z]+)(?: ([a-z]+))?(?: --only ([a-z]+))?[^`]*`", SECURITY)
    assert len(commands) > 5
    for command, rest, topic in commands:
        found = main.get_command(Context(main), command)
        assert found is not None, command
        assert not topic or topic in TOPICS
        assert not rest or not isinstance(found, Group) or rest in found.commands


def test_it_is_reached_from_the_readme_and_the_operators_chapter() -> None:
    assert "docs/security.md" in TEXTS["README.md"]
    assert "docs/security.md" in TEXTS["docs/manual.md"].partition("## 运行维护")[2]
    assert "security.md" in TEXTS["docs/deploy.md"]


def test_the_addresses_of_the_scans_are_ours(app: Flask) -> None:
    adapter = app.url_map.bind("127.0.0.1:8051")
    found = re.findall(r"(-u|-s) \"?http://127\.0\.0\.1:8051(/[a-z/-]*)", SECURITY)
    assert len(found) > 4
    for _, path in found:
        assert any(adapter.test(path, method) for method in ("GET", "POST")), path
