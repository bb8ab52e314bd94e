"""`tracker doctor` on settings, clock, calendar, mail and scheduler; `tracker testmail`."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from tests.outbox.mailroom import Mailroom, open_mailroom
from tests.world import city_moment
from tracker.cli import main
from tracker.clock import Clock
from tracker.commands import checks
from tracker.commands.doctor import TOPICS
from tracker.db import Database
from tracker.events.actions import record
from tracker.events.models import Event
from tracker.operations.actions import beat
from tracker.operations.rules import SCHEDULER
from tracker.outbox.actions import queue
from tracker.outbox.mails import Mail
from tracker.outbox.models import OutboxMessage
from tracker.outbox.rules import MailState
from tracker.people.models import User
from tracker.people.rules.absence import LONG, SIGNED_IN
from tracker.units.models import Jurisdiction
from tracker.workdays.models import SpecialDay
from tracker.workdays.rules import DayKind, years_to_know

Run = Callable[..., Result]
WELL = (0, "检查完成，没有发现问题。\n")
FRIDAY = {"TRACKER_TODAY": "2024-03-22"}


@pytest.fixture
def tracker(own_database: Database, tmp_path: Path) -> Run:
    """`tracker ARGUMENTS`, with settings."""

    def run(*arguments: str, **settings: str) -> Result:
        own = {"TRACKER_DATABASE_URL": own_database.url, "TRACKER_DATA_DIR": str(tmp_path)}
        return CliRunner().invoke(main, arguments, env=own | settings, prog_name="tracker")

    return run


@pytest.fixture
def mailroom() -> Iterator[Mailroom]:
    with open_mailroom() as room:
        yield room


def only(topic: str) -> tuple[str, ...]:
    return "doctor", "--only", topic


def said(result: Result) -> tuple[int, str]:
    return result.exit_code, result.output


def beaten(database: Database, ago: timedelta) -> None:
    with database.transaction() as session:
        beat(session, SCHEDULER, at=Clock().now() - ago)


def enter_holidays(session: Session, *years: int) -> None:
    city = session.scalars(select(Jurisdiction.id)).one()
    for year in years:
        day = date(year, 1, 1)
        if session.get(SpecialDay, (city, day)) is None:
            session.add(SpecialDay(jurisdiction_id=city, day=day, kind=DayKind.HOLIDAY, name="元旦"))


def everybody_signs_in(session: Session, at: datetime) -> None:
    for user in session.scalars(select(User)):
        record(session, "user", user.id, SIGNED_IN, by=user, at=at)


def queue_at_nine(session: Session, key: str) -> OutboxMessage:
    """A mail of 2024-03-22 09:00."""
    user = session.scalars(select(User).where(User.username == "nongye")).one()
    at = Clock().moment(date(2024, 3, 22)) + timedelta(hours=9)
    mail = Mail(key, f"{key}\n", f"<p>{key}</p>")
    city = user.unit.jurisdiction_id
    return queue(
        session, key, mail, user_id=user.id, address=user.email, jurisdiction_id=city, at=at
    )  # fmt: skip


def test_an_installation_at_work_is_well(tracker: Run, own_database: Database, mailroom: Mailroom) -> None:
    today = Clock().today()
    with own_database.transaction() as session:
        enter_holidays(session, today.year, today.year + 1)
        everybody_signs_in(session, Clock().now() - timedelta(days=LONG.days - 1))
    beaten(own_database, timedelta(seconds=40))
    settings = {
        "TRACKER_SMTP_URL": mailroom.url, "TRACKER_BASE_URL": "https://shian.example.test",
        "TRACKER_MAIL_FROM": "a@example.test", "TRACKER_COOKIE_SECURE": "1", "TRACKER_TRUSTED_PROXIES": "1",
    }  # fmt: skip
    assert said(tracker("doctor", **settings)) == WELL
    assert said(tracker("doctor", "--json", **settings)) == (0, "[]\n")


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (FRIDAY, "TRACKER_TODAY 把今天假定为 2024-03-22；只用于演示；正式使用时去掉它"),
        (
            {"TRACKER_BASE_URL": "https://a.example.test", "TRACKER_TRUSTED_PROXIES": "1"},
            "网址是 https，登录凭据在 http 下也会发送；设置 TRACKER_COOKIE_SECURE=1",
        ),
        (
            {"TRACKER_BASE_URL": "https://a.example.test", "TRACKER_COOKIE_SECURE": "1"},
            "网址是 https，却没有写明前面有几层代理；设置 TRACKER_TRUSTED_PROXIES，一般是 1",
        ),
        (
            {"TRACKER_SMTP_URL": "smtp://mail.example.test", "TRACKER_MAIL_FROM": "a@example.test"},
            "邮件里的链接以 http://127.0.0.1:8000 开头，别人打不开；"
            "把 TRACKER_BASE_URL 设为大家打开系统的网址",
        ),
        (
            {"TRACKER_SMTP_URL": "smtp://mail.example.test", "TRACKER_BASE_URL": "http://a.example.test"},
            "发件人是 tracker@localhost；把 TRACKER_MAIL_FROM 设为单位的邮箱",
        ),
    ],
)
def test_settings_that_cannot_be_meant_are_told(tracker: Run, settings: dict[str, str], line: str) -> None:
    assert said(tracker(*only("settings"), **settings)) == (1, f"设置：{line}\n")


def test_a_key_that_others_can_read_is_told(tracker: Run, tmp_path: Path) -> None:
    key = tmp_path / "secret.key"
    key.write_text("k" * 40)
    key.chmod(0o644)
    assert said(tracker(*only("settings"))) == (1, f"设置：{key} 别的账号也能读；运行 chmod 600 {key}\n")
    key.chmod(0o600)
    assert said(tracker(*only("settings"))) == WELL


def test_accounts_that_nobody_uses_are_counted(tracker: Run, own_database: Database) -> None:
    with own_database.transaction() as session:
        everybody_signs_in(session, city_moment("2023-12-24T10:00"))
        nongye = session.scalars(select(User).where(User.username == "nongye")).one()
        nongye.is_active = False
        count = len(session.scalars(select(User).where(User.is_active)).all())
    line = (
        f"账号：{count} 个在用的账号 90 天以上没有登录；"
        "在“单位与人员”里按“长期未登录”筛选，核实后停用不再需要的账号\n"
    )
    assert said(tracker(*only("accounts"), TRACKER_TODAY="2024-03-24")) == (1, line)
    assert said(tracker(*only("accounts"), TRACKER_TODAY="2024-03-22")) == WELL


def test_a_mail_server_that_is_away_is_told(tracker: Run) -> None:
    result = tracker(*only("mail"), TRACKER_SMTP_URL="smtp://127.0.0.1:1")
    assert result.exit_code == 1
    assert result.output.startswith("邮件：邮件服务器不能用：无法连接邮件服务器：")
    assert result.output.endswith("；检查 TRACKER_SMTP_URL 和邮件服务器，再运行 tracker testmail 邮箱\n")


def test_a_mail_server_that_lets_us_in_gets_no_mail(tracker: Run, mailroom: Mailroom) -> None:
    assert said(tracker(*only("mail"), TRACKER_SMTP_URL=mailroom.url)) == WELL
    assert mailroom.mails == []
    assert said(tracker(*only("mail"))) == WELL, "without a server mails stay in the outbox"


def test_a_clock_that_differs_from_the_databases_is_told(
    tracker: Run, own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said(tracker(*only("clock"))) == WELL
    monkeypatch.setattr(checks, "Clock", lambda: Clock(fixed=Clock().now() + timedelta(seconds=60)))
    expected = "时钟：与数据库服务器的时间相差 60 秒；在两台机器上启用时间同步（NTP）\n"
    is_sqlite = own_database.engine.dialect.name == "sqlite"
    assert said(tracker(*only("clock"))) == (WELL if is_sqlite else (1, expected)), "SQLite has our clock"


def test_a_year_without_holidays_is_told(tracker: Run, own_database: Database) -> None:
    assert said(tracker(*only("calendar"), TRACKER_TODAY="2025-12-31")) == WELL
    assert said(tracker(*only("calendar"), TRACKER_TODAY="2026-11-30")) == WELL, "nobody can know yet"
    result = tracker(*only("calendar"), TRACKER_TODAY="2026-12-01")
    advice = "国务院办公厅的通知发布后，由食安办管理员在“创建设置”的工作日历里粘贴录入"
    line = "工作日历：昌都市 2027 年的放假和调休还没有录入，暂按周一至周五计算"
    assert said(result) == (1, f"{line}；{advice}\n")
    with own_database.transaction() as session:
        enter_holidays(session, 2027)
    assert said(tracker(*only("calendar"), TRACKER_TODAY="2026-12-01")) == WELL
    with own_database.transaction() as session:
        session.execute(delete(SpecialDay))
    assert "2024 年" in tracker(*only("calendar"), **FRIDAY).output


def test_the_next_year_is_needed_from_december_on() -> None:
    assert years_to_know(date(2024, 11, 30)) == (2024,)
    assert years_to_know(date(2024, 12, 1)) == (2024, 2025)


def test_a_scheduler_that_is_not_at_work_is_told(tracker: Run, own_database: Database) -> None:
    never = "定时任务：从来没有运行过；启动 tracker scheduler：提醒和邮件都靠它\n"
    assert said(tracker(*only("scheduler"))) == (1, never)
    beaten(own_database, timedelta(minutes=9))
    assert said(tracker(*only("scheduler"))) == WELL
    beaten(own_database, timedelta(hours=3))
    silent = "定时任务：已经 180 分钟没有动静；查看 tracker scheduler 的进程和日志，重新启动它\n"
    assert said(tracker(*only("scheduler"))) == (1, silent)


def test_mail_that_should_have_gone_is_told(
    tracker: Run, own_database: Database, mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own_database.transaction() as session:
        for key in ("first", "second"):
            queue_at_nine(session, key)

    def at(moment: str) -> tuple[int, str]:
        fixed = Clock().moment(date(2024, 3, 22)) + timedelta(hours=int(moment[:2]), minutes=int(moment[3:]))
        monkeypatch.setattr("tracker.console.Console.clock", Clock(fixed=fixed))
        return said(tracker(*only("mail"), TRACKER_SMTP_URL=mailroom.url))

    assert at("08:50") == WELL
    assert at("09:10") == WELL, "it has a quarter of an hour"
    advice = "查看 tracker scheduler 的进程和日志；也可以运行 tracker deliver 马上发送"
    assert at("09:20") == (1, f"邮件：2 封到点的邮件没有发出；{advice}\n")
    with own_database.transaction() as session:
        later = Clock().moment(date(2024, 3, 22)) + timedelta(hours=12)
        session.execute(update(OutboxMessage).values(next_try_at=later))
    assert at("09:20") == WELL, "it is to be tried again later"


def test_mail_that_was_given_up_is_told_for_a_week(tracker: Run, own_database: Database) -> None:
    with own_database.transaction() as session:
        queue_at_nine(session, "refused").state = MailState.FAILED
    line = "邮件：最近 7 天有 1 封邮件发送失败；在“提醒发件箱”查看原因，改正邮箱以后点“重发”\n"
    assert said(tracker(*only("mail"), TRACKER_TODAY="2024-03-28")) == (1, line)
    assert said(tracker(*only("mail"), TRACKER_TODAY="2024-03-31")) == WELL


def test_findings_for_programs_say_the_same(tracker: Run) -> None:
    (found,) = json.loads(tracker(*only("scheduler"), "--json").output)
    assert found == {
        "check": "定时任务", "problem": "从来没有运行过",
        "advice": "启动 tracker scheduler：提醒和邮件都靠它", "is_cleaned": False,
    }  # fmt: skip


def test_an_unknown_topic_is_refused_with_the_known_ones(tracker: Run) -> None:
    result = tracker(*only("weather"))
    assert result.exit_code == 2
    assert all(topic in result.output for topic in TOPICS)


def test_a_test_mail_tells_the_servers_answer(tracker: Run, mailroom: Mailroom) -> None:
    result = tracker("testmail", "wang@example.test", TRACKER_SMTP_URL=mailroom.url)
    assert said(result) == (0, "已发出：250 2.0.0 queued as 1\n")
    (mail,) = mailroom.mails
    assert mail["To"] == "wang@example.test"
    assert "测试邮件" in mail["Subject"]


@pytest.mark.parametrize(
    ("address", "server", "line"),
    [
        ("wang@example.test", "", "没有设置 TRACKER_SMTP_URL：邮件留在提醒发件箱里，没有发出\n"),
        ("wang@example.test", "refusing", "没有发出：550 no such user\n"),
        ("没有邮箱", "there", "没有发出：“没有邮箱”不是有效的邮箱地址\n"),
        ("wang@example.test", "smtp://127.0.0.1:1", "没有发出：无法连接邮件服务器："),
    ],
)
def test_a_test_mail_that_does_not_go_is_told_in_one_line(
    tracker: Run, mailroom: Mailroom, address: str, server: str, line: str
) -> None:
    mailroom.refusal = "550 no such user" if server == "refusing" else ""
    url = mailroom.url if server in ("refusing", "there") else server
    result = tracker("testmail", address, TRACKER_SMTP_URL=url)
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert result.output.startswith(line)


def test_an_event_that_the_system_did_not_write_is_told(tracker: Run, own_database: Database) -> None:
    assert said(tracker(*only("audit"))) == WELL
    with own_database.transaction() as session:
        event = {"at": city_moment("2024-03-22T10:00"), "subject": "user", "subject_id": 0, "verb": "edit"}
        session.execute(insert(Event), event)
    code, words = said(tracker(*only("audit")))
    assert code == 1
    assert words.startswith("操作记录：被改动过：操作记录 ")
