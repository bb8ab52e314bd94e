"""The plan of a campaign as rows: phases, items of its tree, tasks, deadlines, materials, who answers."""

from datetime import date

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.plan.rules import (
    Choice,
    DeadlineKind,
    Duty,
    Gate,
    ItemKind,
    MaterialKind,
    OffDay,
    PartyRole,
    span_words,
    told,
)
from tracker.units.models import Jurisdiction, Unit, UnitGroup

task_deadline = Table(
    "task_deadline",
    Base.metadata,
    Column("task_id", ForeignKey("task.id"), primary_key=True),
    Column("deadline_id", ForeignKey("deadline.id"), primary_key=True, index=True),
)


class Campaign(Base):
    """创建: one effort of a jurisdiction under one plan.

    `is_reporting_edited` says that the office changed day and months of the reports: loading the plan
    again keeps them; `is_report_approved` that a unit's head approves its report. `report_resend_days`
    are the working days within which a returned report sent again keeps its place.
    `is_accepted_by_system` lets a milestone be accepted as soon as it is submitted with all its
    materials; otherwise the office accepts by hand.
    """

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    office_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    plan_title: Mapped[str]
    issued_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    live_on: Mapped[date]
    report_first_month: Mapped[date]
    report_last_month: Mapped[date]
    report_day: Mapped[int]
    is_report_day_inclusive: Mapped[bool] = mapped_column(default=True)
    report_off_day: Mapped[OffDay] = mapped_column(default=OffDay.KEEP)
    is_reporting_edited: Mapped[bool] = mapped_column(default=False)
    is_report_approved: Mapped[bool] = mapped_column(default=False)
    report_resend_days: Mapped[int] = mapped_column(default=2)
    notice_days: Mapped[int]
    office_phone: Mapped[str] = mapped_column(default="")
    is_accepted_by_system: Mapped[bool] = mapped_column(default=False)

    jurisdiction: Mapped[Jurisdiction] = relationship()
    office_unit: Mapped[Unit] = relationship()
    reporters: Mapped[list["Reporter"]] = relationship(order_by="Reporter.id")

    @property
    def organ(self) -> str:
        """发文机关: 昌都市 + 食品药品安全委员会办公室."""
        return self.jurisdiction.name + self.office_unit.name.removeprefix("市")


class Reporter(Base):
    """月报单位: a group, or a single unit, that owes the monthly report while it is switched on.

    `since_on` is the day on which the office switched it on, None for those of the plan; `until_on` that
    on which it was switched off: months due before it stay owed. One that was off for some time has a row
    for each time.
    """

    __tablename__ = "reporter"
    __table_args__ = (CheckConstraint("(unit_id IS NULL) <> (group_id IS NULL)", name="one_party"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("unit_group.id"))
    is_on: Mapped[bool] = mapped_column(default=True)
    since_on: Mapped[date | None]
    until_on: Mapped[date | None]

    unit: Mapped[Unit | None] = relationship()
    group: Mapped[UnitGroup | None] = relationship()


class Phase(Base):
    """阶段: one of the plan's phases; phases may overlap."""

    __tablename__ = "phase"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    gate: Mapped[Gate | None]
    note: Mapped[str] = mapped_column(default="")


class PlanItem(Base):
    """条目: a node of the plan's tree; `code` names it within the campaign (11, 工程9, 阶段4-1)."""

    __tablename__ = "plan_item"
    __table_args__ = (
        UniqueConstraint("campaign_id", "code"),
        Index("ix_plan_item_campaign_kind", "campaign_id", "kind", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("plan_item.id"), index=True)
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id"))
    kind: Mapped[ItemKind]
    code: Mapped[str]
    number: Mapped[int]
    position: Mapped[int]
    title: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    text_raw: Mapped[str] = mapped_column(default="")
    points: Mapped[int | None]
    choice: Mapped[Choice | None]
    choose_count: Mapped[int | None]
    methods: Mapped[list[str]] = mapped_column(default=list)
    method_raw: Mapped[str] = mapped_column(default="")
    is_veto: Mapped[bool] = mapped_column(default=False)
    is_on_site_check: Mapped[bool] = mapped_column(default=False)
    is_online_check: Mapped[bool] = mapped_column(default=False)
    lead_raw: Mapped[str] = mapped_column(default="")
    responsible_raw: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")

    parent: Mapped["PlanItem | None"] = relationship(remote_side=id)
    phase: Mapped[Phase | None] = relationship()
    tasks: Mapped[list["Task"]] = relationship(back_populates="item", order_by="Task.number")
    parties: Mapped[list["ItemParty"]] = relationship(order_by="ItemParty.position")


class ItemParty(Base):
    """An item's lead or responsible unit or group, in the order of the document."""

    __tablename__ = "item_party"
    __table_args__ = (
        UniqueConstraint("item_id", "role", "position"),
        CheckConstraint("(unit_id IS NULL) <> (group_id IS NULL)", name="one_party"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("plan_item.id"))
    role: Mapped[PartyRole]
    position: Mapped[int]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("unit_group.id"))

    unit: Mapped[Unit | None] = relationship()
    group: Mapped[UnitGroup | None] = relationship()


class Task(Base):
    """基本任务: what is to be done; `code` names it within the campaign (11-1, 工程9, 阶段4-1)."""

    __tablename__ = "task"
    __table_args__ = (UniqueConstraint("campaign_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("plan_item.id"), index=True)
    code: Mapped[str]
    number: Mapped[int]
    position: Mapped[int]
    section: Mapped[int | None]
    text: Mapped[str]
    text_raw: Mapped[str] = mapped_column(default="")
    duty: Mapped[Duty]
    note: Mapped[str] = mapped_column(default="")

    item: Mapped[PlanItem] = relationship(back_populates="tasks")
    parties: Mapped[list["TaskParty"]] = relationship(order_by="TaskParty.position")
    deadlines: Mapped[list["Deadline"]] = relationship(secondary=task_deadline, order_by="Deadline.position")
    materials: Mapped[list["Material"]] = relationship(
        back_populates="task", order_by="(Material.position, Material.id)"
    )

    def told(self, most: int = 72, most_about: int = 40) -> str:
        """The task as a list tells it: a bare duty (各县（区）参照落实) with what it is about."""
        return told(self.text, self.item.text, most, most_about)


class TaskParty(Base):
    """A unit or group that leads (the first one answers for the whole) or supports a task."""

    __tablename__ = "task_party"
    __table_args__ = (
        UniqueConstraint("task_id", "position"),
        CheckConstraint("(unit_id IS NULL) <> (group_id IS NULL)", name="one_party"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    role: Mapped[PartyRole]
    position: Mapped[int]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("unit_group.id"))

    unit: Mapped[Unit | None] = relationship()
    group: Mapped[UnitGroup | None] = relationship()


class Material(Base):
    """应备材料: a slot of a task, for one of the materials that its sentence asks for.

    `number` is that of the file, None for a slot that the office added; `words` are the words of the
    sentence, of the task `inherited_from` (its code) where this one follows another. A dropped slot is
    asked of nobody and keeps what hangs on it; one that `is_edited` is as the office wants it.
    """

    __tablename__ = "material"
    __table_args__ = (UniqueConstraint("task_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    number: Mapped[int | None]
    position: Mapped[int]
    name: Mapped[str]
    kind: Mapped[MaterialKind]
    is_per_year: Mapped[bool] = mapped_column(default=False)
    window_years: Mapped[int | None]
    words: Mapped[str] = mapped_column(default="")
    inherited_from: Mapped[str] = mapped_column(default="")
    is_default: Mapped[bool] = mapped_column(default=False)
    is_dropped: Mapped[bool] = mapped_column(default=False)
    is_edited: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")

    task: Mapped[Task] = relationship(back_populates="materials")

    @property
    def span(self) -> str:
        """分年度, 近两年: the time that it has to cover."""
        return span_words(self.is_per_year, self.window_years)

    @property
    def is_added(self) -> bool:
        """Whether the office added it to what the plan asks for."""
        return self.number is None


class Deadline(Base):
    """期限: a day of the campaign by which tasks are due; `opens_on` is the first day to tick."""

    __tablename__ = "deadline"
    __table_args__ = (UniqueConstraint("campaign_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    code: Mapped[str]
    kind: Mapped[DeadlineKind]
    gate: Mapped[Gate | None]
    label: Mapped[str]
    title: Mapped[str]
    opens_on: Mapped[date]
    due_on: Mapped[date]
    position: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
