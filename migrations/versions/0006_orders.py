"""Numbers of documents, supervision orders, contacts, circulars."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "number_counter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=30), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_number_counter_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_counter")),
        sa.UniqueConstraint(
            "campaign_id", "series", "year", name=op.f("uq_number_counter_campaign_id_series_year")
        ),
    )
    op.create_table(
        "number_pattern",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=30), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_number_pattern_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_pattern")),
        sa.UniqueConstraint("campaign_id", "series", name=op.f("uq_number_pattern_campaign_id_series")),
    )
    op.create_table(
        "supervision_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("requirement", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(length=30), nullable=False),
        sa.Column("signer", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("return_count", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(number IS NULL) = (state = 'draft')", name=op.f("ck_supervision_order_numbered")
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by_id"], ["user_account.id"], name=op.f("fk_supervision_order_acknowledged_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_supervision_order_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["user_account.id"], name=op.f("fk_supervision_order_drafted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["user_account.id"], name=op.f("fk_supervision_order_issued_by_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_supervision_order_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_order")),
        sa.UniqueConstraint(
            "campaign_id", "year", "number", name=op.f("uq_supervision_order_campaign_id_year_number")
        ),
    )
    with op.batch_alter_table("supervision_order", schema=None) as batch_op:
        batch_op.create_index("ix_supervision_order_state", ["campaign_id", "state"], unique=False)
        batch_op.create_index("ix_supervision_order_unit", ["campaign_id", "unit_id"], unique=False)

    op.create_table(
        "circular",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=True),
        sa.Column("deadline_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("opening", sa.String(), nullable=False),
        sa.Column("praised", sa.JSON(), nullable=False),
        sa.Column("criticized", sa.JSON(), nullable=False),
        sa.Column("closing", sa.String(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(kind = 'gate') = (deadline_id IS NOT NULL)", name=op.f("ck_circular_gate")),
        sa.CheckConstraint("(kind = 'month') = (period_id IS NOT NULL)", name=op.f("ck_circular_month")),
        sa.CheckConstraint("(number IS NULL) = (state = 'draft')", name=op.f("ck_circular_numbered")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_circular_campaign_id")),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_circular_deadline_id")),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["user_account.id"], name=op.f("fk_circular_drafted_by_id")
        ),
        sa.ForeignKeyConstraint(["issued_by_id"], ["user_account.id"], name=op.f("fk_circular_issued_by_id")),
        sa.ForeignKeyConstraint(["period_id"], ["report_period.id"], name=op.f("fk_circular_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circular")),
        sa.UniqueConstraint(
            "campaign_id", "year", "number", name=op.f("uq_circular_campaign_id_year_number")
        ),
    )
    with op.batch_alter_table("circular", schema=None) as batch_op:
        batch_op.create_index("ix_circular_state", ["campaign_id", "state", "id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("way", sa.String(length=30), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_contact_by_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_contact_campaign_id")),
        sa.ForeignKeyConstraint(["order_id"], ["supervision_order.id"], name=op.f("fk_contact_order_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_contact_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_contact_unit", ["campaign_id", "unit_id", "at"], unique=False)

    op.create_table(
        "order_extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("old_due_on", sa.Date(), nullable=False),
        sa.Column("new_due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=30), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_order_extension_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_order_extension_by_id")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["supervision_order.id"], name=op.f("fk_order_extension_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_extension")),
    )
    with op.batch_alter_table("order_extension", schema=None) as batch_op:
        batch_op.create_index("ix_order_extension_order", ["order_id"], unique=False)
        batch_op.create_index(
            "uq_order_extension_pending",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("verdict = 'pending'"),
            postgresql_where=sa.text("verdict = 'pending'"),
        )

    op.create_table(
        "order_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=30), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_order_reply_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_order_reply_by_id")),
        sa.ForeignKeyConstraint(["order_id"], ["supervision_order.id"], name=op.f("fk_order_reply_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_reply")),
    )
    with op.batch_alter_table("order_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_reply_order_id"), ["order_id"], unique=False)

    op.create_table(
        "order_supporter",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["supervision_order.id"], name=op.f("fk_order_supporter_order_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_order_supporter_unit_id")),
        sa.PrimaryKeyConstraint("order_id", "unit_id", name=op.f("pk_order_supporter")),
    )
    with op.batch_alter_table("order_supporter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_supporter_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "order_reply_evidence",
        sa.Column("reply_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_order_reply_evidence_evidence_id")
        ),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["order_reply.id"], name=op.f("fk_order_reply_evidence_reply_id")
        ),
        sa.PrimaryKeyConstraint("reply_id", "evidence_id", name=op.f("pk_order_reply_evidence")),
    )
    with op.batch_alter_table("order_reply_evidence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_order_reply_evidence_evidence_id"), ["evidence_id"], unique=False
        )

    op.create_table(
        "order_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        sa.Column("period_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "(milestone_id IS NULL) <> (period_id IS NULL)", name=op.f("ck_order_item_one_thing")
        ),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name=op.f("fk_order_item_milestone_id")),
        sa.ForeignKeyConstraint(["order_id"], ["supervision_order.id"], name=op.f("fk_order_item_order_id")),
        sa.ForeignKeyConstraint(["period_id"], ["report_period.id"], name=op.f("fk_order_item_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_item")),
        sa.UniqueConstraint("order_id", "milestone_id", name=op.f("uq_order_item_order_id_milestone_id")),
        sa.UniqueConstraint("order_id", "period_id", name=op.f("uq_order_item_order_id_period_id")),
    )
    with op.batch_alter_table("order_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_item_milestone_id"), ["milestone_id"], unique=False)
