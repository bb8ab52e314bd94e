"""`tracker audit`: is the audit table what was written?"""

import json
from dataclasses import asdict

import click

from tracker.console import Console, Program, pass_console
from tracker.events.queries import verify as follow


@click.group(cls=Program)
def audit() -> None:
    """操作记录：核对。"""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.pass_context
@pass_console
def verify(console: Console, context: click.Context, as_json: bool) -> None:
    """从第一条起核对操作记录的链；有改动时指出第一处，并以 1 结束。

    末条的校验值可以记在系统之外：以后核对出的校验值在这一条上相同，就说明这一条以前没有改动。
    """
    with console.database.session() as session:
        chain = follow(session)
    if as_json:
        click.echo(json.dumps(asdict(chain), ensure_ascii=False))
    elif chain.problem:
        click.echo(f"操作记录被改动过：{chain.problem}。它之前的 {chain.count} 条没有改动。")
    else:
        click.echo(f"{chain.count} 条操作记录前后相连，没有改动；末条校验值 {chain.link}。")
    context.exit(1 if chain.problem else 0)
