"""The first release: every table."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jurisdiction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["jurisdiction.id"], name=op.f("fk_jurisdiction_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jurisdiction")),
        sa.UniqueConstraint("code", name=op.f("uq_jurisdiction_code")),
    )
    op.create_table(
        "special_day",
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_local", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_special_day_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "day", name=op.f("pk_special_day")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("short", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_unit_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("jurisdiction_id", "name", name=op.f("uq_unit_jurisdiction_id_name")),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("office_unit_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("plan_title", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("live_on", sa.Date(), nullable=False),
        sa.Column("report_first_month", sa.Date(), nullable=False),
        sa.Column("report_last_month", sa.Date(), nullable=False),
        sa.Column("report_day", sa.Integer(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("office_phone", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_campaign_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["office_unit_id"], ["unit.id"], name=op.f("fk_campaign_office_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("slug", name=op.f("uq_campaign_slug")),
    )
    op.create_table(
        "unit_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_presumed", sa.Boolean(), nullable=False),
        sa.Column("is_edited", sa.Boolean(), nullable=False),
        sa.Column("acts_through_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["acts_through_id"], ["unit.id"], name=op.f("fk_unit_group_acts_through_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_unit_group_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_group")),
        sa.UniqueConstraint("jurisdiction_id", "name", name=op.f("uq_unit_group_jurisdiction_id_name")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_user_account_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("username", name=op.f("uq_user_account_username")),
    )
    op.create_index(op.f("ix_user_account_unit_id"), "user_account", ["unit_id"], unique=False)
    op.create_table(
        "alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(unit_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_alias_one_owner")),
        sa.ForeignKeyConstraint(["group_id"], ["unit_group.id"], name=op.f("fk_alias_group_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_alias_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_alias_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias")),
        sa.UniqueConstraint("jurisdiction_id", "name", name=op.f("uq_alias_jurisdiction_id_name")),
    )
    op.create_index(op.f("ix_alias_group_id"), "alias", ["group_id"], unique=False)
    op.create_index(op.f("ix_alias_unit_id"), "alias", ["unit_id"], unique=False)
    op.create_table(
        "deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("gate", sa.String(length=30), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_deadline_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
        sa.UniqueConstraint("campaign_id", "code", name=op.f("uq_deadline_campaign_id_code")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("as_role", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_event_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_subject"), "event", ["subject", "subject_id"], unique=False)
    op.create_table(
        "group_member",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["unit_group.id"], name=op.f("fk_group_member_group_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_group_member_unit_id")),
        sa.PrimaryKeyConstraint("group_id", "unit_id", name=op.f("pk_group_member")),
    )
    op.create_index(op.f("ix_group_member_unit_id"), "group_member", ["unit_id"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("to_address", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body_text", sa.String(), nullable=False),
        sa.Column("body_html", sa.String(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column("resend_count", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_outbox_message_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_outbox_message_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_message_key")),
    )
    op.create_index(op.f("ix_outbox_message_due"), "outbox_message", ["state", "next_try_at"], unique=False)
    op.create_index(
        op.f("ix_outbox_message_jurisdiction_id"), "outbox_message", ["jurisdiction_id"], unique=False
    )
    op.create_index(op.f("ix_outbox_message_user_id"), "outbox_message", ["user_id"], unique=False)
    op.create_table(
        "phase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("gate", sa.String(length=30), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_phase_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_phase_campaign_id_number")),
    )
    op.create_table(
        "report_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_report_period_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_period")),
        sa.UniqueConstraint("campaign_id", "month", name=op.f("uq_report_period_campaign_id_month")),
    )
    op.create_table(
        "reporter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(unit_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_reporter_one_party")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_reporter_campaign_id")),
        sa.ForeignKeyConstraint(["group_id"], ["unit_group.id"], name=op.f("fk_reporter_group_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_reporter_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporter")),
    )
    op.create_index(op.f("ix_reporter_campaign_id"), "reporter", ["campaign_id"], unique=False)
    op.create_table(
        "monthly_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("first_submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("is_resubmitted_late", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_monthly_report_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["report_period.id"], name=op.f("fk_monthly_report_period_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["user_account.id"], name=op.f("fk_monthly_report_submitted_by_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_monthly_report_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_report")),
        sa.UniqueConstraint("period_id", "unit_id", name=op.f("uq_monthly_report_period_id_unit_id")),
    )
    op.create_index(op.f("ix_monthly_report_unit"), "monthly_report", ["unit_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("late_from", sa.Date(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_notice_campaign_id")),
        sa.ForeignKeyConstraint(["message_id"], ["outbox_message.id"], name=op.f("fk_notice_message_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notice_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "campaign_id",
            "kind",
            "object_id",
            "late_from",
            "rung",
            "user_id",
            name=op.f("uq_notice_campaign_id_kind_object_id_late_from_rung_user_id"),
        ),
    )
    op.create_index(op.f("ix_notice_message_id"), "notice", ["message_id"], unique=False)
    op.create_index(op.f("ix_notice_user"), "notice", ["user_id"], unique=False)
    op.create_table(
        "plan_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("phase_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_raw", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("choice", sa.String(length=30), nullable=True),
        sa.Column("choose_count", sa.Integer(), nullable=True),
        sa.Column("methods", sa.JSON(), nullable=False),
        sa.Column("method_raw", sa.String(), nullable=False),
        sa.Column("is_veto", sa.Boolean(), nullable=False),
        sa.Column("is_on_site_check", sa.Boolean(), nullable=False),
        sa.Column("is_online_check", sa.Boolean(), nullable=False),
        sa.Column("lead_raw", sa.String(), nullable=False),
        sa.Column("responsible_raw", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_plan_item_campaign_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["plan_item.id"], name=op.f("fk_plan_item_parent_id")),
        sa.ForeignKeyConstraint(["phase_id"], ["phase.id"], name=op.f("fk_plan_item_phase_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_item")),
        sa.UniqueConstraint("campaign_id", "code", name=op.f("uq_plan_item_campaign_id_code")),
    )
    op.create_index(
        op.f("ix_plan_item_campaign_kind"), "plan_item", ["campaign_id", "kind", "number"], unique=False
    )
    op.create_index(op.f("ix_plan_item_parent_id"), "plan_item", ["parent_id"], unique=False)
    op.create_table(
        "item_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(unit_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_item_party_one_party")),
        sa.ForeignKeyConstraint(["group_id"], ["unit_group.id"], name=op.f("fk_item_party_group_id")),
        sa.ForeignKeyConstraint(["item_id"], ["plan_item.id"], name=op.f("fk_item_party_item_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_item_party_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_party")),
        sa.UniqueConstraint("item_id", "role", "position", name=op.f("uq_item_party_item_id_role_position")),
    )
    op.create_table(
        "report_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("progress", sa.String(), nullable=False),
        sa.Column("problems", sa.String(), nullable=False),
        sa.Column("next_steps", sa.String(), nullable=False),
        sa.Column("has_no_progress", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("sent", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["plan_item.id"], name=op.f("fk_report_line_item_id")),
        sa.ForeignKeyConstraint(["report_id"], ["monthly_report.id"], name=op.f("fk_report_line_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_line")),
        sa.UniqueConstraint("report_id", "item_id", name=op.f("uq_report_line_report_id_item_id")),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_raw", sa.String(), nullable=False),
        sa.Column("duty", sa.String(length=30), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_task_campaign_id")),
        sa.ForeignKeyConstraint(["item_id"], ["plan_item.id"], name=op.f("fk_task_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("campaign_id", "code", name=op.f("uq_task_campaign_id_code")),
    )
    op.create_index(op.f("ix_task_item_id"), "task", ["item_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("acts_for_id", sa.Integer(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["acts_for_id"], ["unit_group.id"], name=op.f("fk_assignment_acts_for_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_assignment_campaign_id")),
        sa.ForeignKeyConstraint(["group_id"], ["unit_group.id"], name=op.f("fk_assignment_group_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_assignment_task_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_assignment_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("task_id", "unit_id", name=op.f("uq_assignment_task_id_unit_id")),
    )
    op.create_index(op.f("ix_assignment_unit_id"), "assignment", ["unit_id"], unique=False)
    op.create_table(
        "task_deadline",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_task_deadline_deadline_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_deadline_task_id")),
        sa.PrimaryKeyConstraint("task_id", "deadline_id", name=op.f("pk_task_deadline")),
    )
    op.create_index(op.f("ix_task_deadline_deadline_id"), "task_deadline", ["deadline_id"], unique=False)
    op.create_table(
        "task_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(unit_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_task_party_one_party")),
        sa.ForeignKeyConstraint(["group_id"], ["unit_group.id"], name=op.f("fk_task_party_group_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_party_task_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_task_party_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_party")),
        sa.UniqueConstraint("task_id", "position", name=op.f("uq_task_party_task_id_position")),
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("late_from", sa.Date(), nullable=False),
        sa.Column("ready_on", sa.Date(), nullable=True),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.Column("is_backfill", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("missing", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_milestone_assignment_id")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_milestone_campaign_id")),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_milestone_deadline_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_milestone_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["user_account.id"], name=op.f("fk_milestone_submitted_by_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_milestone_task_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_milestone_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint(
            "assignment_id", "deadline_id", name=op.f("uq_milestone_assignment_id_deadline_id")
        ),
    )
    op.create_index(op.f("ix_milestone_day"), "milestone", ["campaign_id", "late_from", "id"], unique=False)
    op.create_index(
        op.f("ix_milestone_late"),
        "milestone",
        ["campaign_id", "late_from", "id"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('open', 'returned') AND NOT (state = 'open' AND is_backfill) AND NOT is_waiting"
        ),
        sqlite_where=sa.text(
            "state IN ('open', 'returned') AND NOT (state = 'open' AND is_backfill) AND NOT is_waiting"
        ),
    )
    op.create_index(
        op.f("ix_milestone_owing"),
        "milestone",
        ["campaign_id", "late_from", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'returned')"),
        sqlite_where=sa.text("state IN ('open', 'returned')"),
    )
    op.create_index(
        op.f("ix_milestone_state"), "milestone", ["campaign_id", "state", "submitted_at"], unique=False
    )
    op.create_index(op.f("ix_milestone_task"), "milestone", ["task_id", "deadline_id"], unique=False)
    op.create_index(op.f("ix_milestone_unit"), "milestone", ["campaign_id", "unit_id"], unique=False)


def downgrade() -> None:
    op.drop_table("milestone")
    op.drop_table("task_party")
    op.drop_table("task_deadline")
    op.drop_table("assignment")
    op.drop_table("task")
    op.drop_table("report_line")
    op.drop_table("item_party")
    op.drop_table("plan_item")
    op.drop_table("notice")
    op.drop_table("monthly_report")
    op.drop_table("reporter")
    op.drop_table("report_period")
    op.drop_table("phase")
    op.drop_table("outbox_message")
    op.drop_table("group_member")
    op.drop_table("event")
    op.drop_table("deadline")
    op.drop_table("alias")
    op.drop_table("user_account")
    op.drop_table("unit_group")
    op.drop_table("campaign")
    op.drop_table("unit")
    op.drop_table("special_day")
    op.drop_table("jurisdiction")
