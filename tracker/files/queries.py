"""What the database knows of the contents in the store."""

from collections.abc import Iterator

from sqlalchemy import Column, ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from tracker.db import Base, load_models
from tracker.files.models import StoredFile


def known_contents(session: Session) -> set[str]:
    """The SHA-256 of every content that has a row."""
    return set(session.scalars(select(StoredFile.sha256)))


def contents(session: Session) -> Iterator[tuple[str, int, bool]]:
    """SHA-256 and size of every content that has a row, and whether something refers to it; never all at
    once in memory."""
    query = select(StoredFile.sha256, StoredFile.size, ~_is_unused()).order_by(StoredFile.id)
    yield from session.execute(query, execution_options={"yield_per": 1000})


def used_files(session: Session) -> list[StoredFile]:
    """The rows that something refers to."""
    return list(session.scalars(_files().where(~_is_unused())))


def unused_files(session: Session) -> list[StoredFile]:
    """The rows that nothing refers to any more; nobody can refer to them before the transaction ends."""
    return list(session.scalars(_files().where(_is_unused()).with_for_update()))


def _files() -> Select[StoredFile]:
    return select(StoredFile).order_by(StoredFile.id)


def _is_unused() -> ColumnElement[bool]:
    """Of whatever table: one that begins to refer to contents need not be told here."""
    load_models()
    condition: ColumnElement[bool] = StoredFile.sha256.is_not(None)
    for column in _referring():
        condition &= ~exists().where(column == StoredFile.id)
    return condition


def _referring() -> Iterator["Column[int]"]:
    own = StoredFile.__table__.c.id
    for table in Base.metadata.sorted_tables:
        yield from (key.parent for key in table.foreign_keys if key.column is own)
