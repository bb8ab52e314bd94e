"""The next mail, or message to a robot, is found among those on their way."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ON_ITS_WAY = sa.text("state IN ('waiting', 'sending')")


def upgrade() -> None:
    for table in ("outbox_message", "hook_message"):
        op.create_index(
            f"ix_{table}_next",
            table,
            ["jurisdiction_id", "id"],
            sqlite_where=ON_ITS_WAY,
            postgresql_where=ON_ITS_WAY,
        )
