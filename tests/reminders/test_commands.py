"""`tracker remind` as other tools call it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.databases import RolledBackDatabase
from tests.reminders.conftest import BASE
from tests.world import city_moment
from tracker.config import Config
from tracker.console import Console
from tracker.outbox.models import OutboxMessage
from tracker.outbox.rules import HookKind
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders.commands import remind
from tracker.reminders.models import Notice
from tracker.reminders.posting import set_webhook

Tracker = Callable[..., Result]


@pytest.fixture
def tracker(config: Config, database: RolledBackDatabase, session: Session) -> Tracker:
    """Runs `tracker remind` on the test's database."""
    console = Console(replace(config, base_url=BASE))
    console.__dict__["database"] = database

    def run(*arguments: str) -> Result:
        session.commit()
        return CliRunner().invoke(remind, arguments, obj=console, catch_exceptions=False)

    return run


def told(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_a_dry_run_lists_who_would_be_told_what(tracker: Tracker, session: Session) -> None:
    letters = told(tracker("--at", "2024-03-26T09:00", "--dry-run", "--json"))
    by_address = {letter["to"]: letter for letter in letters}
    assert set(letters[0]) == {"to", "unit", "subject", "items"}
    mangkang = by_address["mangkang@example.test"]
    assert mangkang["unit"] == "芒康县"
    assert mangkang["subject"] == "【昌都市创建国家食品安全示范城市】逾期 1 项"
    (item,) = mangkang["items"]
    assert (item["kind"], item["rung"], item["object"]) == ("report", 1, "2024-03")
    assert item["text"] == "2024-03 月报：期限 2024-03-25，逾期 1 个工作日"
    assert item["url"].startswith(f"{BASE}/reports/")
    digest = by_address["office@example.test"]["items"][0]
    assert (digest["kind"], digest["rung"], digest["url"]) == (
        "digest", "digest", f"{BASE}/reports/month/2024-03?campaign=changdu-2023",
    )  # fmt: skip
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_the_keys_are_those_of_the_ledger(tracker: Tracker, session: Session) -> None:
    letters = told(tracker("--at", "2024-03-28T09:00", "--json"))
    keys = [item["key"] for letter in letters for item in letter["items"]]
    ledger = {
        f"{row.campaign_id}:{row.kind}:{row.object_id}:{row.late_from}:{row.rung}:{row.user_id}"
        for row in session.scalars(select(Notice))
    }
    assert len(keys) == len(set(keys))
    assert set(keys) == ledger
    assert told(tracker("--at", "2024-03-28T09:00", "--json")) == []


def test_what_the_group_is_told_comes_after_the_people_and_leaves_them_as_they_are(
    tracker: Tracker, session: Session, campaign: Campaign, person: Callable[[str], User]
) -> None:
    before = told(tracker("--at", "2024-03-26T09:00", "--dry-run", "--json"))
    set_webhook(
        session, campaign, HookKind.DINGTALK, "https://robot.example.test/?token=t0ken", "{事项}",
        is_on=True, by=person("office-admin"), at=city_moment("2024-03-15T10:00"), secret="SECabc",
    )  # fmt: skip
    result = tracker("--at", "2024-03-26T09:00", "--dry-run", "--json")
    *people, group = told(result)
    assert people == before
    (item,) = group.pop("items")
    assert group == {
        "to": "钉钉群", "unit": "", "subject": "昌都市创建国家食品安全示范城市：1 项", "group": "dingtalk",
    }  # fmt: skip
    digest = next(one for letter in before for one in letter["items"] if one["kind"] == "digest")
    assert item == digest | {"key": f"{digest['key'].rpartition(':')[0]}:group"}
    assert "SECabc" not in result.output
    assert "t0ken" not in result.output


def test_a_moment_without_a_zone_is_the_citys(tracker: Tracker) -> None:
    early = tracker("--at", "2024-03-26T08:59", "--dry-run", "--json")
    assert (told(early), early.stderr) == ([], "昌都市：2024-03-26 08:59 还不到 09:00，不发提醒\n")
    assert told(tracker("--at", "2024-03-26T01:00+00:00", "--dry-run", "--json"))


def test_a_day_off_is_told_on_the_error_line(tracker: Tracker) -> None:
    result = tracker("--at", "2024-03-24T09:00", "--dry-run")
    assert result.stderr == "昌都市：2024-03-24（星期日）不是工作日，不发提醒\n"
    assert result.stdout == "共 0 人\n"


def test_a_moment_that_is_none_is_refused(tracker: Tracker) -> None:
    result = tracker("--at", "tomorrow")
    assert result.exit_code == 2
    assert "“tomorrow”不是 2024-03-26T09:00 这样的时间" in result.stderr


def test_who_has_no_address_stands_there_by_user_name(tracker: Tracker, person: Callable[[str], Any]) -> None:
    person("mangkang").email = ""
    letters = told(tracker("--at", "2024-03-26T09:00", "--dry-run", "--json"))
    assert "mangkang" in {letter["to"] for letter in letters}
