"""`tracker backup` and `tracker restore`."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from tracker.backup import restoring, taking
from tracker.backup.rules import Manifest
from tracker.clock import Clock
from tracker.console import Console, pass_console
from tracker.db import migrations
from tracker.files.rules import size_words
from tracker.files.store import Store

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=FILE)
@click.pass_context
@pass_console
def backup(console: Console, context: click.Context, file: Path) -> None:
    """把数据库和上传的文件备份成一个文件 FILE；网站不必停。"""
    console.require_schema()
    at = Clock().now()  # of the machine, never pretended
    manifest = taking.back_up(console.database, Store(console.config.data_dir), file, at=at)
    click.echo(f"已备份到 {file}：{_words(manifest)}，共 {size_words(file.stat().st_size)}。")
    _tell_missing(manifest)
    context.exit(1 if manifest.missing else 0)


@click.command()
@click.argument("file", type=FILE)
@pass_console
def restore(console: Console, file: Path) -> None:
    """把备份 FILE 恢复到空的数据库和数据目录；两种数据库之间可以互相恢复。"""
    manifest = restoring.restore(console.database, console.config.data_dir, file)
    taken_at = manifest.taken_at.astimezone(ZoneInfo(console.config.timezone))
    click.echo(f"已恢复 {taken_at:%Y-%m-%d %H:%M} 的备份：{_words(manifest)}。")
    if manifest.schema != migrations()[-1]:
        click.echo(f"表已从 {manifest.schema} 升级到 {migrations()[-1]}。")
    _tell_missing(manifest)
    click.echo("请运行 tracker doctor 检查，再启动网站和定时任务。")


def _words(manifest: Manifest) -> str:
    rows, files = f"{manifest.row_count:,} 行数据", f"{manifest.file_count:,} 个文件"
    return f"{rows}，{files}（{size_words(manifest.file_size)}）"


def _tell_missing(manifest: Manifest) -> None:
    if manifest.missing:
        lost = f"备份里缺 {len(manifest.missing)} 个文件（备份时已经缺失或内容变了）"
        click.echo(f"{lost}：运行 tracker doctor 查看是哪些", err=True)
