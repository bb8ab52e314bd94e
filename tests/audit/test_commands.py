"""`tracker audit verify` on a sound chain and on one that somebody touched."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert

from tests.world import city_moment
from tracker.cli import main
from tracker.db import Database
from tracker.events.models import Event

Run = Callable[..., Result]


@pytest.fixture
def run(own_database: Database) -> Run:
    """Runs `tracker audit ARGUMENTS...`."""
    environment = {"TRACKER_DATABASE_URL": own_database.url}
    return lambda *arguments: CliRunner().invoke(main, ["audit", *arguments], env=environment)


def test_a_sound_chain_ends_with_its_last_link(run: Run) -> None:
    answer = run("verify")
    assert answer.exit_code == 0
    assert "前后相连，没有改动；末条校验值 " in answer.output


def test_a_row_from_elsewhere_ends_with_1(run: Run, own_database: Database) -> None:
    with own_database.transaction() as session:
        session.execute(
            insert(Event),
            {"at": city_moment("2024-03-21T10:00"), "subject": "user", "subject_id": 1, "verb": "edit"},
        )
    answer = run("verify", "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.output)["problem"].endswith("不在链上，不是系统写入的")
    assert "操作记录被改动过" in run("verify").output
