"""`tracker user disable` as an operator types it."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from tests.handover.conftest import laid
from tests.world import MovableClock
from tracker.cli import main
from tracker.db import Database
from tracker.people.models import User

Command = Callable[..., Result]


@pytest.fixture
def stop(own_database: Database) -> Command:
    """Runs `tracker user disable ARGUMENTS...`."""
    environment = {"TRACKER_DATABASE_URL": own_database.url, "TRACKER_TODAY": "2024-03-22"}
    return lambda *arguments: CliRunner().invoke(main, ["user", "disable", *arguments], env=environment)


def is_active(database: Database, username: str) -> bool:
    with database.session() as session:
        return session.scalars(select(User.is_active).where(User.username == username)).one()


def test_the_last_liaison_needs_a_word(stop: Command, own_database: Database) -> None:
    asked = stop("nongye")
    assert asked.exit_code == 1
    assert "本单位最后一位在用的联络员；请用 --no-successor 写明暂无接任人" in asked.output
    assert is_active(own_database, "nongye")
    assert stop("nongye", "--no-successor").exit_code == 0
    assert not is_active(own_database, "nongye")
    assert "已经停用" in stop("nongye").output


def test_the_successor_is_named(stop: Command, own_database: Database, clock: MovableClock) -> None:
    with own_database.transaction() as session:
        laid(session, clock, session.scalars(select(User).where(User.username == "mangkang")).one())
    assert "--successor 指明接任人：dawa（达瓦）" in stop("mangkang").output
    assert "同一单位" in stop("mangkang", "--successor", "karuo").output
    assert "只能用一个" in stop("mangkang", "--successor", "dawa", "--no-successor").output
    assert "1 项任务、1 封未发邮件交给 dawa（达瓦）" in stop("mangkang", "--successor", "dawa").output
    assert not is_active(own_database, "mangkang")


def test_an_unknown_account_is_one_line(stop: Command) -> None:
    assert stop("nobody").output == "没有用户名为“nobody”的账号\n"
