"""What every command has in hand: settings, database, clock; and trouble told in one Chinese line."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import OperationalError, ProgrammingError
from tqdm import tqdm

from tracker.clock import Clock
from tracker.config import Config
from tracker.db import Database
from tracker.errors import Refused
from tracker.values import SettingError

NO_TABLES = "数据库还没有建表：先运行 tracker db upgrade"
OLD_TABLES = "数据库的表不是最新的：先运行 tracker db upgrade"


@dataclass(frozen=True)
class Console:
    """The installation that a command works on."""

    config: Config

    @classmethod
    def from_env(cls) -> "Console":
        """The installation that the environment describes."""
        return cls(Config.from_env(os.environ))

    @cached_property
    def database(self) -> Database:
        return Database(self.config.database)

    @cached_property
    def clock(self) -> Clock:
        return Clock(zone=self.config.timezone, pretended=self.config.today)

    def close(self) -> None:
        """Let go of the database, if a command used it."""
        if "database" in self.__dict__:
            self.database.engine.dispose()

    def require_schema(self) -> None:
        """Refuse to go on with a database whose tables are not those of this version."""
        if not self.database.is_current():
            raise Refused(OLD_TABLES)


pass_console = click.make_pass_decorator(Console)


class Trouble(click.ClickException):
    """What went wrong, in Chinese, without a traceback."""

    def show(self, file: Any = None) -> None:
        click.echo(self.format_message(), file=file, err=True)


class Program(click.Group):
    """A group of commands that tells domain and database errors in one line and ends with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (Refused, SettingError) as error:
            raise Trouble(str(error)) from error
        except (OperationalError, ProgrammingError) as error:
            raise Trouble(_database_trouble(error)) from error


def progress_bar(total: int, what: str, *, unit: str = "行") -> "tqdm[Any]":
    """A progress bar on a terminal; nothing anywhere else. Bytes (`B`) are shown in kB, MB, GB."""
    return tqdm(total=total, desc=what, unit=unit, unit_scale=unit == "B", disable=None, leave=False)


def write_file(target: str, content: bytes) -> None:
    """Write a command's result to a file, or to the standard output when it is called -."""
    if target == "-":
        click.echo(content, nl=False)
        return
    try:
        Path(target).write_bytes(content)
    except OSError as error:
        raise Refused(f"写不了文件 {target}：{error.strerror}") from error


def _database_trouble(error: OperationalError | ProgrammingError) -> str:
    state, text = getattr(error.orig, "sqlstate", None), str(error.orig)
    if state == "42P01" or "no such table" in text:
        return NO_TABLES
    if state == "42703" or "no such column" in text or "has no column" in text:
        return OLD_TABLES
    return f"数据库出错：{' '.join(text.split())}"
