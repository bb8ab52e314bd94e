"""How often a rung is told; leaders in charge of units; signed messages to robots."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
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
        batch_op.add_column(
            sa.Column("is_to_leader", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_check_constraint(op.f("ck_rung_leader_after"), "days > 0 OR NOT is_to_leader")
        batch_op.create_check_constraint(op.f("ck_rung_repeat"), "(repeat_days = 0) = (repeat_count = 0)")

    op.create_table(
        "unit_leader",
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_leader_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_unit_leader_user_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_unit_leader")),
    )
    with op.batch_alter_table("unit_leader", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_leader_user_id"), ["user_id"], unique=False)

    for table in ("webhook", "hook_message"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("secret", sa.String(), nullable=False, server_default=""))
