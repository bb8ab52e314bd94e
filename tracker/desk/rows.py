"""A desk row in full: the task's words, its place in the plan, its partners, its chips."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from tracker.desk.rules import Heading, heading, row_milestone
from tracker.milestones.models import Assignment
from tracker.milestones.rules import OWING, Day, State
from tracker.milestones.waiting import awaited_names
from tracker.plan.models import PlanItem, Task, TaskParty
from tracker.plan.rules import ItemKind, Method, PartyRole
from tracker.units.models import Unit, UnitGroup


@dataclass(frozen=True, slots=True)
class Chip:
    """A milestone as a desk row shows it; it answers the questions of `milestones.rules.Facts`."""

    id: int
    version: int
    assignment_id: int
    task_id: int
    deadline_id: int
    role: PartyRole
    state: State
    opens_on: date
    planned_on: date
    due_on: date
    late_from: date
    is_waiting: bool
    is_backfill: bool
    submitted_on: date | None
    reason: str
    missing: str
    label: str
    title: str


@dataclass(frozen=True)
class DeskRow:
    """One assignment on the desk: its task, its chips, and the one chip that the box stands for."""

    assignment_id: int
    task_id: int
    code: str
    text: str
    context: str
    role: PartyRole
    partners: str
    awaited: str
    chips: Sequence[Chip]
    current: Chip
    heading: Heading


def desk_rows(session: Session, page: Sequence[Sequence[Chip]], day: Day) -> list[DeskRow]:
    """The rows of a page of assignments, each given as its chips, in the same order."""
    point = aliased(PlanItem)
    query = (
        select(
            Assignment.id, Task.id, Task.code, Task.text, Assignment.role,
            PlanItem.kind, PlanItem.methods, point.number, point.title,
        )
        .join(Task, Task.id == Assignment.task_id)
        .join(PlanItem, PlanItem.id == Task.item_id)
        .outerjoin(point, point.id == PlanItem.parent_id)
        .where(Assignment.id.in_([chips[0].assignment_id for chips in page]))
    )  # fmt: skip
    found = {row[0]: row[1:] for row in session.execute(query)}
    partners = _partners(session, [task_id for task_id, *_ in found.values()])
    current = [row_milestone(chips, day.today) for chips in page]
    awaited = _awaited(session, current)
    rows = []
    for chips, shown in zip(page, current, strict=True):
        task_id, code, text, role, kind, methods, number, title = found[shown.assignment_id]
        row = DeskRow(
            assignment_id=shown.assignment_id,
            task_id=task_id,
            code=code,
            text=text,
            context=_context(kind, number, title, methods),
            role=role,
            partners=_partner_words(role, partners.get(task_id, [])),
            awaited=awaited.get((task_id, shown.deadline_id), ""),
            chips=chips,
            current=shown,
            heading=heading(shown, day),
        )
        rows.append(row)
    return rows


def _awaited(session: Session, shown: Sequence[Chip]) -> dict[tuple[int, int], str]:
    """等待配合, by name, of the rows whose lead cannot submit yet."""
    waiting = [chip for chip in shown if chip.is_waiting and chip.state in OWING]
    places = [(chip.task_id, chip.deadline_id) for chip in waiting]
    return awaited_names(session, places, named_only=True) if places else {}


def _context(kind: ItemKind, number: int | None, title: str | None, methods: list[str]) -> str:
    place = kind.label if title is None or kind is not ItemKind.INDICATOR else f"{number} {title}"
    words = "、".join(Method(method).label for method in methods)
    return f"{place} · {words}" if words else place


def _partners(session: Session, task_ids: list[int]) -> dict[int, list[tuple[PartyRole, str]]]:
    query = (
        select(TaskParty.task_id, TaskParty.role, Unit.short, UnitGroup.name)
        .outerjoin(Unit, Unit.id == TaskParty.unit_id)
        .outerjoin(UnitGroup, UnitGroup.id == TaskParty.group_id)
        .where(TaskParty.task_id.in_(task_ids))
        .order_by(TaskParty.task_id, TaskParty.position)
    )
    found: dict[int, list[tuple[PartyRole, str]]] = {}
    for task_id, role, unit, group in session.execute(query):
        found.setdefault(task_id, []).append((role, unit or group))
    return found


def _partner_words(role: PartyRole, parties: list[tuple[PartyRole, str]]) -> str:
    """Of a lead: who supports it; of a supporting unit: who leads."""
    other = PartyRole.SUPPORT if role is PartyRole.LEAD else PartyRole.LEAD
    names = [name for party_role, name in parties if party_role is other]
    shown = "、".join(names[:4]) + (f"等 {len(names)} 家" if len(names) > 4 else "")
    return f"{other.label}：{shown}" if names else ""
