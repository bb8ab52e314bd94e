"""Jurisdictions, units, groups and aliases."""

from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Table, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.units.rules import UnitKind

group_member = Table(
    "group_member",
    Base.metadata,
    Column("group_id", ForeignKey("unit_group.id"), primary_key=True),
    Column("unit_id", ForeignKey("unit.id"), primary_key=True, index=True),
    Column("joined_on", Date),
)
"""`joined_on` is the day on which the office added the unit, empty for those of the plan: months of the
report that were due before it are not owed."""


class Jurisdiction(Base):
    """辖区: a city or district; owns its units, people and campaigns.

    `edition` is raised whenever its units, its plans' words or its working calendar change: whoever
    keeps some of them in memory sees by it that they are old.
    """

    __tablename__ = "jurisdiction"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    timezone: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("jurisdiction.id"))
    edition: Mapped[int] = mapped_column(default=1)

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone, in which its days begin and end."""
        return ZoneInfo(self.timezone)


class Unit(Base):
    """单位: a department, county, zone or outside body of a jurisdiction.

    `plan_name` is the name by which the plan knows a unit that was renamed, empty for all others.
    `merged_into` is the unit into which this one was merged (合并): what the plan says of it means that one.
    """

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    name: Mapped[str]
    short: Mapped[str]
    plan_name: Mapped[str] = mapped_column(default="", server_default="")
    kind: Mapped[UnitKind]
    code: Mapped[str | None]
    position: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))

    jurisdiction: Mapped[Jurisdiction] = relationship()
    merged_into: Mapped["Unit | None"] = relationship(remote_side=id)
    aliases: Mapped[list["Alias"]] = relationship(back_populates="unit", order_by="Alias.id")
    groups: Mapped[list["UnitGroup"]] = relationship(
        secondary=group_member, back_populates="members", order_by="UnitGroup.id"
    )


class UnitGroup(Base):
    """集合: 各县（区）, 各成员单位 and the like; fan-out follows its membership.

    `is_presumed` (推定): the plan does not list the members; `is_edited`: the office has said who they
    are, and loading the plan again leaves them alone.
    """

    __tablename__ = "unit_group"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    name: Mapped[str]
    is_presumed: Mapped[bool] = mapped_column(default=False)
    is_edited: Mapped[bool] = mapped_column(default=False)
    acts_through_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    note: Mapped[str] = mapped_column(default="")

    members: Mapped[list[Unit]] = relationship(
        secondary=group_member, back_populates="groups", order_by=Unit.position
    )
    acts_through: Mapped[Unit | None] = relationship()
    aliases: Mapped[list["Alias"]] = relationship(back_populates="group", order_by="Alias.id")


class Alias(Base):
    """别名: another name of exactly one unit or one group of a jurisdiction."""

    __tablename__ = "alias"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "name"),
        CheckConstraint("(unit_id IS NULL) <> (group_id IS NULL)", name="one_owner"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    name: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("unit_group.id"), index=True)

    unit: Mapped[Unit | None] = relationship(back_populates="aliases")
    group: Mapped[UnitGroup | None] = relationship(back_populates="aliases")
