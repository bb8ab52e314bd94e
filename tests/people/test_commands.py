"""`tracker user` as an operator types it."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from tracker.cli import main
from tracker.db import Database
from tracker.people import passwords
from tracker.people.models import User

Command = Callable[..., Result]


@pytest.fixture
def user(own_database: Database) -> Command:
    """Runs `tracker user ARGUMENTS...`."""
    environment = {"TRACKER_DATABASE_URL": own_database.url, "TRACKER_TODAY": "2024-03-22"}
    return lambda *arguments: CliRunner().invoke(main, ["user", *arguments], env=environment)


def account(database: Database, username: str) -> User:
    with database.session() as session:
        return session.scalars(select(User).where(User.username == username)).one()


def test_the_first_administrator_comes_from_the_command_line(user: Command, own_database: Database) -> None:
    result = user("add", "--unit", "食安办", "--name", "张三", "--role", "system_admin")
    assert result.exit_code == 0
    username, password = (line.partition("：")[2] for line in result.output.splitlines())
    assert passwords.matches(account(own_database, username).password_hash, password)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"--unit": "市教育厅"}, "最接近的是：市教育局"),
        ({"--role": "局长"}, "没有“局长”这个角色"),
        ({"--role": "office_admin"}, "只给食安办本单位的人员"),
        ({"--role": "reviewer"}, "--valid-until"),
        ({"--name": " "}, "姓名不能为空"),
        ({"--email": "x@"}, "--email：不是有效的邮箱地址"),
        ({"--phone": "x"}, "--phone"),
        ({"--username": "nongye"}, "已被使用"),
    ],
)
def test_what_is_wrong_is_one_line(user: Command, changed: dict[str, str], said: str) -> None:
    options = {"--unit": "市教育局", "--name": "次仁", "--role": "联络员"} | changed
    result = user("add", *[word for pair in options.items() for word in pair])
    assert result.exit_code == 1
    assert said in result.output
    assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize("role", ["security_admin", "审计管理员"])
def test_all_three_administrators_come_from_the_command_line(
    user: Command, own_database: Database, role: str
) -> None:
    result = user("add", "--unit", "食安办", "--name", "张三", "--role", role, "--username", "third")
    assert result.exit_code == 0, result.output
    assert account(own_database, "third").is_active
    again = user("add", "--unit", "食安办", "--name", "张三", "--role", "system_admin")
    assert again.exit_code == 1
    assert "三个人分别担任" in again.output


def test_the_last_administrator_is_not_stopped_from_the_command_line_either(user: Command) -> None:
    result = user("disable", "security")
    assert result.exit_code == 1
    assert "唯一长期在用的安全管理员" in result.output


def test_a_lost_telephone_is_forgotten_with_a_reset(user: Command, own_database: Database) -> None:
    assert "没有启用动态口令" in user("reset", "nongye", "--drop-second-factor").output
    with own_database.transaction() as session:
        found = session.scalars(select(User).where(User.username == "nongye")).one()
        found.has_second_factor = True
    assert user("reset", "nongye", "--drop-second-factor").exit_code == 0
    assert not account(own_database, "nongye").has_second_factor


def test_an_account_is_reset(user: Command, own_database: Database) -> None:
    password = user("reset", "nongye").output.strip().rpartition("：")[2]
    assert passwords.matches(account(own_database, "nongye").password_hash, password)
    assert "没有用户名为“nobody”的账号" in user("reset", "nobody").output
