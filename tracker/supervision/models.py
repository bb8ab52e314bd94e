"""Supervision orders with what they are about, their replies and the extensions asked for."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.evidence.models import Evidence
from tracker.milestones.models import Milestone
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reports.models import ReportPeriod
from tracker.supervision.rules import OrderState, Urgency, Verdict, Way
from tracker.units.models import Unit

PENDING = text("verdict = 'pending'")

order_supporter = Table(
    "order_supporter",
    Base.metadata,
    Column("order_id", ForeignKey("supervision_order.id"), primary_key=True),
    Column("unit_id", ForeignKey("unit.id"), primary_key=True, index=True),
)
order_reply_evidence = Table(
    "order_reply_evidence",
    Base.metadata,
    Column("reply_id", ForeignKey("order_reply.id"), primary_key=True),
    Column("evidence_id", ForeignKey("evidence.id"), primary_key=True, index=True),
)


class Order(Base):
    """督办单: what the office orders a unit to do about overdue items.

    The number is given when it is issued; `reference` is 文号 as it was written then. `planned_on` is
    the day that it was issued with, `due_on` the day in force. `changed_at` is when its state changed.
    """

    __tablename__ = "supervision_order"
    __table_args__ = (
        UniqueConstraint("campaign_id", "year", "number"),
        CheckConstraint("(number IS NULL) = (state = 'draft')", name="numbered"),
        Index("ix_supervision_order_unit", "campaign_id", "unit_id"),
        Index("ix_supervision_order_state", "campaign_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[OrderState] = mapped_column(default=OrderState.DRAFT)
    year: Mapped[int | None]
    number: Mapped[int | None]
    reference: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    requirement: Mapped[str]
    urgency: Mapped[Urgency] = mapped_column(default=Urgency.NORMAL)
    signer: Mapped[str] = mapped_column(default="")
    planned_on: Mapped[date]
    due_on: Mapped[date]
    drafted_at: Mapped[datetime]
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    issued_at: Mapped[datetime | None]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    return_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    campaign: Mapped[Campaign] = relationship()
    unit: Mapped[Unit] = relationship()
    supporters: Mapped[list[Unit]] = relationship(secondary=order_supporter, order_by=Unit.position)
    drafted_by: Mapped[User] = relationship(foreign_keys=drafted_by_id)
    issued_by: Mapped[User | None] = relationship(foreign_keys=issued_by_id)
    acknowledged_by: Mapped[User | None] = relationship(foreign_keys=acknowledged_by_id)
    items: Mapped[list["OrderItem"]] = relationship(
        back_populates="order", cascade="all, delete-orphan", order_by="OrderItem.id"
    )
    replies: Mapped[list["OrderReply"]] = relationship(back_populates="order", order_by="OrderReply.id")
    extensions: Mapped[list["OrderExtension"]] = relationship(
        back_populates="order", order_by="OrderExtension.id"
    )

    @property
    def name(self) -> str:
        """文号, or for a draft what it is about."""
        return self.reference or f"{self.title}（草稿）"

    @property
    def reply(self) -> "OrderReply | None":
        """The newest reply."""
        return self.replies[-1] if self.replies else None

    @property
    def asked(self) -> "OrderExtension | None":
        """The extension that waits for its answer."""
        return next((one for one in self.extensions if one.verdict is Verdict.PENDING), None)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form


class OrderItem(Base):
    """督办事项: an overdue milestone or a missing report, with its words as they were then."""

    __tablename__ = "order_item"
    __table_args__ = (
        CheckConstraint("(milestone_id IS NULL) <> (period_id IS NULL)", name="one_thing"),
        UniqueConstraint("order_id", "milestone_id"),
        UniqueConstraint("order_id", "period_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("supervision_order.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"), index=True)
    period_id: Mapped[int | None] = mapped_column(ForeignKey("report_period.id"))
    words: Mapped[str]
    due_on: Mapped[date]

    order: Mapped[Order] = relationship(back_populates="items")
    milestone: Mapped[Milestone | None] = relationship()
    period: Mapped[ReportPeriod | None] = relationship()


class OrderReply(Base):
    """反馈: what the unit did, with proofs; `verdict` is granted when it closed the order, refused when
    it was returned, with the checker's words in `answer`."""

    __tablename__ = "order_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("supervision_order.id"), index=True)
    text: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    verdict: Mapped[Verdict] = mapped_column(default=Verdict.PENDING)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    order: Mapped[Order] = relationship(back_populates="replies")
    by: Mapped[User] = relationship(foreign_keys=by_id)
    answered_by: Mapped[User | None] = relationship(foreign_keys=answered_by_id)
    proofs: Mapped[list[Evidence]] = relationship(secondary=order_reply_evidence, order_by=Evidence.id)


class OrderExtension(Base):
    """督办延期: a later day that the unit asked for, and the office's answer; one waits at a time."""

    __tablename__ = "order_extension"
    __table_args__ = (
        Index(
            "uq_order_extension_pending",
            "order_id",
            unique=True,
            sqlite_where=PENDING,
            postgresql_where=PENDING,
        ),
        Index("ix_order_extension_order", "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("supervision_order.id"))
    old_due_on: Mapped[date]
    new_due_on: Mapped[date]
    reason: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    verdict: Mapped[Verdict] = mapped_column(default=Verdict.PENDING)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    order: Mapped[Order] = relationship(back_populates="extensions")
    by: Mapped[User] = relationship(foreign_keys=by_id)
    answered_by: Mapped[User | None] = relationship(foreign_keys=answered_by_id)


class Contact(Base):
    """催办记录: the office got in touch with a unit about what it has overdue, and what it was told; with
    `person` of the unit, about `about`, by the order that it stands under where there is one."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_unit", "campaign_id", "unit_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("supervision_order.id"), index=True)
    way: Mapped[Way]
    person: Mapped[str]
    about: Mapped[str]
    answer: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    unit: Mapped[Unit] = relationship()
    by: Mapped[User] = relationship()
