"""`tracker demo`: the demonstration in a folder of its own, web and timetable in one process."""

from datetime import datetime
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

import click
from waitress import serve

from tracker import create_app
from tracker.clock import Clock
from tracker.config import Config
from tracker.console import Console
from tracker.demo.cast import OFFICE_PEOPLE, PASSWORD, USERNAMES
from tracker.demo.stage import set_stage
from tracker.errors import Refused
from tracker.files.store import Store
from tracker.scheduler import background

MARK = "demo"
"""A file in the data folder that tells a demonstration from somebody's real data."""


@click.command()
@click.option("--port", default=8000, show_default=True, help="端口")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="数据目录，缺省为临时目录")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="假定的今天；方案用原来的日期")
def demo(port: int, data: Path | None, today: datetime | None) -> None:
    """演示：装入昌都方案和一套演示数据，启动网站和定时任务，邮件只留在系统里。"""
    with TemporaryDirectory(prefix="tracker-demo-") as folder:
        config = Config(
            data_dir=data or Path(folder),
            base_url=f"http://127.0.0.1:{port}",
            today=today.date() if today else None,
        )
        _clear(config.data_dir)
        console = Console(config)
        click.echo("正在准备演示数据，大约半分钟……")
        store = Store(config.data_dir)
        set_stage(console.database, console.clock, store, base_url=config.base_url, is_rebased=today is None)
        _tell(config, console.clock)
        _run(console, port)


def _clear(folder: Path) -> None:
    """Remove an earlier demonstration from the folder; anything else in it is somebody's data."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / MARK).exists():
        raise Refused(f"目录 {folder} 里有别的数据，演示不会动它；请换一个空目录")
    (folder / MARK).touch()
    for path in folder.glob("tracker.sqlite3*"):
        path.unlink()
    rmtree(Store(folder).folder, ignore_errors=True)


def _tell(config: Config, clock: Clock) -> None:
    click.echo(f"\n演示已就绪：{config.base_url}　（今天是 {clock.today()}，按 Ctrl+C 结束）")
    click.echo(f"密码都是 {PASSWORD}，用户名：")
    for username, _, title, role in OFFICE_PEOPLE:
        click.echo(f"  {username:<16}市食安办　{role.label}（{title}）")
    for unit, username in USERNAMES.items():
        click.echo(f"  {username:<16}{unit}　联络员；{username}-head 单位负责人")


def _run(console: Console, port: int) -> None:
    app = create_app(console.config, console.database, console.clock)
    timetable = background(console.config, console.database, console.clock)
    timetable.start()
    try:
        serve(app, host="127.0.0.1", port=port, threads=8, _quiet=True)
    finally:
        timetable.shutdown(wait=False)
