"""The milestones that are on a rung today, for their units and, in numbers, for the office."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, not_, select
from sqlalchemy.orm import Session

from tracker.milestones.models import Assignment, Milestone
from tracker.milestones.queries import light_is
from tracker.milestones.rules import Day, Light, State
from tracker.people.models import User
from tracker.plan.models import Campaign, Deadline, Task
from tracker.reminders.items import Item
from tracker.reminders.queries.ledger import milestone_told
from tracker.reminders.queries.posts import REMINDED, holds_post
from tracker.reminders.rules import NoticeKind, Window, due_words, is_told, shortened, windows
from tracker.units.models import Unit, UnitGroup

ONE_DAY = timedelta(days=1)


def owing_milestones(session: Session, campaign: Campaign, day: Day) -> Iterator[tuple[int, Item]]:
    """Every untold milestone on a rung, with each person of its unit who hears of it."""
    for window in windows(day.today, day.calendar).values():
        rows = session.execute(
            select(User.id.label("user_id"), *_COLUMNS)
            .select_from(Milestone)
            .join(User, User.unit_id == Milestone.unit_id)
            .join(Assignment, Assignment.id == Milestone.assignment_id)
            .join(Task, Task.id == Milestone.task_id)
            .join(Deadline, Deadline.id == Milestone.deadline_id)
            .outerjoin(UnitGroup, UnitGroup.id == Assignment.acts_for_id)
            .where(
                *on_rung(campaign, window, day),
                User.role.in_([role for role in REMINDED if is_told(role, window.rung)]),
                holds_post(day.today),
                ~milestone_told(window.rung),
            )
            .order_by(Milestone.late_from, Task.position, Milestone.id)
        )
        for row in rows:
            yield row.user_id, _item(campaign, window.rung, row, day)


def overdue_units(session: Session, campaign: Campaign, day: Day) -> Iterator[Item]:
    """What the office is told three working days after the day: each other unit with how many it
    owes, by the day from which they are overdue."""
    window = windows(day.today, day.calendar)[3]
    rows = session.execute(
        select(Unit.id, Unit.short, Milestone.late_from, func.count().label("owed_count"))
        .select_from(Milestone)
        .join(Unit, Unit.id == Milestone.unit_id)
        .where(*on_rung(campaign, window, day), Milestone.unit_id != campaign.office_unit_id)
        .group_by(Unit.id, Unit.short, Unit.position, Milestone.late_from)
        .order_by(Unit.position, Unit.id, Milestone.late_from)
    )
    for row in rows:
        distance = _distance(row.late_from, day)
        yield Item(
            kind=NoticeKind.UNIT_MILESTONES,
            object_id=row.id,
            late_from=row.late_from,
            rung=window.rung,
            campaign_id=campaign.id,
            name=row.short,
            text=f"{row.short}：{row.owed_count} 个节点自 {row.late_from} 起{distance}",
            path=f"/milestones?campaign={campaign.slug}&unit={row.id}&light={Light.LATE.value}",
        )


def on_rung(campaign: Campaign, window: Window, day: Day) -> list[ColumnElement[bool]]:
    """The milestones of the window that their units owe and can tick."""
    found = [
        Milestone.campaign_id == campaign.id,
        light_is(Light.LATE if window.rung > 0 else Light.NEAR, day),
        not_(Milestone.is_waiting),
        Milestone.late_from <= window.last + ONE_DAY,
    ]
    if window.first is not None:
        found.append(Milestone.late_from >= window.first + ONE_DAY)
    return found


def _item(campaign: Campaign, rung: int, row: Any, day: Day) -> Item:
    words = [row.label, row.role.label, *([f"代{row.acts_for}"] if row.acts_for else [])]
    returned = "（已退回）" if row.state is State.RETURNED else ""
    what = f"{row.code}（{'、'.join(words)}）{shortened(row.text)}{returned}"
    return Item(
        kind=NoticeKind.MILESTONE,
        object_id=row.id,
        late_from=row.late_from,
        rung=rung,
        campaign_id=campaign.id,
        name=f"{row.code} {row.label}",
        text=f"{what}：期限 {row.due_on}，{_distance(row.late_from, day)}",
        path=f"/tasks/{row.task_id}?milestone={row.id}",
    )


def _distance(late_from: date, day: Day) -> str:
    return due_words(late_from - ONE_DAY, day.today, day.calendar)


_COLUMNS: tuple[Any, ...] = (
    Milestone.id,
    Milestone.task_id,
    Milestone.late_from,
    Milestone.due_on,
    Milestone.state,
    Task.code,
    Task.text,
    Deadline.label,
    Assignment.role,
    UnitGroup.name.label("acts_for"),
)
