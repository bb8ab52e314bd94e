"""Monthly reports: more fields of a line, proofs, 零报告."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_line_evidence",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_report_line_evidence_evidence_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["report_line.id"], name=op.f("fk_report_line_evidence_line_id")
        ),
        sa.PrimaryKeyConstraint("line_id", "evidence_id", name=op.f("pk_report_line_evidence")),
    )
    with op.batch_alter_table("report_line_evidence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_report_line_evidence_evidence_id"), ["evidence_id"], unique=False
        )

    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(sa.Column("report_resend_days", sa.Integer(), nullable=False, server_default="2"))

    with op.batch_alter_table("monthly_report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("resend_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("is_nil", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("nil_reason", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("report_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("percent", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("figures", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("return_reason", sa.String(), nullable=False, server_default=""))
