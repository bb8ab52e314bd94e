"""The plan as the page 指标任务 shows it: parts, their points, their items, and who answers for each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.plan.models import Campaign, ItemParty, Phase, PlanItem, Task, TaskParty
from tracker.plan.rules import ItemKind, Method, PartyRole
from tracker.units.models import Unit, UnitGroup, group_member


@dataclass(frozen=True)
class TaskLine:
    """A task under its item; `is_linked` when the reader may open its page."""

    task: Task
    lead: str
    supporting: str
    is_linked: bool


@dataclass(frozen=True)
class ItemBox:
    """An indicator, initiative, phase task or requirement with its tasks."""

    item: PlanItem
    methods: str
    responsible: str
    lead: str
    tasks: list[TaskLine]


@dataclass
class Group:
    """Items under one heading: an evaluation point, a phase, or the whole of a part."""

    title: str = ""
    boxes: list[ItemBox] = field(default_factory=list)


@dataclass
class Part:
    """A part of the plan: a section of the annex, the projects, the actions, the phases, the requirements."""

    name: str
    title: str
    groups: list[Group]

    @property
    def count(self) -> int:
        return sum(len(group.boxes) for group in self.groups)


@dataclass(frozen=True)
class Reader:
    """Whose tasks are linked: everybody's, or those in whose items the unit has a share."""

    unit: Unit
    reads_all: bool


OTHER_PARTS = (ItemKind.PROJECT, ItemKind.ACTION, ItemKind.PHASE_TASK, ItemKind.REQUIREMENT)


def part_names(session: Session, campaign: Campaign) -> list[tuple[str, str]]:
    """The parts of the plan by name and title, in the order of the page."""
    sections = session.execute(
        select(PlanItem.number, PlanItem.title)
        .where(PlanItem.campaign_id == campaign.id, PlanItem.kind == ItemKind.SECTION)
        .order_by(PlanItem.number)
    )
    return [
        *((str(number), title) for number, title in sections),
        *((kind.value, kind.label) for kind in OTHER_PARTS),
    ]


def plan_parts(
    session: Session,
    campaign: Campaign,
    reader: Reader,
    *,
    part: str = "",
    unit: Unit | None = None,
    text: str = "",
) -> list[Part]:
    """The parts of the plan, or the one named `part`, with the items that concern `unit` and hold
    every word of `text`; parts without any are left out."""
    titles = dict(part_names(session, campaign))
    parts: dict[str, Part] = {}
    groups: dict[tuple[str, str], Group] = {}
    own = _unit_ids_and_groups(session, reader.unit)
    concerned = _unit_ids_and_groups(session, unit) if unit else None
    for item in _items(session, campaign, part):
        if (concerned and not _names(item, concerned)) or not _holds(item, text.split()):
            continue
        name, heading = _place(item)
        page_part = parts.setdefault(name, Part(name, titles[name], []))
        if (name, heading) not in groups:
            groups[name, heading] = Group(heading)
            page_part.groups.append(groups[name, heading])
        groups[name, heading].boxes.append(_box(item, reader, own))
    return [parts[name] for name in titles if name in parts]


Own = tuple[int, frozenset[int]]


def _unit_ids_and_groups(session: Session, unit: Unit) -> Own:
    """A unit with the groups through which it acts."""
    member = select(group_member.c.group_id).where(group_member.c.unit_id == unit.id)
    acting = select(UnitGroup.id).where(UnitGroup.acts_through_id == unit.id)
    return unit.id, frozenset(session.scalars(member.union(acting)))


def _items(session: Session, campaign: Campaign, part: str) -> Iterable[PlanItem]:
    query = (
        select(PlanItem)
        .where(PlanItem.campaign_id == campaign.id, _is_in(campaign, part))
        .order_by(PlanItem.position)
        .options(
            joinedload(PlanItem.parent).joinedload(PlanItem.parent),
            joinedload(PlanItem.phase),
            selectinload(PlanItem.parties).options(joinedload(ItemParty.unit), joinedload(ItemParty.group)),
            selectinload(PlanItem.tasks)
            .selectinload(Task.parties)
            .options(joinedload(TaskParty.unit), joinedload(TaskParty.group)),
        )
    )
    return session.scalars(query)


def _is_in(campaign: Campaign, part: str) -> ColumnElement[bool]:
    shown = (ItemKind.INDICATOR, *OTHER_PARTS)
    if part in set(OTHER_PARTS):
        return PlanItem.kind == ItemKind(part)
    if not (part.isascii() and part.isdigit() and len(part) < 6):
        return PlanItem.kind.in_(shown)
    section = select(PlanItem.id).where(
        PlanItem.campaign_id == campaign.id, PlanItem.kind == ItemKind.SECTION, PlanItem.number == int(part)
    )
    points = select(PlanItem.id).where(PlanItem.parent_id.in_(section), PlanItem.kind == ItemKind.POINT)
    under = or_(PlanItem.parent_id.in_(section), PlanItem.parent_id.in_(points))
    return (PlanItem.kind == ItemKind.INDICATOR) & under


def _place(item: PlanItem) -> tuple[str, str]:
    """The part in which an item stands, and its heading there."""
    if item.kind is not ItemKind.INDICATOR:
        return item.kind.value, _phase_title(item.phase)
    point = item.parent if item.parent and item.parent.kind is ItemKind.POINT else None
    section = point.parent if point else item.parent
    return str(section.number) if section else "", _point_title(point)


def _point_title(point: PlanItem | None) -> str:
    if point is None:
        return ""
    words = [f"{point.points} 分"] if point.points else []
    if point.choice:
        words.append(point.choice.label)
    if point.choose_count:
        words.append(f"任选 {point.choose_count} 项")
    return f"{point.number} {point.title}" + (f"（{'，'.join(words)}）" if words else "")


def _phase_title(phase: Phase | None) -> str:
    return f"{phase.title}（{phase.starts_on} 至 {phase.ends_on}）" if phase else ""


def _box(item: PlanItem, reader: Reader, own: Own) -> ItemBox:
    is_linked = reader.reads_all or any(_has_part(task.parties, own) for task in item.tasks)
    return ItemBox(
        item,
        methods="、".join(Method(method).label for method in item.methods),
        responsible=names_of(item.parties, PartyRole.RESPONSIBLE),
        lead=names_of(item.parties, PartyRole.LEAD),
        tasks=[
            TaskLine(
                task,
                names_of(task.parties, PartyRole.LEAD),
                names_of(task.parties, PartyRole.SUPPORT),
                is_linked,
            )
            for task in item.tasks
            if task.parties
        ],
    )


def names_of(parties: Sequence[TaskParty] | Sequence[ItemParty], role: PartyRole) -> str:
    """The units and groups of one role, in the order of the document."""
    named = (party.unit or party.group for party in parties if party.role is role)
    return "、".join(owner.short if isinstance(owner, Unit) else owner.name for owner in named if owner)


def _names(item: PlanItem, own: Own) -> bool:
    return _has_part(item.parties, own) or any(_has_part(task.parties, own) for task in item.tasks)


def _has_part(parties: Sequence[TaskParty] | Sequence[ItemParty], own: Own) -> bool:
    unit_id, group_ids = own
    return any(party.unit_id == unit_id or party.group_id in group_ids for party in parties)


def _holds(item: PlanItem, words: list[str]) -> bool:
    texts = [item.code, item.title, item.text, *(f"{task.code} {task.text}" for task in item.tasks)]
    if item.parent and item.parent.kind is ItemKind.POINT:
        texts.append(item.parent.title)
    return all(any(word in text for text in texts) for word in words)
