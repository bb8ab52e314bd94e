"""Putting a backup back: into an empty place, as a whole or not at all."""

import gzip
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError

from tracker.backup import archive
from tracker.backup.rows import all_tables, fill
from tracker.backup.rules import DAMAGED, Manifest, file_member, reason_not_to_restore, table_member
from tracker.console import progress_bar
from tracker.db import Database, migrations
from tracker.errors import Refused
from tracker.files.store import Store

FILE = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{64}")


def restore(database: Database, data_dir: Path, path: Path) -> Manifest:
    """Make tables and files those of the archive; an older one is upgraded.

    Returns:
        What the archive holds.

    Raises:
        Refused: the archive is damaged, foreign or newer than this version, or there is something already
            where it should go. Nothing is changed then.
    """
    manifest = archive.read_manifest(path)
    if reason := reason_not_to_restore(manifest, migrations()):
        raise Refused(f"{path}：{reason}")
    _refuse_to_replace(database, Store(data_dir))
    with progress_bar(path.stat().st_size, "核对备份", unit="B") as bar:
        for size in archive.checked(path):
            bar.update(size)
    unpacking = _Unpacking(path, manifest, Store(data_dir))
    try:
        database.rebuild(manifest.schema, unpacking.run)
    except BaseException as error:
        unpacking.undo()
        if isinstance(error, IntegrityError | DataError | ValueError | KeyError):
            raise _unfit(path, error) from error
        if isinstance(error, OSError):
            raise Refused(f"恢复不了 {path}：{error.strerror}") from error
        raise
    return manifest


@dataclass
class _Unpacking:
    """Rows into the transaction in hand, files into a folder beside the store, which then becomes it."""

    path: Path
    manifest: Manifest
    store: Store
    has_placed: bool = False

    @cached_property
    def staged(self) -> Store:
        return Store(self.store.folder.parent / "restoring")

    def run(self, connection: Connection) -> None:
        """Everything, but for the end of the transaction.

        Raises:
            ValueError, KeyError: what is in the archive is not what its manifest says.
        """
        self._clear()
        tables = {table.name: table for table in all_tables(connection)}
        if set(tables) != set(self.manifest.tables):
            raise ValueError("tables of another system")
        for table in reversed(tables.values()):
            connection.execute(table.delete())  # a migration may have begun one
        members = archive.contents(self.path)
        with progress_bar(self.manifest.row_count, "数据") as bar:
            for name, count in self.manifest.tables.items():
                member = next(members)
                if member.name != table_member(name):
                    raise ValueError(member.name)
                with gzip.GzipFile(fileobj=member.content) as file:
                    if fill(connection, tables[name], file, bar.update) != count:
                        raise ValueError(f"rows of {name}")
        self._unpack_files(members)
        self._place()

    def undo(self) -> None:
        """Leave no file behind."""
        self._clear()
        if self.has_placed:
            shutil.rmtree(self.store.folder)

    def _unpack_files(self, members: Iterator[archive.Member]) -> None:
        count = 0
        with progress_bar(self.manifest.file_size, "文件", unit="B") as bar:
            for member in members:
                path = self.staged.path(member.name.rpartition("/")[2])
                if FILE.fullmatch(member.name) is None or member.name != file_member(path.name):
                    raise ValueError(member.name)
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("xb") as file:
                    shutil.copyfileobj(member.content, file, archive.BLOCK)
                count += 1
                bar.update(member.size)
        if count != self.manifest.file_count:
            raise ValueError("number of files")

    def _place(self) -> None:
        """What was unpacked becomes the store, safely on the disk before the transaction ends."""
        self.staged.folder.mkdir(parents=True, exist_ok=True)
        os.sync()
        if self.store.folder.exists():
            shutil.rmtree(self.store.folder)  # without a file in it
        self.staged.folder.rename(self.store.folder)
        self.has_placed = True
        self._clear()

    def _clear(self) -> None:
        shutil.rmtree(self.staged.folder.parent, ignore_errors=True)


def _refuse_to_replace(database: Database, store: Store) -> None:
    if not database.is_empty():
        raise Refused(
            "数据库里已经有表，没有恢复；请换一个空的数据库（TRACKER_DATABASE_URL 或 TRACKER_DATA_DIR）"
        )
    if any(path.is_file() for path in store.folder.rglob("*")):
        raise Refused(f"{store.folder} 里已经有文件，没有恢复；请换一个空的数据目录（TRACKER_DATA_DIR）")


def _unfit(path: Path, error: Exception) -> Refused:
    words = " ".join(str(error).split())
    return Refused(f"{path}：{DAMAGED}（{words[:200]}）")
