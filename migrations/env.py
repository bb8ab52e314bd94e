"""Runs the migrations on the connection that tracker.db hands over."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Enum

import tracker
from tracker.db import Base, UtcMoment


def load_models() -> None:
    """Import every package's models, so that the metadata knows all tables."""
    for package in iter_modules(tracker.__path__):
        name = f"tracker.{package.name}.models"
        if package.ispkg and find_spec(name):
            import_module(name)


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our column types as plain ones: a migration must not change with the code."""
    if kind == "type" and isinstance(item, UtcMoment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


load_models()
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
