"""`tracker init`: a new installation, step by step; what is there already is left as it is."""

from collections.abc import Callable
from dataclasses import dataclass

import click
from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from tracker.commands.seed import month_of, plan_folder, start_campaign, words_of
from tracker.console import Console, pass_console, progress_bar
from tracker.errors import Refused
from tracker.outbox.commands import send_test
from tracker.people import actions
from tracker.people.actions import Contact
from tracker.people.models import User
from tracker.people.rules import (
    Role,
    clean_username,
    email_problem,
    username_problem,
)
from tracker.plan.models import Campaign
from tracker.plan.queries import campaigns
from tracker.plan.seed.reading import read_plan
from tracker.units.models import Unit

FIRST = {
    Role.SYSTEM_ADMIN: "admin",
    Role.SECURITY_ADMIN: "security",
    Role.AUDIT_ADMIN: "audit",
    Role.OFFICE_ADMIN: "office",
}
"""Whom an installation begins with, and what their accounts are called by default."""
NONE = "-"
"""What one types instead of a plan to load none."""
NEXT = """
接下来：
  tracker serve        启动网站
  tracker scheduler    启动定时任务（提醒和邮件）
  tracker doctor       检查安装
系统管理员登录后在“单位与人员”导入各单位人员；食安办管理员在“创建设置”核对设置。"""


@dataclass(frozen=True)
class Answers:
    """What the options say; None where they say nothing, which is asked for unless `is_silent`."""

    plan: str | None
    start: str | None
    people: dict[Role, tuple[str, str]]
    test_address: str | None
    is_silent: bool

    def ask(
        self, given: str | None, question: str, *, default: str = "", check: Callable[[str], str | None]
    ) -> str:
        """An answer that passes: the option's, else that of the person at the terminal, else the default.

        Raises:
            Refused: what the option says does not pass, or nobody answers.
        """
        if given is not None or self.is_silent:
            answer = default if given is None else given
            if problem := check(answer):
                raise Refused(problem)
            return answer
        while True:
            try:
                answer = str(click.prompt(question, default=default, show_default=bool(default))).strip()
            except click.Abort:
                raise Refused(
                    "\n没有回答，停在这里；已经做好的都保留，可以再运行一次。不回答问题用 --no-input"
                ) from None
            if not (problem := check(answer)):
                return answer
            click.echo(problem)


@click.command()
@click.option("--plan", help=f"装入的方案，缺省为 changdu-2023；{NONE} 为不装。")
@click.option("--start", metavar="YYYY-MM", help="方案的第一个月改为这个月；缺省用方案自己的日期。")
@click.option(
    "--person",
    "people",
    multiple=True,
    metavar="角色=姓名[:用户名]",
    help=f"最初的管理员，可以写几次；角色：{'、'.join(f'{role.value}（{role.label}）' for role in FIRST)}。",
)
@click.option("--testmail", "test_address", metavar="邮箱", help="试发一封邮件到这里。")
@click.option("--no-input", "is_silent", is_flag=True, help="不提问：只用选项和缺省值。")
@pass_console
def init(
    console: Console,
    plan: str | None,
    start: str | None,
    people: tuple[str, ...],
    test_address: str | None,
    is_silent: bool,
) -> None:
    """新安装：一步一步建表、装入方案、设最初的管理员、试发邮件；可以重复运行，已有的不动。"""
    answers = Answers(plan, start, dict(map(_person, people)), test_address, is_silent)
    _make_tables(console)
    _load_plan(console, answers)
    _add_people(console, answers)
    went = _try_mail(console, answers)
    click.echo(NEXT)
    if not went:
        click.get_current_context().exit(1)


def _make_tables(console: Console) -> None:
    address = make_url(console.config.database).render_as_string(hide_password=True)
    click.echo(f"数据目录：{console.config.data_dir.absolute()}\n数据库：{address}")
    is_current = not console.database.is_empty() and console.database.is_current()
    console.database.upgrade()
    click.echo("　表已是最新。" if is_current else "　表已建好。")


def _load_plan(console: Console, answers: Answers) -> None:
    with console.database.session() as session:
        there = [f"{campaign.title}（{campaign.slug}）" for campaign in campaigns(session)]
    if there:
        click.echo(f"方案：已经装入 {'、'.join(there)}。")
        return
    question = f"装入哪个方案（{NONE} 为暂不装）"
    name = answers.ask(answers.plan, question, default="changdu-2023", check=_plan_problem)
    if name == NONE:
        click.echo("方案：没有装入；以后用 tracker seed 装入，再运行一次 tracker init。")
        return
    question = "方案的第一个月，例如 2026-01（直接回车用方案自己的日期）"
    start = month_of(answers.ask(answers.start, question, check=_month_problem) or None)
    document = read_plan(plan_folder(name))
    clock = console.clock
    with progress_bar(document.row_count, "装入方案") as bar, console.database.transaction() as session:
        started = start_campaign(
            session, document, start=start, at=clock.now(), today=clock.today(), tick=bar.update
        )
        click.echo(f"方案：{words_of(started)}")


def _add_people(console: Console, answers: Answers) -> None:
    for role, username in FIRST.items():
        with console.database.session() as session:
            if _office(session) is None:
                click.echo("管理员：装入方案以后才能设（账号属于市食安办）。")
                return
            holding = select(User.username).where(User.role == role, User.is_active)
            there = session.scalars(holding.order_by(User.id)).all()
        if there:
            click.echo(f"{role.label}：已有 {'、'.join(there)}。")
        else:
            _add(console, role, username, answers)


def _add(console: Console, role: Role, username: str, answers: Answers) -> None:
    """Ask first, then write: nobody waits for an answer in the middle of a transaction."""
    given = answers.people.get(role)
    name = answers.ask(given and given[0], f"{role.label}的姓名（直接回车暂不设）", check=lambda _: None)
    if not name:
        click.echo(f"{role.label}：没有设；再运行一次，或用 --person {role.value}=姓名。")
        return
    chosen = answers.ask(
        given and (given[1] or username),
        f"{role.label}的用户名",
        default=username,
        check=lambda text: username_problem(clean_username(text)),
    )
    with console.database.transaction() as session:
        made, password = actions.add(
            session, _require_office(session), Contact(name), role,
            by=None, at=console.clock.now(), username=chosen,
        )  # fmt: skip
    click.echo(f"{role.label}：{made.name}，用户名 {made.username}，一次性密码 {password}（只显示这一次）")


def _try_mail(console: Console, answers: Answers) -> bool:
    """Whether nothing went wrong."""
    if not console.config.smtp_url:
        click.echo("邮件：没有设置 TRACKER_SMTP_URL，邮件只留在提醒发件箱里。")
        return True
    question = "试发一封邮件到哪个邮箱（直接回车不试）"
    address = answers.ask(answers.test_address, question, check=_address_problem)
    if not address:
        return True
    try:
        click.echo(f"邮件：已发出，服务器答复 {send_test(console, address)}")
    except Refused as trouble:
        click.echo(f"邮件：{trouble}；改正 TRACKER_SMTP_URL 后运行 tracker testmail {address}", err=True)
        return False
    return True


def _office(session: Session) -> Unit | None:
    """The office's own unit, of the newest campaign."""
    query = select(Unit).join(Campaign, Campaign.office_unit_id == Unit.id).order_by(Campaign.id.desc())
    return session.scalar(query.limit(1))


def _require_office(session: Session) -> Unit:
    office = _office(session)
    if office is None:
        raise Refused("没有市食安办：先装入方案")
    return office


def _person(text: str) -> tuple[Role, tuple[str, str]]:
    """system_admin=张某某:admin."""
    known = {name: role for role in FIRST for name in (role.value, role.label)}
    called, _, rest = text.partition("=")
    name, _, username = rest.partition(":")
    if called.strip() not in known or not name.strip():
        raise Refused(
            f"--person 应为 角色=姓名 或 角色=姓名:用户名，角色有 {'、'.join(known)}；现在是“{text}”"
        )
    return known[called.strip()], (name.strip(), username.strip())


def _plan_problem(name: str) -> str | None:
    return None if name == NONE else _refusal(lambda: plan_folder(name))


def _month_problem(text: str) -> str | None:
    return _refusal(lambda: month_of(text or None))


def _address_problem(text: str) -> str | None:
    return email_problem(text) if text else None


def _refusal(read: Callable[[], object]) -> str | None:
    try:
        read()
    except Refused as refusal:
        return str(refusal)
    return None
