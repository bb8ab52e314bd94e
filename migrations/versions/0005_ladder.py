"""What was told is read in the system too; calendars; ladders; robots."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_in_app", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index("ix_notice_user")
        batch_op.create_index("ix_notice_user", ["user_id", "at"], unique=False)
        batch_op.create_index(
            "ix_notice_unread",
            ["user_id"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
    op.execute("UPDATE notice SET read_at = at")

    op.create_table(
        "calendar_feed",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_calendar_feed_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_feed")),
    )

    op.create_table(
        "rung",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("is_to_liaison", sa.Boolean(), nullable=False),
        sa.Column("is_to_head", sa.Boolean(), nullable=False),
        sa.Column("is_to_office", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.CheckConstraint("days BETWEEN -30 AND 30", name=op.f("ck_rung_days")),
        sa.CheckConstraint("days > 0 OR NOT is_to_office", name=op.f("ck_rung_office_after")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_rung_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rung")),
        sa.UniqueConstraint("campaign_id", "kind", "days", name=op.f("uq_rung_campaign_id_kind_days")),
    )

    op.create_table(
        "hook_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_hook_message_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_message")),
        sa.UniqueConstraint("key", name=op.f("uq_hook_message_key")),
    )
    with op.batch_alter_table("hook_message", schema=None) as batch_op:
        batch_op.create_index("ix_hook_message_due", ["state", "next_try_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_hook_message_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )

    op.create_table(
        "webhook",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_webhook_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "posted_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("late_from", sa.Date(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_posted_line_campaign_id")),
        sa.ForeignKeyConstraint(["message_id"], ["hook_message.id"], name=op.f("fk_posted_line_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posted_line")),
        sa.UniqueConstraint(
            "campaign_id",
            "kind",
            "object_id",
            "late_from",
            "rung",
            name=op.f("uq_posted_line_campaign_id_kind_object_id_late_from_rung"),
        ),
    )
    with op.batch_alter_table("posted_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posted_line_message_id"), ["message_id"], unique=False)
