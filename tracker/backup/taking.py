"""Taking a backup: all tables at one moment, then the contents that they refer to."""

import gzip
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session
from tqdm import tqdm

from tracker.backup.archive import BLOCK, Archive, writing
from tracker.backup.rows import lines, own_tables
from tracker.backup.rules import MANIFEST, SUMS, Manifest, file_member, sum_line, table_member
from tracker.console import progress_bar
from tracker.db import Database, migrations
from tracker.files.queries import contents
from tracker.files.store import Store, digest


def back_up(database: Database, store: Store, target: Path, *, at: datetime) -> Manifest:
    """Write the archive `target`; people may work meanwhile.

    A content that is lost or changed is left out and named in the manifest: what is left is the dearer.

    Returns:
        What the archive holds.

    Raises:
        Refused: there is a file of that name, or it cannot be written.
    """
    with writing(target, at) as (archive, folder):
        packing = _Packing(archive, folder, store)
        with database.snapshot() as connection:
            packing.write_tables(connection)
            packing.list_files(connection)
        packing.check_files()
        manifest = Manifest(
            schema=migrations()[-1],
            taken_at=at,
            database=database.engine.dialect.name,
            version=version("tracker"),
            tables=packing.tables,
            file_count=packing.file_count,
            file_size=packing.file_size,
            missing=packing.missing,
        )
        packing.put_together(manifest)
    return manifest


@dataclass
class _Packing:
    """What is on its way into the archive: tables and lists in a folder beside it, so that they cost no
    memory, and their sums, in the order of the members."""

    archive: Archive
    folder: Path
    store: Store
    tables: dict[str, int] = field(default_factory=dict)
    file_count: int = 0
    file_size: int = 0
    missing: list[str] = field(default_factory=list)

    @cached_property
    def sums(self) -> Path:
        return self.folder / "sums"

    @cached_property
    def wanted(self) -> Path:
        return self.folder / "wanted"

    def write_tables(self, connection: Connection) -> None:
        """Every row, as it is at the moment of the snapshot."""
        tables = own_tables(connection)
        counts = {table: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
        with progress_bar(sum(counts.values()), "数据") as bar, self.sums.open("wb") as sums:
            for table in tables:
                self.tables[table.name] = 0
                with gzip.GzipFile(self._packed(table.name), "wb", mtime=0) as file:
                    for line in lines(connection, table):
                        file.write(line)
                        self.tables[table.name] += 1
                        bar.update()
                sums.write(sum_line(digest(self._packed(table.name)), table_member(table.name)))

    def list_files(self, connection: Connection) -> None:
        """What the snapshot refers to; from now on nobody throws it away before tomorrow."""
        with self.wanted.open("w") as file, Session(connection) as session:
            for sha256, size, is_used in contents(session):
                if self.store.keep(sha256) or is_used:
                    file.write(f"{sha256} {size}\n")

    def check_files(self) -> None:
        """Look at each content; this takes long, and nobody waits for it."""
        with (
            self.wanted.open() as file,
            self.sums.open("ab") as sums,
            _bar_of_files(self.wanted, "核对文件") as bar,
        ):
            for sha256, size in _listed(file):
                if self.store.is_sound(sha256, size):
                    sums.write(sum_line(sha256, file_member(sha256)))
                    self.file_count, self.file_size = self.file_count + 1, self.file_size + size
                else:
                    self.missing.append(sha256)
                bar.update(size)

    def put_together(self, manifest: Manifest) -> None:
        """Manifest, sums, tables, files."""
        self._add_head(manifest)
        for name in self.tables:
            self._add(table_member(name), self._packed(name))
        left_out = set(self.missing)
        with self.wanted.open() as file, _bar_of_files(self.wanted, "写入文件") as bar:
            for sha256, size in _listed(file):
                if sha256 not in left_out:
                    self._add(file_member(sha256), self.store.path(sha256))
                bar.update(size)

    def _add_head(self, manifest: Manifest) -> None:
        content = manifest.as_json()
        self.archive.add(MANIFEST, BytesIO(content), len(content))
        whole = self.folder / "whole"
        with whole.open("wb") as file, self.sums.open("rb") as sums:
            file.write(sum_line(hashlib.sha256(content).hexdigest(), MANIFEST))
            shutil.copyfileobj(sums, file, BLOCK)
        self._add(SUMS, whole)

    def _add(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self.archive.add(name, file, path.stat().st_size)

    def _packed(self, table: str) -> Path:
        return self.folder / f"{table}.gz"


def _listed(file: IO[str]) -> Iterator[tuple[str, int]]:
    for line in file:
        sha256, size = line.split()
        yield sha256, int(size)


def _bar_of_files(listed: Path, what: str) -> "tqdm[Any]":
    with listed.open() as file:
        return progress_bar(sum(size for _, size in _listed(file)), what, unit="B")
