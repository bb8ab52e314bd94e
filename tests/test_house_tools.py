"""The house's own tools: lock files, wheel, test databases, mail guard, and rules that no linter knows."""

import re
import smtplib
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

import dev
from tests.databases import Stock, rolled_back
from tracker.db import Database

ROOT = Path(dev.__file__).parent


def test_no_lock_file_names_a_host_or_a_path() -> None:
    assert dev.locks_are_clean()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("requirements.lock", "flask @ https://example.test/flask.whl"),
        ("requirements-dev.lock", "--find-links /opt/wheels"),
        ("package-lock.json", '"resolved": "https://example.test/axe.tgz"'),
    ],
)
def test_the_lock_guard_sees_a_host(
    name: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for clean in ("requirements.lock", "requirements-dev.lock", "package-lock.json"):
        (tmp_path / clean).write_text("flask==3.1\n", encoding="utf-8")
    (tmp_path / name).write_text(f"flask==3.1\n{line}\n", encoding="utf-8")
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    assert not dev.locks_are_clean()
    assert capsys.readouterr().out == f"{name}:2: {line}\n"


def test_dev_py_names_the_missing_venv_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        dev.require_python()


def test_migrations_seed_and_manual_travel_inside_the_wheel(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    wanted = {
        "tracker/migrations/env.py",
        "tracker/seed/changdu-2023/campaign.toml",
        "tracker/docs/manual.md",
        "tracker/static/vendor/htmx.min.js",
        "tracker/templates/base.html",
    }
    missing = wanted - names
    assert not missing
    assert not [name for name in names if name.startswith(("tests/", "seed/", "migrations/"))]


def test_both_kinds_of_database_are_what_they_say(empty_database: Database, db_kind: str) -> None:
    asked = "select 'SQLite ' || sqlite_version()" if db_kind == "sqlite" else "select version()"
    with empty_database.engine.connect() as connection:
        assert str(connection.scalar(text(asked))).lower().startswith(db_kind)


def test_a_rolled_back_database_forgets_commits(empty_database: Database) -> None:
    with empty_database.engine.begin() as connection:
        connection.execute(text("create table thing (name text)"))
    with rolled_back(empty_database) as database:
        with database.transaction() as session:
            session.execute(text("insert into thing values ('a')"))
        with database.session() as session:
            assert session.scalar(text("select count(*) from thing")) == 1
    with empty_database.engine.connect() as connection:
        assert connection.scalar(text("select count(*) from thing")) == 0


def test_seeded_copies_do_not_see_each_other(stock: Stock) -> None:
    with stock.seeded() as one, stock.seeded() as other:
        with one.engine.begin() as connection:
            connection.execute(text("delete from alias"))
            connection.execute(text("create table thing (name text)"))
        with other.engine.connect() as connection:
            names = connection.dialect.get_table_names(connection)
        assert "thing" not in names
        assert "milestone" in names


def test_no_test_can_reach_a_real_mail_server() -> None:
    with pytest.raises(AssertionError, match=r"mail\.example\.test"):
        smtplib.SMTP("mail.example.test", 25, timeout=1)


@pytest.mark.parametrize("room", ["actions", "queries", "rules", "models"])
def test_only_views_jobs_and_commands_commit(room: str) -> None:
    files = [*ROOT.glob(f"tracker/*/{room}.py"), *ROOT.glob(f"tracker/*/{room}/*.py")]
    assert not [str(path) for path in files if ".commit(" in path.read_text(encoding="utf-8")]


BLOCKED_BY_THE_CSP: dict[str, Callable[[str], list[str]]] = {
    "style attribute": re.compile(r"\sstyle=").findall,
    "style element": re.compile(r"<style\b").findall,
    "script in the page": re.compile(r"<script\b(?![^>]*\bsrc=)").findall,
    "handler attribute": re.compile(r"\son[a-z]+=").findall,
    "htmx script": re.compile(r"\shx-on\b|\bjs:").findall,
    "foreign address": re.compile(r"""(?:src|href|action)=["']?(?:https?:)?//""").findall,
}


@pytest.mark.parametrize("name", BLOCKED_BY_THE_CSP)
def test_templates_hold_nothing_that_the_csp_blocks(name: str) -> None:
    templates = [path for path in ROOT.glob("tracker/templates/**/*.html") if "mail" not in path.parts]
    find = BLOCKED_BY_THE_CSP[name]
    assert templates
    assert not [str(path) for path in templates if find(path.read_text(encoding="utf-8"))]
