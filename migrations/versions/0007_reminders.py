"""How often a rung is told."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kept_checks = (  # SQLite makes the table anew, without what it does not read
        sa.CheckConstraint("days BETWEEN -30 AND 30", name=op.f("ck_rung_days")),
        sa.CheckConstraint("days > 0 OR NOT is_to_office", name=op.f("ck_rung_office_after")),
    )
    with op.batch_alter_table("rung", schema=None, table_args=kept_checks) as batch_op:
        batch_op.add_column(sa.Column("repeat_days", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("repeat_count", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_check_constraint(op.f("ck_rung_repeat"), "(repeat_days = 0) = (repeat_count = 0)")
