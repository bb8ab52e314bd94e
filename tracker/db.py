"""Engine, sessions and schema: the one place that knows which database is used."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    String,
    TypeDecorator,
    create_engine,
    event,
    inspect,
    text,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from tracker.labels import LabelledEnum
from tracker.shipped import MIGRATIONS

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; SQLite forgets the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class LookedUp(TypeDecorator[LabelledEnum]):
    """An enum as a long list reads it, from a column that is never NULL: by one look into a dictionary,
    where SQLAlchemy's own type calls two functions for each value."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[LabelledEnum]) -> None:
        super().__init__()
        self.kind = kind

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], LabelledEnum]:
        return {member.value: member for member in self.kind}.__getitem__


def looked_up(column: ColumnElement[Any], kind: type[LabelledEnum]) -> ColumnElement[Any]:
    """The same column, its enum looked up."""
    return type_coerce(column, LookedUp(kind))


class Base(DeclarativeBase):
    """Parent of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcMoment,
        dict[str, Any]: JSON,
        list[str]: JSON,
        LabelledEnum: Enum(
            LabelledEnum,
            native_enum=False,
            length=30,
            values_callable=lambda members: [member.value for member in members],
        ),
    }


class Database:
    """One database with its connections.

    Args:
        url: SQLAlchemy address, `sqlite:///...` or `postgresql://...`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _create_engine(url)
        is_sqlite = self.engine.dialect.name == "sqlite"
        self._glancing = (
            self.engine if is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )

    def session(self, *, write: bool = False) -> Session:
        """A new session. A writing one takes SQLite's write lock when it begins, so that a
        read-then-change never fails half-way with "database is locked"."""
        bind = self.engine.execution_options(tracker_write=True) if write else self.engine
        return Session(bind, expire_on_commit=False)

    def glance(self) -> Session:
        """A reading session for a page. On PostgreSQL each statement stands alone, which sees no less
        than READ COMMITTED would and spares the page the trips for BEGIN and ROLLBACK; rows that are
        streamed (`yield_per`) need a `session()`."""
        return Session(self._glancing, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A writing session that is committed at the end of the block, or rolled back."""
        with self.session(write=True) as session, session.begin():
            yield session

    def upgrade(self, revision: str = "head") -> None:
        """Bring the schema to the newest migration, or up to an older one; nothing happens when it is
        there already. Of several processes one does it and the others wait for it."""
        from alembic import command  # only commands migrate; the web goes without

        self._alembic(lambda config: command.upgrade(config, revision))

    def rebuild(self, revision: str, fill: Callable[[Connection], None]) -> None:
        """In an empty database make the tables of a migration, let `fill` put rows into them in whatever
        order, and upgrade them to the newest: all of it, or nothing when something is raised."""
        from alembic import command

        def run(config: "AlembicConfig") -> None:
            command.upgrade(config, revision)
            connection: Connection = config.attributes["connection"]
            with _keys_checked_afterwards(connection):
                fill(connection)
            _continue_numbers(connection)
            command.upgrade(config, "head")

        self._alembic(run)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Everything as it is at one moment, however long it is read and whoever writes meanwhile."""
        is_sqlite = self.engine.dialect.name == "sqlite"  # a reading transaction is a snapshot there
        level = {} if is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.execution_options(**level).connect() as connection, connection.begin():
            yield connection

    def is_empty(self) -> bool:
        """Whether there are no tables."""
        path = self.engine.url.database
        if self.engine.dialect.name == "sqlite" and path and not Path(path).exists():
            return True  # to ask would be to make it
        return not inspect(self.engine).get_table_names()

    def write_migration(self, message: str) -> None:
        """Write a new migration from the difference between the schema and the models."""
        from alembic import command

        number = f"{int(migrations()[-1]) + 1:04}"
        self._alembic(lambda config: command.revision(config, message, autogenerate=True, rev_id=number))

    def is_current(self) -> bool:
        """Whether the schema is that of the newest migration."""
        with self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return False
            there = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return str(there) == migrations()[-1]

    def _alembic(self, run: "Callable[[AlembicConfig], object]") -> None:
        from alembic.config import Config as AlembicConfig

        config = AlembicConfig()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        with self.engine.connect() as connection, _without_foreign_keys(connection):
            config.attributes["connection"] = connection.execution_options(tracker_write=True)
            with connection.begin():
                if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATING})"))
                run(config)


_MIGRATING = 0x747261636B
"""The number of PostgreSQL's lock that a migration holds until its end; any that nobody else uses."""


def insert_missing(session: Session, table: type["Base"], unique: str) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that passes by the rows whose `unique` column is there already, also when another
    process is just writing it."""
    kind = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return kind(table).on_conflict_do_nothing(index_elements=[unique])


def load_models() -> None:
    """Import every package's models, so that the metadata knows all tables."""
    for package in iter_modules([str(Path(__file__).parent)]):
        name = f"tracker.{package.name}.models"
        if package.ispkg and find_spec(name):
            import_module(name)


def migrations() -> list[str]:
    """The numbers of all migrations in their order; they are in the names, so that a start need not read
    the files."""
    return sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _create_engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        return create_engine(
            url,
            pool_size=10,
            max_overflow=20,
            pool_pre_ping=False,
            connect_args={"options": _PLAN_ONCE, "connect_timeout": 10},
            hide_parameters=True,  # a traceback in the log shows no names
        )
    path = url.removeprefix("sqlite:///")
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


_PLAN_ONCE = "-c plan_cache_mode=force_generic_plan"
"""PostgreSQL plans a prepared statement once; left alone it plans some of ours anew for each page, which
takes longer than to run them. What a plan has to know stands in the statement itself."""


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=10000", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by making it anew; the old one cannot be dropped while rows point at it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")  # only between transactions, hence past SQLAlchemy
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _keys_checked_afterwards(connection: Connection) -> Iterator[None]:
    """Rows may come before those that they refer to; at the end of the block all are there.

    Raises:
        IntegrityError: one is missing.
    """
    if connection.dialect.name == "sqlite":  # not checked at all while tables are altered
        yield
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise IntegrityError("PRAGMA foreign_key_check", None, ValueError("a reference to no row"))
        return
    quoted = connection.dialect.identifier_preparer.quote
    keys = [
        f"ALTER TABLE {quoted(table)} ALTER CONSTRAINT {quoted(str(key['name']))}"
        for (_, table), found in inspect(connection).get_multi_foreign_keys().items()
        for key in found
        if key["referred_table"] == table  # other tables come in their order
    ]
    for key in keys:
        connection.exec_driver_sql(f"{key} DEFERRABLE INITIALLY DEFERRED")
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for key in keys:
        connection.exec_driver_sql(f"{key} NOT DEFERRABLE")


def _continue_numbers(connection: Connection) -> None:
    """Let PostgreSQL number new rows after those that are there; SQLite does by itself."""
    if connection.dialect.name == "sqlite":
        return
    quoted = connection.dialect.identifier_preparer.quote
    counted = (
        "SELECT c.table_name, c.column_name, pg_get_serial_sequence(quote_ident(c.table_name), c.column_name)"
        " FROM information_schema.columns AS c WHERE c.table_schema = current_schema()"
        " AND pg_get_serial_sequence(quote_ident(c.table_name), c.column_name) IS NOT NULL"
    )
    for table, column, sequence in connection.exec_driver_sql(counted).all():
        last = f"SELECT max({quoted(column)}) FROM {quoted(table)}"  # noqa: S608  # names of our own tables
        connection.exec_driver_sql(
            f"SELECT setval('{sequence}', coalesce(last, 1), last IS NOT NULL) FROM ({last}) AS t (last)"  # noqa: S608
        )


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("tracker_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
