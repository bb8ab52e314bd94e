"""Templates that were replaced stay, for the documents that were issued on them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

IN_USE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("document_template") as batch_op:
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(op.f("uq_document_template_campaign_id_kind"), type_="unique")
    op.create_index(
        "ix_document_template_in_use", "document_template", ["campaign_id", "kind"], unique=True,
        sqlite_where=IN_USE, postgresql_where=IN_USE,
    )  # fmt: skip
