"""The folder of contents: written beside, synced, then linked to their SHA-256; never changed again.

A content's modification time is when it was last taken in: what nobody has named in a row for a day
may be thrown away, and whoever takes the same content in at that very moment keeps it.
"""

import contextlib
import errno
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from tracker.errors import Refused

BLOCK = 1024 * 1024
FULL = (errno.ENOSPC, errno.EDQUOT)


class DiskFull(Refused):
    """No room is left; nothing was kept."""

    def __init__(self) -> None:
        super().__init__("服务器磁盘空间不足，文件没有保存，请联系系统管理员；其他内容没有受影响")


@dataclass(frozen=True)
class Stored:
    """A content that lies safely in the store."""

    sha256: str
    size: int


class Store:
    """The file store of an installation, under `data_dir/files`."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "files"
        self.incoming = self.folder / "incoming"

    def open_incoming(self) -> BinaryIO:
        """A temporary file on the store's own disk, gone when it is closed: uploads are received in it."""
        self.incoming.mkdir(parents=True, exist_ok=True)
        path = self.incoming / secrets.token_hex(16)
        file = path.open("x+b")
        path.unlink()  # open, but without a name: a crash leaves nothing behind
        return file

    def put(self, content: IO[bytes]) -> Stored:
        """Keep a content; the same content twice is one file.

        Raises:
            DiskFull: there is no room.
        """
        try:
            return self._put(content)
        except OSError as error:
            if error.errno in FULL:
                raise DiskFull from None
            raise

    def require_writable(self) -> None:
        """Raise OSError where nothing can be written; leaves nothing behind."""
        there = next(path for path in (self.folder, *self.folder.absolute().parents) if path.exists())
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"0")
            file.flush()

    def open(self, sha256: str) -> BinaryIO:
        """Read a content."""
        return self.path(sha256).open("rb")

    def path(self, sha256: str) -> Path:
        """Where a content lies."""
        return self.folder / sha256[:2] / sha256

    def is_sound(self, sha256: str, size: int) -> bool:
        """Whether a content is there, and still what was stored."""
        path = self.path(sha256)
        try:
            return path.stat().st_size == size and digest(path) == sha256
        except OSError:
            return False

    def keep(self, sha256: str) -> bool:
        """Take a content in again, so that nobody throws it away for a day; False when it is not there."""
        try:
            os.utime(self.path(sha256))
        except FileNotFoundError:
            return False
        except PermissionError:  # of another account, which may read
            return True
        return True

    def all(self) -> Iterator[Path]:
        """Every content that lies in the store."""
        return self.folder.glob("[0-9a-f][0-9a-f]/*")

    def left_over(self) -> Iterator[Path]:
        """What lies among the incoming: being written now, or left by a process that was killed."""
        return self.incoming.glob("*")

    def discard(self, path: Path, *, before: float) -> bool:
        """Throw a file away unless it was taken in (again) since `before`."""
        if path.stat().st_mtime >= before:
            return False
        self.incoming.mkdir(exist_ok=True)
        aside = self.incoming / secrets.token_hex(16)
        path.rename(aside)  # from here on whoever takes it in stores it anew
        is_old = aside.stat().st_mtime < before
        if not is_old:
            with contextlib.suppress(FileExistsError):
                os.link(aside, path)
        aside.unlink()
        return is_old

    def _put(self, content: IO[bytes]) -> Stored:
        self.incoming.mkdir(parents=True, exist_ok=True)
        temporary = self.incoming / secrets.token_hex(16)
        try:
            with temporary.open("xb") as file:
                stored = _copy(content, file)
            target = self.path(stored.sha256)
            if not target.parent.is_dir():
                target.parent.mkdir(exist_ok=True)
                _sync_folder(self.folder)
            _link(temporary, target)
            _sync_folder(target.parent)
        finally:
            temporary.unlink(missing_ok=True)
        return stored


def digest(path: Path) -> str:
    """The SHA-256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(content: IO[bytes], file: BinaryIO) -> Stored:
    """Write the content, summing it on the way, and see it on the disk."""
    total, size = hashlib.sha256(), 0
    content.seek(0)
    while block := content.read(BLOCK):
        total.update(block)
        file.write(block)
        size += len(block)
    file.flush()
    os.fsync(file.fileno())
    content.seek(0)
    return Stored(total.hexdigest(), size)


def _link(temporary: Path, target: Path) -> None:
    """Give a content its name; one that lies there already is taken in again."""
    while True:
        with contextlib.suppress(FileExistsError):
            os.link(temporary, target)
            return
        with contextlib.suppress(FileNotFoundError):  # thrown away since
            os.utime(target)
            return


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
