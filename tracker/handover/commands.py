"""`tracker user disable`: beside the other commands of accounts, but it hands over what the person had."""

import click
from sqlalchemy.orm import Session

from tracker.console import Console, pass_console
from tracker.errors import Refused
from tracker.handover import actions
from tracker.handover.queries import burden_of, successors
from tracker.handover.rules import burden_words, needs_successor
from tracker.people.commands import user, user_called
from tracker.people.models import User

__all__ = ["user"]


@user.command()
@click.argument("username")
@click.option("--successor", default="", help="接任人的用户名：接手经办的任务和没有发出的邮件。")
@click.option("--no-successor", is_flag=True, help="暂无接任人。")
@pass_console
def disable(console: Console, username: str, successor: str, no_successor: bool) -> None:
    """停用账号，它的登录立即失效。"""
    if successor and no_successor:
        raise Refused("--successor 与 --no-successor 只能用一个")
    today = console.clock.today()
    with console.database.transaction() as session:
        found = user_called(session, username)
        taker = user_called(session, successor) if successor else None
        if not taker and not no_successor:
            _ask(session, found, console)
        done = actions.disable(
            session, found, taker, is_vacant=no_successor, by=None, at=console.clock.now(), today=today
        )
    click.echo(f"已停用 {found.username}（{found.name}）")
    if taker:
        click.echo(
            f"{done.share_count} 项任务、{done.mail_count} 封未发邮件交给 {taker.username}（{taker.name}）"
        )


def _ask(session: Session, found: User, console: Console) -> None:
    """Say what a successor is needed for, and who could be it."""
    today = console.clock.today()
    burden = burden_of(session, found, today)
    if not needs_successor(found.role, burden):
        return
    others = "、".join(f"{one.username}（{one.name}）" for one in successors(session, found, today))
    choice = f"请用 --successor 指明接任人：{others}，或" if others else "请"
    raise Refused(f"{found.name}{burden_words(burden)}；{choice}用 --no-successor 写明暂无接任人")
