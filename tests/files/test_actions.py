"""Taking files in: what is refused says so, and leaves nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.files import samples
from tests.world import city_moment
from tracker.db import Database
from tracker.errors import Refused
from tracker.files.actions import Received, receive, register
from tracker.files.models import StoredFile
from tracker.files.rules import ALLOWED_WORDS, FileKind
from tracker.files.store import Store

AT = city_moment("2024-03-22T10:00")
Receive = Callable[..., Received]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def take(store: Store) -> Receive:
    """Takes a content in under a name, at most 1 MB of it."""
    return lambda name, content, most=1024**2: receive(store, name, BytesIO(content), most_bytes=most)


def test_a_file_is_taken_in_with_its_clean_name_and_kind(take: Receive, store: Store) -> None:
    received = take("C:\\文件\\2023年\u202e工作总结.pdf", samples.PDF)
    assert (received.name, received.kind) == ("2023年工作总结.pdf", FileKind.PDF)
    assert store.path(received.stored.sha256).read_bytes() == samples.PDF


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.pdf", b"", "“空.pdf”是空文件（0 字节），没有保存；请检查原文件"),
        ("总结.pdf", samples.EXE, "“总结.pdf”没有保存：内容是“Windows 程序”（按内容识别，不看扩展名）"),
        ("网页.pdf", samples.HTML, "内容是“网页”"),
        ("图.png", samples.SVG, "内容是“XML 或 SVG 文件”"),
        ("台账.zip", samples.RAR, "内容是“RAR 压缩包”"),
        ("说明.txt", samples.TEXT, "内容是“纯文本”"),
        ("炸弹.zip", samples.packed("a", content=bytes(60 * 1024**2)), "解压后异常巨大的压缩包"),
        ("../\0a/b\u202e.exe", samples.EXE, "“b.exe”没有保存"),
    ],
    ids=["empty", "exe", "html", "svg", "rar", "text", "bomb", "name"],
)
def test_what_is_not_taken_says_its_name_and_why_and_leaves_nothing(
    take: Receive, store: Store, name: str, content: bytes, words: str
) -> None:
    with pytest.raises(Refused) as refusal:
        take(name, content)
    assert words in str(refusal.value)
    assert ALLOWED_WORDS in str(refusal.value) or not content
    assert not list(store.all())


def test_a_file_over_the_limit_is_told_with_both_sizes(take: Receive, store: Store) -> None:
    with pytest.raises(Refused, match=r"“大.pdf”有 1.5 MB，超过单个文件上限 1.0 MB，没有保存"):
        take("大.pdf", samples.PDF + bytes(1536 * 1024 - len(samples.PDF)))
    assert not list(store.all())


def test_equal_contents_are_one_row(session: Session, take: Receive) -> None:
    first = register(session, take("总结.pdf", samples.PDF), at=AT)
    assert register(session, take("总结（副本）.pdf", samples.PDF), at=AT) is first
    assert register(session, take("照片.png", samples.PNG), at=AT) is not first
    assert (first.kind, first.size) == (FileKind.PDF, len(samples.PDF))


def test_two_who_file_the_same_at_the_same_moment_share_the_row(
    own_database: Database, take: Receive
) -> None:
    received, barrier = take("总结.pdf", samples.PDF), Barrier(2)

    def write(_number: int) -> int:
        barrier.wait()
        with own_database.transaction() as session:
            return register(session, received, at=AT).id

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(write, range(2)))) == 1
    with own_database.session() as session:
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 1
