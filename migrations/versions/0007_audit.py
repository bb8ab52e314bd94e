"""Where an event came from and what came of it; the chain of events, which the database keeps from changes."""

from collections.abc import Sequence
from itertools import count
from typing import Any

import sqlalchemy as sa
from alembic import op

from tracker.db import UtcMoment
from tracker.events.rules import FIRST_LINK, SAID, next_link

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

AT_ONCE = 1000
KEPT = ("event", "event_link")
EVENT = sa.table(
    "event",
    sa.column("id", sa.Integer),
    *(sa.column(name, {"at": UtcMoment, "before": sa.JSON, "after": sa.JSON}.get(name)) for name in SAID),
)


def upgrade() -> None:
    op.add_column("event", sa.Column("origin", sa.String(), nullable=False, server_default=""))
    op.add_column("event", sa.Column("outcome", sa.String(length=30), nullable=False, server_default="done"))
    op.create_index("ix_event_at", "event", ["at"])
    op.execute("UPDATE event SET outcome = 'refused' WHERE subject = 'user' AND verb LIKE 'sign_in_%'")
    op.create_table(
        "event_link",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_link_event_id")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_event_link")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_link_event_id")),
    )
    _chain_what_is_there()
    for table in KEPT:
        _keep(table)


def _chain_what_is_there() -> None:
    """The events of before, in the order of their numbers."""
    connection, link, last, positions = op.get_bind(), FIRST_LINK, 0, count(1)
    links = sa.table("event_link", *(sa.column(name) for name in ("position", "event_id", "link")))
    while rows := _next_events(connection, last):
        made = []
        for row in rows:
            link = next_link(link, row)
            made.append({"position": next(positions), "event_id": row["id"], "link": link})
        connection.execute(sa.insert(links), made)
        last = rows[-1]["id"]


def _next_events(connection: sa.Connection, last: int) -> Sequence[dict[str, Any]]:
    query = sa.select(EVENT).where(EVENT.c.id > last).order_by(EVENT.c.id).limit(AT_ONCE)
    return [row._asdict() for row in connection.execute(query)]


def _keep(table: str) -> None:
    """Whoever changes or deletes a row gets an error from the database itself."""
    if op.get_bind().dialect.name == "sqlite":
        for step in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{step.lower()} BEFORE {step} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for steps, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_no_{each.lower()} BEFORE {steps} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )
