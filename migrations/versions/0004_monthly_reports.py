"""Monthly reports: more fields of a line, proofs, 零报告, what was submitted as versions."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_report_version_by_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["monthly_report.id"], name=op.f("fk_report_version_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_version")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_report_version_report_id_number")),
    )
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
    op.create_table(
        "report_scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_report_scan_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_report_scan_file_id")),
        sa.ForeignKeyConstraint(["report_id"], ["monthly_report.id"], name=op.f("fk_report_scan_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_scan")),
    )
    with op.batch_alter_table("report_scan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_scan_file_id"), ["file_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_scan_report_id"), ["report_id"], unique=False)
    with op.batch_alter_table("report_line_evidence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_report_line_evidence_evidence_id"), ["evidence_id"], unique=False
        )

    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_report_day_inclusive", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.add_column(
            sa.Column("report_off_day", sa.String(length=30), nullable=False, server_default="keep")
        )
        batch_op.add_column(
            sa.Column("is_report_approved", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("is_reporting_edited", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("report_resend_days", sa.Integer(), nullable=False, server_default="2"))

    with op.batch_alter_table("monthly_report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("correction_reason", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("resend_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("approved_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("pending_from", sa.String(length=30), nullable=True))
        batch_op.add_column(sa.Column("head_words", sa.String(), nullable=False, server_default=""))
        batch_op.create_foreign_key(
            batch_op.f("fk_monthly_report_approved_by_id"), "user_account", ["approved_by_id"], ["id"]
        )
        batch_op.add_column(sa.Column("is_nil", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("nil_reason", sa.String(), nullable=False, server_default=""))

    _keep_what_was_submitted()
    with op.batch_alter_table("report_line", schema=None) as batch_op:
        batch_op.drop_column("sent")
        batch_op.add_column(sa.Column("percent", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("figures", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("return_reason", sa.String(), nullable=False, server_default=""))


def _keep_what_was_submitted() -> None:
    """Each report that was submitted gets its first version; of a returned one what was sent before."""
    rows = list(_submitted())
    if rows:
        op.bulk_insert(VERSION, rows)


def _submitted() -> Iterator[dict[str, Any]]:
    bind = op.get_bind()
    items = {row.id: row for row in bind.execute(sa.select(ITEM))}
    query = (
        sa.select(
            REPORT, UNIT.c.name.label("unit"), PERIOD.c.month, USER.c.name.label("writer"), USER.c.phone
        )
        .add_columns((USER.c.unit_id != UNIT.c.id).label("is_on_behalf"))
        .join(UNIT, UNIT.c.id == REPORT.c.unit_id)
        .join(PERIOD, PERIOD.c.id == REPORT.c.period_id)
        .join(USER, USER.c.id == REPORT.c.submitted_by_id)
        .where(REPORT.c.first_submitted_at.is_not(None))
    )
    for report in bind.execute(query).all():
        lines = bind.execute(sa.select(LINE).where(LINE.c.report_id == report.id).order_by(LINE.c.position))
        was_returned = report.state == "returned"
        content = {
            "unit": report.unit,
            "month": f"{report.month:%Y-%m}",
            "writer": report.writer,
            "phone": report.phone,
            "lines": [_line(line, items) for line in lines if not was_returned or line.sent is not None],
            "approver": "",
            "is_on_behalf": bool(report.is_on_behalf),
            "is_nil": False,
        }
        yield {
            "report_id": report.id,
            "number": 1,
            "at": report.submitted_at,
            "by_id": report.submitted_by_id,
            "reason": "",
            "content": content,
        }


def _line(line: Any, items: dict[int, Any]) -> dict[str, Any]:
    item = node = items[line.item_id]
    while node is not None and node.kind != "section":
        node = items.get(node.parent_id)
    is_indicator = item.kind == "indicator"
    names = ("progress", "problems", "next_steps", "has_no_progress", "reason")
    text = line.sent or {name: getattr(line, name) for name in names}
    return {
        "item_id": item.id,
        "number": str(item.number) if is_indicator else item.code,
        "name": f"指标 {item.number}" if is_indicator else item.code,
        "heading": node.title
        if node is not None
        else {"project": "提升工程", "action": "专项行动"}.get(item.kind, ""),
        "title": item.title,
        "content": item.text,
        "percent": "",
        "figures": "",
        "proofs": [],
        "last_next_steps": "",
        **text,
    }


MOMENT = sa.DateTime(timezone=True)
REPORT = sa.table(
    "monthly_report",
    *map(sa.column, ("id", "unit_id", "period_id", "state", "submitted_by_id")),
    sa.column("submitted_at", MOMENT),
    sa.column("first_submitted_at", MOMENT),
)
UNIT = sa.table("unit", sa.column("id"), sa.column("name"))
PERIOD = sa.table("report_period", sa.column("id"), sa.column("month", sa.Date()))
USER = sa.table("user_account", *map(sa.column, ("id", "unit_id", "name", "phone")))
ITEM = sa.table("plan_item", *map(sa.column, ("id", "parent_id", "kind", "code", "number", "title", "text")))
LINE = sa.table(
    "report_line",
    *map(sa.column, ("report_id", "item_id", "position", "progress", "problems", "next_steps", "reason")),
    sa.column("has_no_progress", sa.Boolean()),
    sa.column("sent", sa.JSON()),
)
VERSION = sa.table(
    "report_version",
    *map(sa.column, ("report_id", "number", "by_id", "reason")),
    sa.column("at", MOMENT),
    sa.column("content", sa.JSON()),
)
