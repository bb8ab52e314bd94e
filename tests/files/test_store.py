"""The folder of contents: what it keeps, once; and what no trouble leaves behind."""

import errno
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Barrier
from typing import Any, NoReturn

import pytest

from tests.files.samples import PDF, pdf
from tracker.clock import Clock
from tracker.files.store import DiskFull, Store, digest

DAY = 24 * 3600.0


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def age(path: Path, seconds: float) -> None:
    """Let a file be as old as that."""
    moment = path.stat().st_mtime - seconds
    os.utime(path, (moment, moment))


def no_room(*_args: Any, **_named: Any) -> NoReturn:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_content_lies_under_its_hash_and_is_read_back(store: Store) -> None:
    stored = store.put(BytesIO(PDF))
    assert stored.sha256 == hashlib.sha256(PDF).hexdigest()
    assert stored.size == len(PDF)
    assert store.path(stored.sha256).relative_to(store.folder).parts == (stored.sha256[:2], stored.sha256)
    assert digest(store.path(stored.sha256)) == stored.sha256
    with store.open(stored.sha256) as file:
        assert file.read() == PDF


def test_the_same_content_is_kept_once(store: Store) -> None:
    assert store.put(BytesIO(PDF)) == store.put(BytesIO(PDF))
    store.put(BytesIO(pdf("另一份")))
    assert len(list(store.all())) == 2
    assert not list(store.left_over())


def test_many_who_store_the_same_at_once_keep_it_once(store: Store) -> None:
    barrier = Barrier(4)

    def put(_number: int) -> str:
        barrier.wait()
        return store.put(BytesIO(PDF)).sha256

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(put, range(4)))) == 1
    assert [digest(path) for path in store.all()] == [hashlib.sha256(PDF).hexdigest()]
    assert not list(store.left_over())


@pytest.mark.parametrize("call", ["fsync", "link"])
def test_a_full_disk_is_told_and_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, call, no_room)
        with pytest.raises(DiskFull, match="磁盘空间不足"):
            store.put(BytesIO(PDF))
    assert not list(store.all())
    assert not list(store.left_over())
    assert store.put(BytesIO(PDF)).size == len(PDF)


def test_other_trouble_of_the_disk_is_not_called_full(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any) -> NoReturn:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "link", broken)
    with pytest.raises(OSError, match="Input/output"):
        store.put(BytesIO(PDF))
    assert not list(store.left_over())


def test_what_comes_in_has_no_name_and_is_gone_when_it_is_closed(store: Store) -> None:
    with store.open_incoming() as file:
        file.write(PDF)
        assert not list(store.left_over())
    assert not list(store.folder.rglob("*.*"))


def test_what_was_not_taken_in_for_a_day_can_be_thrown_away(store: Store) -> None:
    path = store.path(store.put(BytesIO(PDF)).sha256)
    yesterday = path.stat().st_mtime - DAY
    assert not store.discard(path, before=yesterday)
    age(path, DAY + 60)
    assert store.discard(path, before=yesterday)
    assert not list(store.all())
    assert not list(store.left_over())


def test_what_is_taken_in_again_counts_from_then(store: Store) -> None:
    path = store.path(store.put(BytesIO(PDF)).sha256)
    age(path, 2 * DAY)
    store.put(BytesIO(PDF))
    assert not store.discard(path, before=Clock().now().timestamp() - DAY)
    assert path.is_file()


def test_what_is_taken_in_while_it_is_thrown_away_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store.path(store.put(BytesIO(PDF)).sha256)
    age(path, 2 * DAY)
    move = Path.rename

    def put_first(old: Path, new: Path) -> Path:
        store.put(BytesIO(PDF))  # after the look at its age
        return move(old, new)

    monkeypatch.setattr(Path, "rename", put_first)
    assert not store.discard(path, before=Clock().now().timestamp() - DAY)
    assert digest(path) == path.name
    assert not list(store.left_over())


def test_what_is_thrown_away_while_it_is_taken_in_is_stored_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store.path(store.put(BytesIO(PDF)).sha256)
    touch = os.utime

    def gone(target: Path) -> None:
        path.unlink(missing_ok=True)  # after the content was seen to be there
        touch(target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "utime", gone)
        store.put(BytesIO(PDF))
    assert digest(path) == path.name
