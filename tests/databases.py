"""Databases for the tests, of both kinds: empty ones, copies of a seeded one, and one that is rolled back."""

import itertools
import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from tests.postgres import Server
from tracker.db import Database


class Stock(ABC):
    """All databases of one kind in this run. The seeded one is made once and copied from then on.

    Args:
        fill: puts schema, plan and people into an empty database.
    """

    def __init__(self, fill: Callable[[Database], None]) -> None:
        self._fill = fill
        self._numbers = itertools.count()

    @contextmanager
    def empty(self) -> Iterator[Database]:
        """A database without tables, for one test."""
        with self._opened(self.create()) as database:
            yield database

    @contextmanager
    def seeded(self) -> Iterator[Database]:
        """A copy of the seeded database, for one test that commits or needs several connections."""
        with self._opened(self.create(self._template)) as database:
            yield database

    @cached_property
    def shared(self) -> Database:
        """One seeded database for all tests that are rolled back."""
        return Database(self.create(self._template))

    def close(self) -> None:
        if "shared" in self.__dict__:
            self._drop(self.shared)

    @abstractmethod
    def create(self, template: str = "") -> str:
        """Make a new database, empty or like the one whose address is given; returns its address."""

    @abstractmethod
    def remove(self, url: str) -> None:
        """Remove a database that nobody uses any more."""

    @cached_property
    def _template(self) -> str:
        database = Database(self.create())
        try:
            self._fill(database)
            with database.engine.begin() as connection:
                connection.execute(text("ANALYZE"))  # the copies inherit what the planner knows
        finally:
            database.engine.dispose()
        return database.url

    @contextmanager
    def _opened(self, url: str) -> Iterator[Database]:
        database = Database(url)
        try:
            yield database
        finally:
            self._drop(database)

    def _drop(self, database: Database) -> None:
        database.engine.dispose()
        self.remove(database.url)


class SqliteStock(Stock):
    """SQLite: one file a database."""

    def __init__(self, fill: Callable[[Database], None], folder: Path) -> None:
        super().__init__(fill)
        self._folder = folder

    def create(self, template: str = "") -> str:
        path = self._folder / f"{next(self._numbers)}.sqlite3"
        if template:
            shutil.copyfile(template.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"

    def remove(self, url: str) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + ending).unlink(missing_ok=True)


class PostgresStock(Stock):
    """PostgreSQL: one server, copies by CREATE DATABASE ... TEMPLATE."""

    def __init__(self, fill: Callable[[Database], None], server: Server) -> None:
        super().__init__(fill)
        self._server = server

    def close(self) -> None:
        super().close()
        if "_template" in self.__dict__:
            self.remove(self._template)

    def create(self, template: str = "") -> str:
        name = f"tracker_test_{os.getpid()}_{next(self._numbers)}"
        return self._server.create(name, self._name(template) if template else "template0")

    def remove(self, url: str) -> None:
        self._server.drop(self._name(url))

    def _name(self, url: str) -> str:
        return urlsplit(url).path.removeprefix("/")


class RolledBackDatabase(Database):
    """A database whose sessions all live in one transaction; a commit releases a savepoint only."""

    def __init__(self, database: Database, connection: Connection) -> None:
        self.url = database.url
        self.engine = database.engine
        self._connection = connection

    def session(self, *, write: bool = False) -> Session:
        return Session(self._connection, expire_on_commit=False, join_transaction_mode="create_savepoint")

    def glance(self) -> Session:
        return self.session()


@contextmanager
def rolled_back(database: Database) -> Iterator[RolledBackDatabase]:
    """`database` for one test; whatever the test commits is gone at the end of the block."""
    with database.engine.execution_options(tracker_write=True).connect() as connection:
        transaction = connection.begin()
        try:
            yield RolledBackDatabase(database, connection)
        finally:
            transaction.rollback()
