"""Taking a content into the store, and its row into the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import IO

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.errors import Refused
from tracker.files.models import StoredFile
from tracker.files.rules import (
    ALLOWED_WORDS,
    FileKind,
    NotTaken,
    clean_name,
    fitting_name,
    kind_of,
    size_words,
)
from tracker.files.store import Store, Stored


@dataclass(frozen=True)
class Received:
    """A content that lies in the store, with the name that its owner gave it, clean and with an ending
    that fits; it has no row yet."""

    name: str
    kind: FileKind
    stored: Stored


def receive(store: Store, raw_name: str, content: IO[bytes], *, most_bytes: int) -> Received:
    """Put a content into the store. This may take seconds, so it is done outside any transaction.

    Raises:
        Refused: empty, larger than `most_bytes`, or of a kind that is not taken; DiskFull.
    """
    name = clean_name(raw_name)
    content.seek(0, 2)
    size = content.tell()
    if size == 0:
        raise Refused(f"“{name}”是空文件（0 字节），没有保存；请检查原文件")
    if size > most_bytes:
        raise Refused(f"“{name}”有 {size_words(size)}，超过单个文件上限 {size_words(most_bytes)}，没有保存")
    try:
        kind = kind_of(content, name)
    except NotTaken as refusal:
        seen = f"“{name}”没有保存：内容是“{refusal.taken_for}”（按内容识别，不看扩展名）"
        raise Refused(f"{seen}；可以上传 {ALLOWED_WORDS}") from None
    return Received(fitting_name(name, kind), kind, store.put(content))


def register(session: Session, received: Received, *, at: datetime) -> StoredFile:
    """The row of a content, that of an equal one if there is one; nobody can clean it away meanwhile."""
    known = select(StoredFile).where(StoredFile.sha256 == received.stored.sha256)
    known = known.with_for_update(read=True, key_share=True)
    there = session.scalar(known)
    if there is not None:
        return there
    row = StoredFile(
        sha256=received.stored.sha256, size=received.stored.size, kind=received.kind, stored_at=at
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # somebody stored the same at the same moment
        return session.scalars(known).one()
    return row
