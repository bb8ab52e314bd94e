"""What every test can ask for: databases of both kinds, the application, people, a clock, a browser.

A test that uses a database runs once on SQLite and once on PostgreSQL (`--db sqlite` for one of them).
"""

import smtplib
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import OpenerDirector, Request

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests import world
from tests.databases import PostgresStock, RolledBackDatabase, SqliteStock, Stock, rolled_back
from tests.postgres import running_server
from tracker import create_app
from tracker.commands.serve import settle
from tracker.config import Config
from tracker.db import Database
from tracker.files.store import Store
from tracker.people import passwords
from tracker.people.models import User
from tracker.web import Core

KINDS = ("sqlite", "postgres")
SECRET_KEY = "a key for the tests alone, 32 characters or more"
LONGEST = (
    "test_processes.py", "test_flow.py", "test_two_years.py", "test_roundtrip.py", "test_hostile_forms.py",
    "test_routes.py", "test_units.py",
)  # fmt: skip
"""Files of a few long tests: whole files go to the two processes of a run, so these must not come last."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db", choices=(*KINDS, "both"), default="both", help="which databases the tests run on"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "db_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--db")
        metafunc.parametrize(
            "db_kind", KINDS if chosen == "both" else (chosen,), indirect=True, scope="session"
        )


@pytest.hookimpl(trylast=True)  # after pytest has put the tests of one database together
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_collection_finish() -> None:
    settle()  # thousands of collected tests stay to the end, and need not be looked through again and again


@pytest.fixture(scope="session")
def db_kind(request: pytest.FixtureRequest) -> str:
    """sqlite or postgres."""
    return str(request.param)


@pytest.fixture(scope="session")
def stocks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Stock]]:
    """The stock of each kind of database; the server starts when the first test wants it."""
    opened: dict[str, Stock] = {}
    with ExitStack() as stack:

        def stock(kind: str) -> Stock:
            if kind not in opened:
                opened[kind] = (
                    SqliteStock(world.fill, tmp_path_factory.mktemp("sqlite"))
                    if kind == "sqlite"
                    else PostgresStock(world.fill, stack.enter_context(running_server()))
                )
                stack.callback(opened[kind].close)
            return opened[kind]

        yield stock


@pytest.fixture
def stock(stocks: Callable[[str], Stock], db_kind: str) -> Stock:
    """Where databases of the kind under test come from."""
    return stocks(db_kind)


@pytest.fixture
def empty_database(stock: Stock) -> Iterator[Database]:
    """A real database without tables."""
    with stock.empty() as database:
        yield database


@pytest.fixture
def own_database(stock: Stock) -> Iterator[Database]:
    """A real seeded database of the test's own: for commits, threads and processes."""
    with stock.seeded() as database:
        yield database


@pytest.fixture
def database(stock: Stock) -> Iterator[RolledBackDatabase]:
    """The seeded database in one transaction that is rolled back after the test."""
    with rolled_back(stock.shared) as database:
        yield database


@pytest.fixture
def session(database: RolledBackDatabase) -> Iterator[Session]:
    """A session in the test's transaction; its commits are gone after the test."""
    with database.session(write=True) as session:
        yield session


@pytest.fixture
def clock() -> world.MovableClock:
    """Friday 2024-03-22, ten in the morning; `clock.move_to("2024-04-26T10:00")` moves it."""
    return world.MovableClock(fixed=world.city_moment("2024-03-22T10:00"))


@pytest.fixture
def today(clock: world.MovableClock) -> date:
    return clock.today()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_dir=tmp_path, secret_key=SECRET_KEY, requests_per_minute=0)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Every test has an application of its own; the templates are compiled once for all."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def built_app(
    tmp_path_factory: pytest.TempPathFactory, compiled_templates: FileSystemBytecodeCache
) -> Iterator[Flask]:
    """The application of this process: its addresses are compiled once, which takes longer than a test."""
    database = Database("sqlite://")
    app = create_app(Config(data_dir=tmp_path_factory.mktemp("app"), secret_key=SECRET_KEY), database)
    app.jinja_env.bytecode_cache = compiled_templates
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield app
    database.engine.dispose()


@pytest.fixture
def app(
    built_app: Flask, config: Config, database: RolledBackDatabase, clock: world.MovableClock
) -> Iterator[Flask]:
    """The application on the test's transaction; what the test changes of it is undone."""
    settings, views = dict(built_app.config), dict(built_app.view_functions)
    built_app.extensions["tracker"] = Core(config, database, clock, Store(config.data_dir))
    yield built_app
    built_app.config.clear()
    built_app.config.update(settings)
    built_app.view_functions.update(views)
    built_app.test_client_class = None


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """Somebody's browser without JavaScript; nobody is signed in.

    Before a request the test's session is committed, after it all its objects are read anew.
    """
    app.test_client_class = partial(_SharingClient, session=session)  # type: ignore[assignment]  # a maker will do
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, client: FlaskClient) -> Callable[[str], FlaskClient]:
    """Signs somebody of `world.PEOPLE` in through the form: `client = sign_in("nongye")`."""
    with app.test_request_context():
        address = url_for("people.sign_in")

    def enter(username: str) -> FlaskClient:
        answer = client.post(address, data={"username": username, "password": world.PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    return enter


@pytest.fixture
def questions(database: RolledBackDatabase) -> Iterator[list[str]]:
    """The queries that were sent to the database; a test clears the list where it begins to count."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip("( ").startswith(("SELECT", "WITH")):
            asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.fixture
def person(session: Session) -> Callable[[str], User]:
    """Finds somebody of `world.PEOPLE` by user name."""
    return lambda username: session.scalars(select(User).where(User.username == username)).one()


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> None:
    passwords.make_cheap()


@pytest.fixture(autouse=True, scope="session")
def _mail_stays_here() -> Iterator[None]:
    """No test can reach a real mail server."""
    connect = smtplib.SMTP._get_socket  # type: ignore[attr-defined]  # where both kinds of SMTP connect

    def only_here(self: smtplib.SMTP, host: str, port: int, timeout: float) -> socket.socket:
        if host not in ("127.0.0.1", "localhost", "::1"):
            raise AssertionError(f"a test tried to reach the mail server {host}")
        return connect(self, host, port, timeout)  # type: ignore[no-any-return]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smtplib.SMTP, "_get_socket", only_here)
        yield


@pytest.fixture(autouse=True, scope="session")
def _posts_stay_here() -> Iterator[None]:
    """No test can reach a real robot."""
    really_open = OpenerDirector.open

    def only_here(self: OpenerDirector, request: Request, *args: Any, **kwargs: Any) -> Any:
        if urlsplit(request.full_url).hostname != "127.0.0.1":
            raise AssertionError(f"a test tried to reach {request.full_url}")
        return really_open(self, request, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OpenerDirector, "open", only_here)
        yield


class _SharingClient(FlaskClient):
    """A client whose requests and the test's session see each other's changes."""

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._session = session

    def open(self, *args: Any, **kwargs: Any) -> Any:
        self._session.commit()
        kwargs.setdefault("buffered", True)  # a browser reads an answer to its end
        try:
            return super().open(*args, **kwargs)
        finally:
            self._session.expire_all()
