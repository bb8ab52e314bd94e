"""The migrations make exactly the tables that the models describe."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Inspector, Table, inspect

from tracker.db import Base, Database
from tracker.shipped import MIGRATIONS


@pytest.fixture
def migrated(empty_database: Database) -> Database:
    empty_database.upgrade()
    return empty_database


def test_migrations_leave_no_difference_from_the_models(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_make_every_check_and_partial_index(migrated: Database) -> None:
    """The comparison of Alembic sees neither."""
    found = inspect(migrated.engine)
    for table in Base.metadata.sorted_tables:
        checks = {check["name"] for check in found.get_check_constraints(table.name)}
        assert {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)} == checks
        assert _partial_in(found, table) == {
            index.name for index in table.indexes if "where" in index.dialect_kwargs or _is_partial(index)
        }


def test_a_second_upgrade_does_nothing(migrated: Database) -> None:
    assert migrated.is_current()
    migrated.upgrade()
    assert migrated.is_current()


def test_the_newest_migration_by_number_is_the_last_of_the_chain(migrated: Database) -> None:
    assert migrated.is_current()
    with migrated.engine.connect() as connection:
        there = MigrationContext.configure(connection).get_current_revision()
    assert there == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def test_an_empty_database_is_not_current(empty_database: Database) -> None:
    assert not empty_database.is_current()


def test_foreign_keys_hold_after_a_migration(migrated: Database) -> None:
    if migrated.engine.dialect.name == "sqlite":
        with migrated.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def _is_partial(index: Any) -> bool:
    options = index.dialect_options
    return options["sqlite"]["where"] is not None


def _partial_in(found: Inspector, table: Table) -> set[str | None]:
    indexes = found.get_indexes(table.name)
    return {
        index["name"]
        for index in indexes
        if any(
            name.endswith("_where") and value is not None
            for name, value in index.get("dialect_options", {}).items()
        )
    }
