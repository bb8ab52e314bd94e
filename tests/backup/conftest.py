"""An installation with documents, and empty places beside it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from tests.databases import Stock
from tests.evidence.conftest import add, share
from tests.files.samples import pdf
from tracker.cli import main
from tracker.db import Base, Database, load_models
from tracker.files.actions import receive
from tracker.files.store import Store, digest
from tracker.people.models import User

Rows = dict[str, list[tuple[Any, ...]]]
TITLES = ("耕地台账.pdf", "抽检计划.pdf", "会议纪要.pdf")


@dataclass(frozen=True)
class Place:
    """A database and a data folder."""

    database: Database
    folder: Path

    @property
    def store(self) -> Store:
        return Store(self.folder)

    def run(self, *arguments: str) -> Result:
        """`tracker ARGUMENTS` here."""
        environment = {"TRACKER_DATABASE_URL": self.database.url, "TRACKER_DATA_DIR": str(self.folder)}
        return CliRunner().invoke(main, arguments, env=environment, prog_name="tracker")

    def rows(self) -> Rows:
        """Every row of every table, as the application reads it."""
        load_models()
        with self.database.session() as session:
            return {
                table.name: [
                    tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))
                ]
                for table in Base.metadata.sorted_tables
            }

    def hashes(self) -> dict[str, str]:
        """Each file of the store with what is really in it."""
        return {path.name: digest(path) for path in self.store.all()}

    def is_untouched(self) -> bool:
        return self.database.is_empty() and not any(
            path.is_file() for path in self.folder.rglob("files/**/*")
        )


def furnished(database: Database, folder: Path) -> Place:
    """The plan of Changdu, with documents of 市农业农村局 under one of its tasks."""
    place = Place(database, folder)
    with database.transaction() as session:
        nongye = session.scalars(select(User).where(User.username == "nongye")).one()
        for title in TITLES:
            received = receive(place.store, title, BytesIO(pdf(title)), most_bytes=10_000)
            add(session, share(session, "11-1", "市农业农村局"), received, nongye)
    return place


@pytest.fixture
def source(own_database: Database, tmp_path: Path) -> Place:
    """An installation to take a backup of."""
    return furnished(own_database, tmp_path / "source")


@pytest.fixture(scope="session")
def taken(stocks: Callable[[str], Stock], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup of such an installation."""
    folder = tmp_path_factory.mktemp("taken")
    with stocks("sqlite").seeded() as database:
        result = furnished(database, folder).run("backup", str(folder / "backup.tar"))
    assert result.exit_code == 0, result.output
    return (folder / "backup.tar").read_bytes()


@pytest.fixture
def backup(taken: bytes, tmp_path: Path) -> Path:
    """The same, for the test alone."""
    path = tmp_path / "backup.tar"
    path.write_bytes(taken)
    return path


@pytest.fixture
def place_of(stocks: Callable[[str], Stock], tmp_path: Path) -> Iterator[Callable[[str], Place]]:
    """An empty place with a database of a kind."""
    with ExitStack() as stack:

        def made(kind: str) -> Place:
            folder = tmp_path / f"empty-{kind}"
            folder.mkdir()
            return Place(stack.enter_context(stocks(kind).empty()), folder)

        yield made


@pytest.fixture
def place(place_of: Callable[[str], Place]) -> Place:
    """An empty place, for what does not depend on the kind of database."""
    return place_of("sqlite")


@pytest.fixture
def target(place_of: Callable[[str], Place], db_kind: str) -> Place:
    """An empty place with a database of the kind under test."""
    return place_of(db_kind)
