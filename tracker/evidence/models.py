"""A unit's documents, their versions, and the expected materials that they are filed under."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.evidence.rules import EvidenceState
from tracker.files.models import StoredFile
from tracker.people.models import User
from tracker.plan.models import Material
from tracker.units.models import Unit


class Evidence(Base):
    """佐证材料: a document of a unit, with what it is and what it proves; `file` is its newest version.

    `document_number` is 文号, `dated_on` the day on the document, `proves_year` the year for which it
    stands. What was accepted is never overwritten: a newer version stands beside it.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_unit", "campaign_id", "unit_id", "id"),
        Index("ix_evidence_file", "file_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str]
    title: Mapped[str]
    document_number: Mapped[str] = mapped_column(default="")
    issuer: Mapped[str] = mapped_column(default="")
    dated_on: Mapped[date | None]
    proves_year: Mapped[int]
    page_count: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[EvidenceState] = mapped_column(default=EvidenceState.DRAFT)
    reason: Mapped[str] = mapped_column(default="")
    version_count: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship()
    file: Mapped[StoredFile] = relationship()
    created_by: Mapped[User] = relationship(foreign_keys=created_by_id)
    placements: Mapped[list["Placement"]] = relationship(
        back_populates="evidence", cascade="all, delete-orphan", order_by="Placement.id"
    )
    versions: Mapped[list["EvidenceVersion"]] = relationship(
        cascade="all, delete-orphan", order_by="EvidenceVersion.number.desc()"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form

    @property
    def words(self) -> str:
        """Title and 文号, as a report names it: 2023年工作总结（昌农发〔2024〕3号）."""
        return f"{self.title}（{self.document_number}）" if self.document_number else self.title

    @property
    def uploader_id(self) -> int:
        """Who uploaded its newest version."""
        return self.versions[0].by_id


class EvidenceVersion(Base):
    """版本: a content that the document had; `accepted_at` is set on what the office relied on."""

    __tablename__ = "evidence_version"
    __table_args__ = (UniqueConstraint("evidence_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    number: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    file_name: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    accepted_at: Mapped[datetime | None]

    file: Mapped[StoredFile] = relationship()
    by: Mapped[User] = relationship()


class Placement(Base):
    """归档位置: a document filed under an expected material; one document may stand under many.

    Task and unit are repeated so that a desk's page needs one table.
    """

    __tablename__ = "placement"
    __table_args__ = (
        UniqueConstraint("evidence_id", "material_id"),
        Index("ix_placement_task", "task_id", "unit_id"),
        Index("ix_placement_material", "material_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    material_id: Mapped[int] = mapped_column(ForeignKey("material.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))

    evidence: Mapped[Evidence] = relationship(back_populates="placements")
    material: Mapped[Material] = relationship()
