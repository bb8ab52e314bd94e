"""From the first release with what people had written in it to the newest schema, once, whoever begins."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.orm import Session

from tests.world import city_moment
from tracker.db import Database
from tracker.events.models import Event
from tracker.milestones.models import Milestone
from tracker.outbox.models import OutboxMessage
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders.models import Notice
from tracker.reports.models import MonthlyReport, ReportLine, ReportVersion
from tracker.reports.rules import ReportState, SentLine, SentReport

FIRST_RELEASE = "0001"
TRACKER = Path(sys.executable).parent / "tracker"
MOMENT, LATER = (city_moment(f"2023-{day}T10:00").astimezone(UTC) for day in ("08-20", "09-20"))
SOMETHING: dict[type, Any] = {
    JSON: {}, Boolean: False, Date: date(2023, 8, 1), DateTime: MOMENT, Integer: 1,
}  # fmt: skip
"""What stands in a column of whose value a test says nothing, by its type; an empty text in all others."""
SENT = {
    "progress": "原来的进展",
    "problems": "",
    "next_steps": "继续",
    "has_no_progress": False,
    "reason": "",
}
ROWS: dict[str, Sequence[dict[str, Any]]] = {
    "jurisdiction": [{"id": 1, "code": "540300", "timezone": "Asia/Shanghai"}],
    "unit": [
        {"id": 1, "name": "市食品药品安全委员会办公室", "short": "市食安办", "kind": "office"},
        {"id": 2, "name": "市农业农村局", "short": "市农业农村局", "kind": "department"},
        {"id": 3, "name": "芒康县", "short": "芒康县", "kind": "county"},
    ],
    "campaign": [{"id": 1, "slug": "changdu-2023", "office_unit_id": 1, "report_day": 25}],
    "user_account": [
        {"id": 1, "unit_id": 1, "username": "office", "name": "办公室同志", "role": "office"},
        {"id": 2, "unit_id": 2, "username": "nongye", "name": "农业同志", "role": "liaison",
         "phone": "0895-1"},
    ],
    "deadline": [{"id": 1, "code": "G1", "kind": "gate", "gate": "preparation"}],
    "plan_item": [
        {"id": 1, "kind": "section", "code": "S1", "title": "食用农产品安全"},
        {"id": 2, "kind": "point", "code": "P1", "parent_id": 1},
        {"id": 3, "kind": "indicator", "code": "11", "number": 11, "parent_id": 2,
         "text": "推行耕地分类管理"},
        {"id": 4, "kind": "project", "code": "工程1", "number": 1, "title": "净土", "text": "净土工程"},
    ],
    "task": [{"id": 1, "item_id": 3, "code": "11-1", "text": "落实措施", "duty": "execute"}],
    "assignment": [{"id": 1, "unit_id": 2, "role": "lead"}],
    "milestone": [{"id": 1, "unit_id": 2, "state": "submitted", "submitted_by_id": 2}],
    "report_period": [
        {"id": 1, "month": date(2023, 8, 1), "due_on": date(2023, 8, 25)},
        {"id": 2, "month": date(2023, 9, 1), "due_on": date(2023, 9, 25)},
    ],
    "monthly_report": [
        {"id": 1, "period_id": 1, "unit_id": 2, "state": "accepted", "submitted_by_id": 2},
        {"id": 2, "period_id": 2, "unit_id": 2, "state": "returned", "submitted_by_id": 2,
         "return_reason": "数字不实"},
        {"id": 3, "period_id": 1, "unit_id": 3, "state": "draft", "first_submitted_at": None,
         "submitted_at": None, "submitted_by_id": None},
        {"id": 4, "period_id": 2, "unit_id": 3, "state": "submitted", "submitted_by_id": 1,
         "submitted_at": LATER},
    ],
    "report_line": [
        {"id": 1, "report_id": 1, "item_id": 4, "position": 1, "has_no_progress": True, "reason": "等资金"},
        {"id": 2, "report_id": 1, "item_id": 3, "position": 0, "progress": "已部署", "next_steps": "检查"},
        {"id": 3, "report_id": 2, "item_id": 3, "position": 0, "progress": "改过的进展", "sent": SENT},
        {"id": 4, "report_id": 2, "item_id": 4, "position": 1, "progress": "退回以后才有的条"},
        {"id": 5, "report_id": 3, "item_id": 3, "position": 0, "progress": "草稿"},
        {"id": 6, "report_id": 4, "item_id": 3, "position": 0, "progress": "代填"},
    ],
    "outbox_message": [{"id": 1, "key": "reminder:2023-08-18:user:2", "user_id": 2, "state": "sent"}],
    "notice": [{"id": 1, "kind": "report", "user_id": 2, "message_id": 1, "text": "2023-08 月报"}],
    "event": [{"id": 1, "by_id": 2, "subject": "report", "verb": "submit"}],
}  # fmt: skip
"""What people had in the first release, and what a test looks at; the rest is filled up."""


@pytest.fixture
def first_release(empty_database: Database) -> Database:
    """A database of the first release, in use."""
    empty_database.upgrade(FIRST_RELEASE)
    with empty_database.engine.execution_options(tracker_write=True).begin() as connection:
        _fill(connection)
    return empty_database


@pytest.fixture
def session(first_release: Database) -> Session:
    """The newest schema on what the first release had."""
    first_release.upgrade()
    return first_release.session()


def test_nothing_of_the_first_release_is_lost(session: Session) -> None:
    with session:
        for table in (Campaign, User, Milestone, MonthlyReport, ReportLine, OutboxMessage, Notice, Event):
            name = table.__tablename__
            assert session.scalar(select(func.count()).select_from(table)) == len(ROWS[name]), name
        campaign = session.scalars(select(Campaign)).one()
        assert (campaign.is_report_day_inclusive, campaign.report_resend_days) == (True, 2)
        assert not campaign.is_report_approved
        milestone = session.scalars(select(Milestone)).one()
        assert (milestone.task.code, milestone.extension_count) == ("11-1", 0)
        line = session.get_one(ReportLine, 3)
        assert (line.progress, line.percent) == ("改过的进展", None)
        if session.get_bind().dialect.name == "sqlite":
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_what_was_told_before_is_no_longer_unread(session: Session) -> None:
    with session:
        notice = session.scalars(select(Notice)).one()
        assert (notice.read_at, notice.is_in_app) == (MOMENT, True)


def test_a_report_that_was_submitted_gets_its_version(session: Session) -> None:
    with session:
        report = session.get_one(MonthlyReport, 1)
        assert report.state is ReportState.ACCEPTED
        (version,) = report.versions
        assert (version.number, version.at, version.by_id, version.words) == (1, MOMENT, 2, "首次报送")
        assert version.sent == SentReport(
            unit="市农业农村局", month="2023-08", writer="农业同志", phone="0895-1",
            lines=(
                SentLine(
                    3, "11", "指标 11", "食用农产品安全", "", "推行耕地分类管理", progress="已部署",
                    next_steps="检查",
                ),
                SentLine(
                    4, "工程1", "工程1", "提升工程", "净土", "净土工程", has_no_progress=True,
                    reason="等资金",
                ),
            ),
        )  # fmt: skip


def test_of_a_returned_report_the_version_is_what_was_sent_before(session: Session) -> None:
    with session:
        (version,) = session.get_one(MonthlyReport, 2).versions
        (line,) = version.sent.lines
        assert (line.item_id, line.progress, line.next_steps) == (3, "原来的进展", "继续")


def test_a_draft_gets_no_version_and_a_report_of_the_office_says_on_whose_behalf(session: Session) -> None:
    with session:
        assert session.get_one(MonthlyReport, 3).versions == []
        (version,) = session.get_one(MonthlyReport, 4).versions
        assert (version.at, version.sent.is_on_behalf, version.sent.writer) == (LATER, True, "办公室同志")
        assert session.scalar(select(func.count()).select_from(ReportVersion)) == 3


def test_two_processes_upgrade_the_first_release_at_once_and_do_it_once(first_release: Database) -> None:
    _upgrade_twice_at_once(first_release)
    with first_release.session() as session:
        assert session.scalar(select(func.count()).select_from(ReportVersion)) == 3


def test_two_processes_make_the_tables_of_a_new_database_at_once(empty_database: Database) -> None:
    _upgrade_twice_at_once(empty_database)


def _upgrade_twice_at_once(database: Database) -> None:
    environment = {"TRACKER_DATABASE_URL": database.url, "PYTHONUTF8": "1"}
    processes = [
        subprocess.Popen(
            [TRACKER, "db", "upgrade"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert database.is_current()


def _fill(connection: Connection) -> None:
    tables = MetaData()
    tables.reflect(connection)
    for name, rows in ROWS.items():
        columns = inspect(connection).get_columns(name)
        filled = [
            {column["name"]: row.get(column["name"], _something(name, column)) for column in columns}
            for row in rows
        ]
        connection.execute(insert(tables.tables[name]), filled)


def _something(table: str, column: Any) -> Any:
    is_moment_of_report = table == "monthly_report" and column["name"].endswith("submitted_at")
    if column["nullable"] and not is_moment_of_report:
        return None
    return next((value for kind, value in SOMETHING.items() if isinstance(column["type"], kind)), "")
