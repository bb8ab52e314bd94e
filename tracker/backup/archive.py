"""The archive: a tar whose members can all be checked with `sha256sum -c`, written aside and then named."""

import gzip
import hashlib
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple

from tracker.backup.rules import DAMAGED, FOREIGN, MANIFEST, SUMS, Manifest, sum_line
from tracker.errors import Refused

BLOCK = 1024 * 1024


class Member(NamedTuple):
    """One file of an archive, to be read before the next is asked for."""

    name: str
    size: int
    content: IO[bytes]


class Archive:
    """An archive that is being written."""

    def __init__(self, file: IO[bytes], at: datetime) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115  # see close
        self._at = int(at.timestamp())

    def add(self, name: str, content: IO[bytes], size: int) -> None:
        """Add a member of so many bytes."""
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, self._at
        self._tar.addfile(member, content)
        _forget(self._tar)

    def close(self) -> None:
        self._tar.close()


@contextmanager
def writing(target: Path, at: datetime) -> Iterator[tuple[Archive, Path]]:
    """An archive to fill and a folder beside it for what is on its way; `target` is there, for its owner
    alone, once the block has ended well, and nothing is left otherwise.

    Raises:
        Refused: there is a file of that name already, or it cannot be written.
    """
    if target.exists():
        raise Refused(f"文件 {target} 已经存在，请换一个文件名")
    try:
        with tempfile.TemporaryDirectory(prefix=".tracker-backup-", dir=target.parent) as folder:
            made = Path(folder) / "archive"
            with open(os.open(made, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
                archive = Archive(file, at)
                yield archive, Path(folder)
                archive.close()
                file.flush()
                os.fsync(file.fileno())
            made.rename(target)
    except OSError as error:
        raise Refused(f"写不了备份 {target}：{error.strerror}") from error


def read_manifest(path: Path) -> Manifest:
    """What an archive says of itself.

    Raises:
        Refused: it cannot be read, or is none of ours.
    """
    with _opened(path) as members:
        return _manifest_of(next(members, None), path)


def checked(path: Path) -> Iterator[int]:
    """Hold every member against its sum; yields the size of each that is sound.

    Raises:
        Refused: one is damaged, missing or too many.
    """
    with _opened(path) as members, _sums_of(path) as sums:
        for member in members:
            if member.name == SUMS:
                continue
            digest = hashlib.file_digest(member.content, "sha256").hexdigest()  # type: ignore[arg-type]  # it reads into
            if sums.readline() != sum_line(digest, member.name):
                raise _damaged(path, member.name)
            yield member.size
        if left := sums.readline():
            raise _damaged(path, f"缺 {left.split()[-1].decode()}")


def contents(path: Path) -> Iterator[Member]:
    """The tables and files of an archive.

    Raises:
        Refused: it cannot be read.
    """
    with _opened(path) as members:
        for member in members:
            if member.name not in (MANIFEST, SUMS):
                yield member


@contextmanager
def _sums_of(path: Path) -> Iterator[IO[bytes]]:
    """The sums: in the order of the members, so that they are read beside them and never kept."""
    with _opened(path) as members, tempfile.TemporaryFile() as file:
        _manifest_of(next(members, None), path)
        sums = next(members, None)
        if sums is None or sums.name != SUMS:
            raise _damaged(path, SUMS)
        shutil.copyfileobj(sums.content, file, BLOCK)
        file.seek(0)
        yield file


def _manifest_of(member: Member | None, path: Path) -> Manifest:
    if member is None or member.name != MANIFEST:
        raise Refused(f"{path}：{FOREIGN}")
    try:
        return Manifest.from_json(member.content.read())
    except ValueError as error:
        raise Refused(f"{path}：{error}") from error


@contextmanager
def _opened(path: Path) -> Iterator[Iterator[Member]]:
    try:
        archive = tarfile.open(path, "r:")  # noqa: SIM115  # closed below
    except tarfile.TarError as error:
        raise Refused(f"{path}：{FOREIGN}") from error
    except OSError as error:
        raise Refused(f"读不了备份 {path}：{error.strerror}") from error
    with archive:
        try:
            yield _members(archive)
        except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise _damaged(path) from error


def _members(archive: tarfile.TarFile) -> Iterator[Member]:
    while found := archive.next():
        _forget(archive)
        content = archive.extractfile(found) if found.isreg() else None
        if content is None:
            raise tarfile.ReadError(f"{found.name} is no file")
        yield Member(found.name, found.size, content)


def _forget(archive: tarfile.TarFile) -> None:
    """It remembers every member, and needs none: an archive of a million files takes no more memory."""
    archive.members.clear()  # type: ignore[attr-defined]  # there in every version, but not in its types


def _damaged(path: Path, what: str = "") -> Refused:
    return Refused(f"{path}：{DAMAGED}{f'（{what}）' if what else ''}")
