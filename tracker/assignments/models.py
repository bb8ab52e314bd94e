"""A unit's share of a task."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.people.models import User
from tracker.plan.models import Task
from tracker.plan.rules import PartyRole
from tracker.units.models import Unit, UnitGroup

if TYPE_CHECKING:  # milestones stand above; the table is known by its name
    from tracker.milestones.models import Milestone


class Assignment(Base):
    """任务分工: a unit's own share of a task.

    `is_first` marks the lead that answers for the whole; `group_id` the group through which the
    unit came to it; `acts_for_id` the outside body for which the unit ticks; `left_on` the day on
    which it left the group. `handler_id` is the person of the unit who works on it (经办人), None:
    its liaison; `acknowledged_at` the moment of 签收.
    """

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("task_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    role: Mapped[PartyRole]
    is_first: Mapped[bool] = mapped_column(default=False)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("unit_group.id"))
    acts_for_id: Mapped[int | None] = mapped_column(ForeignKey("unit_group.id"))
    left_on: Mapped[date | None]
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    task: Mapped[Task] = relationship()
    unit: Mapped[Unit] = relationship()
    group: Mapped[UnitGroup | None] = relationship(foreign_keys=group_id)
    acts_for: Mapped[UnitGroup | None] = relationship(foreign_keys=acts_for_id)
    handler: Mapped[User | None] = relationship(foreign_keys=handler_id)
    milestones: Mapped[list["Milestone"]] = relationship(
        back_populates="assignment", order_by="Milestone.planned_on, Milestone.id"
    )


class Reassignment(Base):
    """改派: the office gave a unit's share of a task to another unit; fan-out follows it."""

    __tablename__ = "reassignment"
    __table_args__ = (UniqueConstraint("task_id", "from_unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reason: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
