"""`tracker user`: accounts at the operator's hand; the first administrator comes from here. Stopping one is
a hand-over (`tracker.handover`)."""

from datetime import datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.console import Console, Program, pass_console
from tracker.errors import Refused
from tracker.people import actions
from tracker.people.actions import Contact
from tracker.people.models import User
from tracker.people.queries import user_named
from tracker.people.rules import Role, clean_phone, email_problem, phone_problem
from tracker.units.models import Jurisdiction, Unit
from tracker.units.queries import unit_book
from tracker.units.rules import NameBook, UnknownUnitError

ROLES = {name: role for role in Role for name in (role.value, role.label)}


@click.group(cls=Program)
def user() -> None:
    """账号：新增、停用、重置密码。"""


@user.command()
@click.option("--unit", "unit_name", required=True, help="单位的全称、简称或别名。")
@click.option("--name", required=True, help="姓名。")
@click.option(
    "--role",
    "role_name",
    required=True,
    help=f"角色：{'、'.join(f'{role.value}（{role.label}）' for role in Role)}。",
)
@click.option("--username", default="", help="用户名；默认按单位简称的拼音自动编。")
@click.option("--title", default="", help="职务。")
@click.option("--email", default="", help="邮箱，提醒邮件发到这里。")
@click.option("--phone", default="", help="手机。")
@click.option("--valid-until", type=click.DateTime(["%Y-%m-%d"]), help="有效期至；评审员必填。")
@pass_console
def add(
    console: Console,
    unit_name: str,
    name: str,
    role_name: str,
    username: str,
    title: str,
    email: str,
    phone: str,
    valid_until: datetime | None,
) -> None:
    """新增账号，显示它的一次性密码。"""
    role = _role(role_name)
    if role is Role.REVIEWER and valid_until is None:
        raise Refused("评审员须写明 --valid-until")
    contact = Contact(
        name.strip(),
        title.strip(),
        clean_phone(phone.strip()),
        email.strip(),
        valid_until.date() if valid_until else None,
    )
    _check(contact)
    with console.database.transaction() as session:
        unit = _unit(session, unit_name)
        made, password = actions.add(
            session, unit, contact, role, by=None, at=console.clock.now(), username=username
        )
        _tell(made, password)


@user.command()
@click.argument("username")
@click.option("--drop-second-factor", is_flag=True, help="同时解除动态口令（手机丢失）。")
@pass_console
def reset(console: Console, username: str, drop_second_factor: bool) -> None:
    """重置密码并解除锁定，显示新的一次性密码。"""
    with console.database.transaction() as session:
        found = user_called(session, username)
        if drop_second_factor:
            actions.remove_factor(session, found, by=None, at=console.clock.now())
        _tell(found, actions.reset_password(session, found, by=None, at=console.clock.now()))


def _tell(made: User, password: str) -> None:
    click.echo(f"用户名：{made.username}\n一次性密码：{password}")


def _role(name: str) -> Role:
    if name not in ROLES:
        raise Refused(f"没有“{name}”这个角色；可用：{'、'.join(role.value for role in Role)}")
    return ROLES[name]


def _check(contact: Contact) -> None:
    problems = {
        "--name": None if contact.name else "姓名不能为空",
        "--phone": phone_problem(contact.phone) if contact.phone else None,
        "--email": email_problem(contact.email) if contact.email else None,
    }
    for option, problem in problems.items():
        if problem:
            raise Refused(f"{option}：{problem}")


def _unit(session: Session, name: str) -> Unit:
    """The unit called `name`; where several jurisdictions have one, the name must tell them apart."""
    found = []
    trouble = UnknownUnitError(name, [])
    for jurisdiction in session.scalars(select(Jurisdiction).order_by(Jurisdiction.id)):
        book: NameBook[Unit] = unit_book(session, jurisdiction.id)
        try:
            found.append(book.find(name))
        except UnknownUnitError as error:
            trouble = error
    if not found:
        raise Refused(str(trouble))
    if len(found) > 1:
        raise Refused(f"有 {len(found)} 个辖区都有“{name}”，请写全称")
    return found[0]


def user_called(session: Session, username: str) -> User:
    """The account of a user name.

    Raises:
        Refused: there is none.
    """
    found = user_named(session, username)
    if found is None:
        raise Refused(f"没有用户名为“{username}”的账号")
    return found
