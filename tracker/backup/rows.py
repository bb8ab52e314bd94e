"""Tables as lines of JSON, the same from either database."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import JSON, Column, Connection, Date, DateTime, MetaData, Table, select

from tracker.db import Base, load_models

BATCH = 1000
VERSION_TABLE = "alembic_version"


def own_tables(connection: Connection) -> list[Table]:
    """The tables of this version, each after those that it refers to."""
    load_models()
    names = Base.metadata.tables
    return [table for table in all_tables(connection) if table.name in names]


def all_tables(connection: Connection) -> list[Table]:
    """The tables as they are, whatever version made them, each after those that it refers to."""
    metadata = MetaData()
    metadata.reflect(connection)
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type = JSON(none_as_null=True)
    return [table for table in metadata.sorted_tables if table.name != VERSION_TABLE]


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """Each row as an object; what is NULL is left out."""
    names = [column.name for column in table.columns]
    streaming = connection.execution_options(stream_results=True, yield_per=BATCH)
    for row in streaming.execute(select(table).order_by(*table.primary_key)):
        values = {name: _plain(value) for name, value in zip(names, row, strict=True) if value is not None}
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def fill(connection: Connection, table: Table, lines: Iterable[bytes], told: Callable[[int], object]) -> int:
    """Put the rows back; returns how many.

    Args:
        told: hears after each batch how many rows went in.

    Raises:
        ValueError, KeyError: the lines are not rows of this table.
    """
    readers = {column.name: _reader(column, connection.dialect.name) for column in table.columns}
    blank = dict.fromkeys(readers)
    count, left = 0, iter(lines)
    while found := [json.loads(line) for line in islice(left, BATCH)]:
        rows = [blank | {name: readers[name](value) for name, value in row.items()} for row in found]
        connection.execute(table.insert(), rows)
        count += len(rows)
        told(len(rows))
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)  # SQLite forgets the zone
        return aware.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _reader(column: "Column[Any]", dialect: str) -> Callable[[Any], Any]:
    """What makes a column's value from the one in the line."""
    if isinstance(column.type, DateTime):
        return _moment_without_zone if dialect == "sqlite" else datetime.fromisoformat
    return date.fromisoformat if isinstance(column.type, Date) else lambda value: value


def _moment_without_zone(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
