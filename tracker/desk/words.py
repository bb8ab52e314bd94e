"""What the plan says of each task, as a desk row words it; the same for everybody, whatever the day."""

from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from tracker.plan.models import Campaign, Deadline, PlanItem, Task, TaskParty
from tracker.plan.rules import ItemKind, Method, PartyRole, told
from tracker.units.models import Unit, UnitGroup

Parties = list[tuple[PartyRole, str]]


class TaskWords(NamedTuple):
    """`as_lead` and `as_support` say where the task stands in the plan and with whom it is done."""

    code: str
    text: str
    as_lead: str
    as_support: str


class DeadlineWords(NamedTuple):
    """`place` is where the deadline's milestone stands among those of its share: by day."""

    label: str
    title: str
    place: int


def task_words(session: Session, campaign: Campaign) -> dict[int, TaskWords]:
    """The words of all tasks of the campaign, by task."""
    point = aliased(PlanItem)
    query = (
        select(
            Task.id,
            Task.code,
            Task.text,
            PlanItem.text,
            PlanItem.kind,
            PlanItem.methods,
            point.number,
            point.title,
        )
        .join(PlanItem, PlanItem.id == Task.item_id)
        .outerjoin(point, point.id == PlanItem.parent_id)
        .where(Task.campaign_id == campaign.id)
    )
    parties = _parties(session, campaign)
    return {
        task_id: TaskWords(
            code,
            told(text, about),
            *(
                _line(_context(kind, number, title, methods), role, parties[task_id])
                for role in (PartyRole.LEAD, PartyRole.SUPPORT)
            ),
        )
        for task_id, code, text, about, kind, methods, number, title in session.execute(query)
    }


def deadline_words(session: Session, campaign: Campaign) -> dict[int, DeadlineWords]:
    """The words of all deadlines of the campaign, by deadline."""
    query = (
        select(Deadline.id, Deadline.label, Deadline.title)
        .where(Deadline.campaign_id == campaign.id)
        .order_by(Deadline.due_on, Deadline.id)
    )
    return {row.id: DeadlineWords(row.label, row.title, n) for n, row in enumerate(session.execute(query))}


def _parties(session: Session, campaign: Campaign) -> dict[int, Parties]:
    query = (
        select(TaskParty.task_id, TaskParty.role, Unit.short, UnitGroup.name)
        .join(Task, Task.id == TaskParty.task_id)
        .outerjoin(Unit, Unit.id == TaskParty.unit_id)
        .outerjoin(UnitGroup, UnitGroup.id == TaskParty.group_id)
        .where(Task.campaign_id == campaign.id)
        .order_by(TaskParty.task_id, TaskParty.position)
    )
    found: dict[int, Parties] = defaultdict(list)
    for task_id, role, unit, group in session.execute(query):
        found[task_id].append((role, unit or group))
    return found


def _context(kind: ItemKind, number: int | None, title: str | None, methods: list[str]) -> str:
    place = kind.label if title is None or kind is not ItemKind.INDICATOR else f"{number} {title}"
    words = "、".join(Method(method).label for method in methods)
    return f"{place} · {words}" if words else place


def _line(context: str, role: PartyRole, parties: Parties) -> str:
    """1 食用农产品 · 资料审查 · 牵头 · 配合：市公安局、市教育局"""
    other = PartyRole.SUPPORT if role is PartyRole.LEAD else PartyRole.LEAD
    names = [name for party_role, name in parties if party_role is other]
    shown = "、".join(names[:4]) + (f"等 {len(names)} 家" if len(names) > 4 else "")
    return " · ".join((context, role.label, *([f"{other.label}：{shown}"] if names else [])))
