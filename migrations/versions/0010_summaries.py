"""Summaries of a month, their indicators, where they were sent."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "month_summary",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("addressee", sa.String(), nullable=False),
        sa.Column("opening", sa.String(), nullable=False),
        sa.Column("closing", sa.String(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("finalised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finalised_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(finalised_at IS NULL) = (state = 'draft')", name=op.f("ck_month_summary_final")),
        sa.CheckConstraint("(year IS NULL) = (number IS NULL)", name=op.f("ck_month_summary_numbered")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_month_summary_campaign_id")),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["user_account.id"], name=op.f("fk_month_summary_drafted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["finalised_by_id"], ["user_account.id"], name=op.f("fk_month_summary_finalised_by_id")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["report_period.id"], name=op.f("fk_month_summary_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_summary")),
        sa.UniqueConstraint(
            "campaign_id", "year", "number", name=op.f("uq_month_summary_campaign_id_year_number")
        ),
    )
    op.create_index(op.f("ix_month_summary_period_id"), "month_summary", ["period_id"])
    op.create_index("ix_month_summary_state", "month_summary", ["campaign_id", "state", "id"])

    op.create_table(
        "summary_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("summary_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["plan_item.id"], name=op.f("fk_summary_item_item_id")),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["month_summary.id"], name=op.f("fk_summary_item_summary_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_item")),
        sa.UniqueConstraint("summary_id", "item_id", name=op.f("uq_summary_item_summary_id_item_id")),
    )
    op.create_index(op.f("ix_summary_item_item_id"), "summary_item", ["item_id"])

    op.create_table(
        "summary_sending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("summary_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("way", sa.String(length=30), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_summary_sending_by_id")),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["month_summary.id"], name=op.f("fk_summary_sending_summary_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_sending")),
    )
    op.create_index(op.f("ix_summary_sending_summary_id"), "summary_sending", ["summary_id"])
