"""Which templates a campaign's documents are laid out by, and were."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.files.models import StoredFile
from tracker.people.models import User
from tracker.stationery.rules import DocumentKind

IN_USE = text("ended_at IS NULL")


class DocumentTemplate(Base):
    """公文模板: the office's own layout of a kind of document, where it uploaded one.

    It belongs to the campaign, as the numbers of the documents do: two campaigns of one city may have
    two offices, each with its own head on the paper. One that was replaced stays with the moment at which
    that was, `ended_at`: what was issued until then is laid out by it for ever.
    """

    __tablename__ = "document_template"
    __table_args__ = (
        Index(
            "ix_document_template_in_use",
            "campaign_id",
            "kind",
            unique=True,
            sqlite_where=IN_USE,
            postgresql_where=IN_USE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[DocumentKind]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    file_name: Mapped[str]
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    file: Mapped[StoredFile] = relationship()
    by: Mapped[User] = relationship()
