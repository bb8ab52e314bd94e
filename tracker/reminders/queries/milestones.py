"""The milestones that are on a rung today, for their units and, in numbers, for the office."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, and_, bindparam, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.assignments.models import Assignment
from tracker.milestones.models import Milestone
from tracker.milestones.queries import TO_BE_NAMED, light_is
from tracker.milestones.rules import Day, Light, State
from tracker.people.models import User
from tracker.people.queries import in_service
from tracker.people.rules import Role
from tracker.plan.models import Campaign, Deadline, PlanItem, Task
from tracker.plan.rules import told
from tracker.reminders.items import Item
from tracker.reminders.queries.ledger import milestone_told
from tracker.reminders.queries.posts import REMINDED
from tracker.reminders.rules import NoticeKind, due_words, quoted
from tracker.reminders.rules.ladder import Audience, LadderKind, Ladders, Window, is_told, windows
from tracker.units.models import Unit, UnitGroup

ONE_DAY = timedelta(days=1)
MOST_WORDS = 60
"""Characters of a task's sentence in a line."""
MOST_NAMES = 3
"""Milestones that a line about a unit names before it only counts."""


def owing_milestones(
    session: Session, campaign: Campaign, ladders: Ladders, day: Day
) -> Iterator[tuple[int, Item]]:
    """Every untold milestone on a rung, with each person of its unit who hears of it: its 经办人, or all
    liaisons of the unit where there is none in service; and the head."""
    for kind, window in _windows(ladders, day):
        roles = tuple(role for role in REMINDED if is_told(role, window.rung))
        lines = _untold_lines(roles, kind, is_past=window.rung.days > 0)
        for row in session.execute(lines, _values(campaign, window, day)):
            item = _item(campaign, window.rung.days, row, day)
            yield row.user_id, replace(item, channel=window.rung.channel)


@lru_cache  # a rung has the same statement every day, and building it takes longer than running it
def _untold_lines(roles: tuple[Role, ...], kind: LadderKind, *, is_past: bool) -> Select[*tuple[Any, ...]]:
    return (
        lines_for(roles, TO_BE_NAMED.today)
        .where(*_on_rung(kind, is_past=is_past), ~milestone_told(bindparam("rung", type_=Integer)))
        .order_by(Milestone.late_from, Task.position, Milestone.id)
    )


def _windows(ladders: Ladders, day: Day) -> Iterator[tuple[LadderKind, Window]]:
    """The rungs on which milestones stand: those that were returned have a ladder of their own."""
    for kind in (LadderKind.MILESTONE, LadderKind.RETURNED):
        for window in windows(ladders[kind], day.today, day.calendar):
            yield kind, window


def lines_for(roles: Collection[Role], today: date | BindParameter[date]) -> Select[*tuple[Any, ...]]:
    """Milestones with each person of these roles who is told of them."""
    return (
        _LINES.add_columns(User.id.label("user_id"))
        .join(User, User.unit_id == Milestone.unit_id)
        .outerjoin(_handler, and_(_handler.id == Assignment.handler_id, _is_in_post(today)))
        .where(
            User.role.in_(roles),
            in_service(today),
            or_(_handler.id.is_(None), User.id == _handler.id, User.role == Role.UNIT_HEAD),
        )
    )


def _is_in_post(today: date | BindParameter[date]) -> ColumnElement[bool]:
    return and_(in_service(today, _handler), _handler.unit_id == Milestone.unit_id)


def nudge_items(
    session: Session, campaign: Campaign, milestone_ids: Collection[int], day: Day
) -> dict[int, Item]:
    """The lines of milestones that are urged today, by milestone."""
    rows = session.execute(
        _LINES.where(Milestone.id.in_(milestone_ids)).order_by(
            Milestone.late_from, Task.position, Milestone.id
        )
    )
    return {
        row.id: replace(_item(campaign, 0, row, day), kind=NoticeKind.NUDGE, late_from=day.today)
        for row in rows
    }


def late_counts(session: Session, campaign: Campaign, day: Day) -> dict[int, int]:
    """How many milestones each unit that owes one late has late, as its ledger counts them."""
    rows = session.execute(_LATE_COUNTS, {"campaign_id": campaign.id, "today": day.today})
    return {row.unit_id: row[1] for row in rows}


def overdue_units(
    session: Session,
    campaign: Campaign,
    ladders: Ladders,
    day: Day,
    late: Mapping[int, int],
    *,
    to: Audience,
) -> Iterator[Item]:
    """What the office, or a leader, is told on the rungs past the day: each unit but the office's own with
    what it owes, by the day from which that is overdue; `late` tells how much every unit has late in all."""
    for kind, window in _windows(ladders, day):
        if to in window.rung.to and window.rung.days > 0:
            yield from _overdue_units(session, campaign, kind, window, day, late)


def _overdue_units(
    session: Session,
    campaign: Campaign,
    kind: LadderKind,
    window: Window,
    day: Day,
    late: Mapping[int, int],
) -> Iterator[Item]:
    values = {**_values(campaign, window, day), "office_unit_id": campaign.office_unit_id}
    rows = session.execute(_lines_of_units(kind), values)
    is_returned = kind is LadderKind.RETURNED
    what = "退回后未重新提交：" if is_returned else ""
    for (unit_id, late_from), group in groupby(rows, lambda row: (row.unit_id, row.late_from)):
        owed = list(group)
        ledger = f"/milestones?campaign={campaign.slug}&unit={unit_id}&light={Light.LATE.value}"
        total = f"该单位现有逾期共 {late[unit_id]} 项"
        task = f"/tasks/{owed[0].task_id}?milestone={owed[0].id}"
        yield Item(
            kind=NoticeKind.UNIT_RETURNED if is_returned else NoticeKind.UNIT_MILESTONES,
            object_id=unit_id,
            late_from=late_from,
            rung=window.rung.days,
            campaign_id=campaign.id,
            name=owed[0].short,
            text=f"{owed[0].short}：{what}{_named(owed)}（{_since(owed, day)}；{total}）",
            path=task if len(owed) == 1 else ledger,
            channel=window.rung.channel,
        )


@lru_cache
def _lines_of_units(kind: LadderKind) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Unit.id.label("unit_id"), Unit.short, Milestone.id, Milestone.task_id,
            Milestone.late_from, Milestone.due_on, Task.code, Deadline.label,
        )
        .select_from(Milestone)
        .join(Unit, Unit.id == Milestone.unit_id)
        .join(Task, Task.id == Milestone.task_id)
        .join(Deadline, Deadline.id == Milestone.deadline_id)
        .where(*_on_rung(kind, is_past=True), Milestone.unit_id != bindparam("office_unit_id"))
        .order_by(Unit.position, Unit.id, Milestone.late_from, Task.position, Milestone.id)
    )  # fmt: skip


def _named(owed: Sequence[Any]) -> str:
    """31-3 自评、31-4 自评、32-1 自评等 5 项."""
    names = list(dict.fromkeys(f"{row.code} {row.label}" for row in owed))
    listed = "、".join(names[:MOST_NAMES])
    return f"{listed}等 {len(owed)} 项" if len(names) > MOST_NAMES else listed


def _since(owed: Sequence[Any], day: Day) -> str:
    """期限 2024-03-19，已逾期 3 个工作日; without one day for all: 自 2024-03-20 起已逾期 3 个工作日."""
    late_from, days = owed[0].late_from, {row.due_on for row in owed}
    when = f"期限 {owed[0].due_on}，" if len(days) == 1 else f"自 {late_from} 起"
    return f"{when}已{_distance(late_from, day)}"


def _on_rung(kind: LadderKind, *, is_past: bool) -> list[ColumnElement[bool]]:
    """The milestones of a window that their units owe and can tick, returned or not as `kind` says; the
    window comes with `_values`."""
    is_returned = Milestone.state == State.RETURNED
    is_ahead = or_(light_is(Light.NEAR, TO_BE_NAMED), light_is(Light.AHEAD, TO_BE_NAMED))
    return [
        Milestone.campaign_id == bindparam("campaign_id"),
        is_returned if kind is LadderKind.RETURNED else not_(is_returned),
        light_is(Light.LATE, TO_BE_NAMED) if is_past else is_ahead,
        not_(Milestone.is_waiting),
        Milestone.late_from.between(bindparam("first"), bindparam("last")),
    ]


def _values(campaign: Campaign, window: Window, day: Day) -> dict[str, Any]:
    """What a statement of `_on_rung` is run with."""
    return {
        "campaign_id": campaign.id,
        "today": day.today,
        "near_through": day.near_through,
        "rung": window.rung.days,
        "first": (window.first or date.min) + ONE_DAY,
        "last": window.last + ONE_DAY,
    }


def _item(campaign: Campaign, rung: int, row: Any, day: Day) -> Item:
    is_returned = row.state is State.RETURNED
    why = f"；退回原因：{quoted(row.reason)}" if is_returned else ""
    return Item(
        kind=NoticeKind.MILESTONE,
        object_id=row.id,
        late_from=row.late_from,
        rung=rung,
        campaign_id=campaign.id,
        name=f"{row.code} {row.label}",
        text=f"{line_words(row)}{'（已退回）' if is_returned else ''}"
        f"：期限 {row.due_on}，{_distance(row.late_from, day)}{why}",
        path=f"/tasks/{row.task_id}?milestone={row.id}",
    )


def line_words(row: Any) -> str:
    """Which milestone a line is about: 71-2（自评、牵头、代各承保公司）积极推行食品安全责任保险."""
    words = [row.label, row.role.label, *([f"代{row.acts_for}"] if row.acts_for else [])]
    return f"{row.code}（{'、'.join(words)}）{told(row.text, row.about, MOST_WORDS)}"


def _distance(late_from: date, day: Day) -> str:
    return due_words(late_from - ONE_DAY, day.today, day.calendar)


_handler = aliased(User)
_LINES: Select[*tuple[Any, ...]] = (
    select(
        Milestone.id,
        Milestone.task_id,
        Milestone.late_from,
        Milestone.due_on,
        Milestone.state,
        Milestone.reason,
        Task.code,
        Task.text,
        PlanItem.text.label("about"),
        Deadline.label,
        Assignment.role,
        UnitGroup.name.label("acts_for"),
    )
    .select_from(Milestone)
    .join(Assignment, Assignment.id == Milestone.assignment_id)
    .join(Task, Task.id == Milestone.task_id)
    .join(PlanItem, PlanItem.id == Task.item_id)
    .join(Deadline, Deadline.id == Milestone.deadline_id)
    .outerjoin(UnitGroup, UnitGroup.id == Assignment.acts_for_id)
)
_LATE_COUNTS = (
    select(Milestone.unit_id, func.count())
    .where(Milestone.campaign_id == bindparam("campaign_id"), light_is(Light.LATE, TO_BE_NAMED))
    .group_by(Milestone.unit_id)
)
