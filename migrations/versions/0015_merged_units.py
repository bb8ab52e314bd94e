"""Into which unit one was merged, and when the office added a unit to a group."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("group_member", sa.Column("joined_on", sa.Date(), nullable=True))
    with op.batch_alter_table("unit") as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_unit_merged_into_id"), "unit", ["merged_into_id"], ["id"])
