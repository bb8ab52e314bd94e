"""`tracker db`: the schema of the database."""

import click

from tracker.console import Console, pass_console


@click.group()
def db() -> None:
    """数据库的表。"""


@db.command()
@pass_console
def upgrade(console: Console) -> None:
    """建表，或把表升级到这个版本；已是最新时什么也不做。"""
    is_current = console.database.is_current()
    console.database.upgrade()
    click.echo("数据库已是最新。" if is_current else "数据库已升级到最新。")


@db.command()
@click.argument("message")
@pass_console
def revision(console: Console, message: str) -> None:
    """开发用：把模型与数据库的差别写成一个新的迁移文件。"""
    console.database.write_migration(message)
