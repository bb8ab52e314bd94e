"""`tracker init`: with answers and without, and again."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from tests.outbox.mailroom import open_mailroom
from tracker.cli import main
from tracker.db import Database
from tracker.people import passwords
from tracker.people.models import User
from tracker.plan.models import Campaign

Init = Callable[..., Result]


def init_of(database: Database, folder: Path) -> Init:
    def run(*arguments: str, typed: str = "", **settings: str) -> Result:
        own = {"TRACKER_DATABASE_URL": database.url, "TRACKER_DATA_DIR": str(folder)}
        command = ["init", *arguments]
        return CliRunner().invoke(main, command, env=own | settings, input=typed, prog_name="tracker")

    return run


@pytest.fixture
def init(empty_database: Database, tmp_path: Path) -> Init:
    """`tracker init ARGUMENTS` in an empty place."""
    return init_of(empty_database, tmp_path)


@pytest.fixture
def again(own_database: Database, tmp_path: Path) -> Init:
    """The same where the plan is there already."""
    return init_of(own_database, tmp_path)


def people(database: Database) -> dict[str, User]:
    """By role, the newest of each."""
    with database.session() as session:
        return {user.role.value: user for user in session.scalars(select(User).order_by(User.id))}


def password_of(output: str, username: str) -> str:
    found = re.search(rf"用户名 {username}，一次性密码 (\S+?)（", output)
    assert found, output
    return found[1]


def test_an_installation_is_begun_without_a_question(
    init: Init, empty_database: Database, tmp_path: Path
) -> None:
    chosen = ("--person", "system_admin=张某某", "--person", "食安办管理员=李某某:shian")
    result = init("--no-input", "--start", "2026-01", *chosen)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"数据目录：{tmp_path}\n数据库：")
    assert "　表已建好。\n方案：changdu-2023：新增 " in result.output
    assert "邮件：没有设置 TRACKER_SMTP_URL，邮件只留在提醒发件箱里。" in result.output
    made = people(empty_database)
    assert (made["system_admin"].name, made["system_admin"].username) == ("张某某", "admin")
    assert (made["office_admin"].name, made["office_admin"].username) == ("李某某", "shian")
    for user in made.values():
        assert user.must_change_password
        assert passwords.matches(user.password_hash, password_of(result.output, user.username))
    with empty_database.session() as session:
        assert session.scalars(select(Campaign.starts_on)).one().isoformat() == "2026-01-01"
    _run_again(init, empty_database, chosen)


def _run_again(init: Init, database: Database, chosen: tuple[str, ...]) -> None:
    before = people(database)
    result = init("--no-input", *chosen)
    assert result.exit_code == 0
    assert "　表已是最新。\n方案：已经装入 昌都市创建国家食品安全示范城市（changdu-2023）。" in result.output
    assert "系统管理员：已有 admin" in result.output
    assert "食安办管理员：已有 shian" in result.output
    after = people(database)
    assert {role: user.password_hash for role, user in after.items()} == {
        role: user.password_hash for role, user in before.items()
    }


def test_wrong_answers_are_asked_again(init: Init, empty_database: Database) -> None:
    typed = ["kunming", "-"]
    result = init(typed="".join(f"{line}\n" for line in typed))
    assert result.exit_code == 0, result.output
    assert "没有名为“kunming”的方案；可用的方案：changdu-2023" in result.output
    assert "方案：没有装入；以后用 tracker seed 装入，再运行一次 tracker init。" in result.output
    assert "管理员：装入方案以后才能设" in result.output
    assert empty_database.is_current()


def test_an_administrator_is_asked_for_and_kept_when_the_rest_is_not_answered(
    again: Init, own_database: Database
) -> None:
    with own_database.transaction() as session:
        for user in session.scalars(select(User).where(User.role.in_(["system_admin", "office_admin"]))):
            user.is_active = False
    result = again(typed="张某某\nX Y\nboss\n")
    assert result.exit_code == 1
    assert "用户名为 2 至 40 位小写字母、数字" in result.output
    assert "没有回答，停在这里；已经做好的都保留，可以再运行一次" in result.output
    made = people(own_database)["system_admin"]
    assert (made.username, made.name, made.is_active) == ("boss", "张某某", True)
    assert passwords.matches(made.password_hash, password_of(result.output, "boss"))
    assert "系统管理员：已有 boss。" in again("--no-input").output


def test_the_mail_is_tried_and_its_trouble_told(again: Init) -> None:
    with open_mailroom() as room:
        went = again("--no-input", "--testmail", "a@example.test", TRACKER_SMTP_URL=room.url)
        assert len(room.mails) == 1
        room.refusal = "550 no such user"
        asked = again(typed="kein\na@example.test\n", TRACKER_SMTP_URL=room.url)
        unasked = again(typed="\n", TRACKER_SMTP_URL=room.url)
    assert (went.exit_code, asked.exit_code, unasked.exit_code) == (0, 1, 0)
    assert "邮件：已发出，服务器答复 250 2.0.0 queued as 1" in went.output
    assert "不是有效的邮箱地址" in asked.output
    trouble = "邮件：没有发出：550 no such user；改正 TRACKER_SMTP_URL 后运行 tracker testmail a@example.test"
    assert trouble in asked.output


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--plan", "kunming"), "没有名为“kunming”的方案；可用的方案：changdu-2023"),
        (("--start", "2026"), "--start 应为 2000-01 到 2099-12 的月份，现在是“2026”"),
        (("--person", "liaison=张某某"), "--person 应为 角色=姓名 或 角色=姓名:用户名，角色有 system_admin"),
        (("--person", "system_admin"), "--person 应为 角色=姓名 或 角色=姓名:用户名"),
    ],
)
def test_a_wrong_option_is_told_in_one_line(init: Init, arguments: tuple[str, ...], line: str) -> None:
    result = init("--no-input", *arguments)
    assert result.exit_code == 1
    assert result.output.splitlines()[-1].startswith(line)


def test_the_password_of_the_database_is_not_shown(tmp_path: Path) -> None:
    settings = {"TRACKER_DATABASE_URL": "postgresql://tracker:geheim@127.0.0.1:1/tracker"}
    result = CliRunner().invoke(main, ["init", "--no-input"], env=settings, prog_name="tracker")
    assert result.exit_code == 1
    assert "postgresql://tracker:***@127.0.0.1:1/tracker" in result.output
    assert "geheim" not in result.output
