"""What the filter of the ledger offers, and what the names typed into it mean."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.plan.models import Campaign, Deadline, PlanItem, Task
from tracker.plan.rules import is_bare
from tracker.units.models import Alias, Unit

MOST_UNITS = 60
"""With more units than these the filter takes a name instead of offering a list."""
NOBODY = 0
"""The id of no row: what a name means that nobody has."""

Choice = tuple[int, str]


@dataclass(frozen=True)
class Place:
    """A task, or an item of the plan with what stands under it; neither means everywhere."""

    item_id: int | None = None
    task_id: int | None = None


@dataclass(frozen=True)
class Choices:
    """What the filter offers, by id or number and name; the units are None when they are too many.

    `abouts` is what a bare task (各县（区）参照落实) is about, by task.
    """

    units: list[Choice] | None
    deadlines: list[Choice]
    sections: list[Choice]
    abouts: dict[int, str]


def choices_of(session: Session, campaign: Campaign) -> Choices:
    """What the filter offers for a campaign."""
    return Choices(
        _units(session, campaign),
        _deadlines(session, campaign),
        _sections(session, campaign),
        abouts_of(session, campaign),
    )


def _units(session: Session, campaign: Campaign) -> list[Choice] | None:
    rows = session.execute(
        select(Unit.id, Unit.short)
        .where(Unit.jurisdiction_id == campaign.jurisdiction_id)
        .order_by(Unit.position, Unit.id)
        .limit(MOST_UNITS + 1)
    ).all()
    return None if len(rows) > MOST_UNITS else [(row.id, row.short) for row in rows]


def _deadlines(session: Session, campaign: Campaign) -> list[Choice]:
    """The deadlines by label; those that share one are told by their titles."""
    rows = session.execute(
        select(Deadline.id, Deadline.label, Deadline.title)
        .where(Deadline.campaign_id == campaign.id)
        .order_by(Deadline.position)
    ).all()
    labels = [row.label for row in rows]
    return [
        (row.id, row.label if labels.count(row.label) == 1 else f"{row.label}：{row.title}") for row in rows
    ]


def _sections(session: Session, campaign: Campaign) -> list[Choice]:
    rows = session.execute(
        select(PlanItem.number, PlanItem.title)
        .where(PlanItem.campaign_id == campaign.id, PlanItem.kind == "section")
        .order_by(PlanItem.number)
    )
    return [(number, title) for number, title in rows]


def abouts_of(session: Session, campaign: Campaign) -> dict[int, str]:
    """What the bare tasks (各县（区）参照落实) of a campaign are about, by task."""
    rows = session.execute(
        select(Task.id, Task.text, PlanItem.text.label("about"))
        .join(PlanItem, PlanItem.id == Task.item_id)
        .where(Task.campaign_id == campaign.id)
    )
    return {row.id: row.about for row in rows if is_bare(row.text, row.about)}


def unit_named(session: Session, campaign: Campaign, name: str) -> int:
    """The id of the unit that goes by `name`; `NOBODY` when there is none."""
    own = Unit.jurisdiction_id == campaign.jurisdiction_id
    by_name = select(Unit.id).where(own, (Unit.short == name) | (Unit.name == name)).limit(1)
    by_alias = select(Alias.unit_id).join(Unit, Unit.id == Alias.unit_id).where(own, Alias.name == name)
    return session.scalar(by_name) or session.scalar(by_alias.limit(1)) or NOBODY


def unit_short(session: Session, campaign: Campaign, unit_id: int) -> str:
    """The short name of a unit of the campaign's jurisdiction; empty when there is none."""
    own = select(Unit.short).where(Unit.id == unit_id, Unit.jurisdiction_id == campaign.jurisdiction_id)
    return session.scalar(own) or ""


def place_named(session: Session, campaign: Campaign, code: str) -> Place:
    """What 11-1 (a task), 11 (an indicator), 要点3 or 工程9 means in the plan."""
    if not code:
        return Place()
    task = select(Task.id).where(Task.campaign_id == campaign.id, Task.code == code)
    if task_id := session.scalar(task):
        return Place(task_id=task_id)
    item = select(PlanItem.id).where(PlanItem.campaign_id == campaign.id, PlanItem.code == code)
    return Place(item_id=session.scalar(item) or NOBODY)
