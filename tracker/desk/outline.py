"""What the plan says of one task: its indicator, who is on it, its sister tasks, its deadlines.

The same for every reader on every day, hence made once and kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.labels import shortened
from tracker.plan.models import ItemParty, PlanItem, Task, TaskParty
from tracker.plan.rules import Duty, ItemKind, Method, PartyRole, is_bare
from tracker.units.models import Unit

MOST_OF_HEADING, CUT_HEADING = 72, 40
"""Characters of a task's sentence that its page has as heading; of a longer one, which stands below as a
whole, only the beginning: one line on a desk, three on a telephone."""


@dataclass(frozen=True)
class Above:
    """The item above the task's own: an evaluation point, a phase."""

    kind: ItemKind
    number: int
    title: str
    points: int | None


@dataclass(frozen=True)
class Item:
    """The indicator or initiative to which the task belongs."""

    id: int
    kind: ItemKind
    code: str
    title: str
    text: str
    note: str
    methods: str
    responsible: str
    is_veto: bool
    is_on_site_check: bool
    is_online_check: bool
    above: Above | None


@dataclass(frozen=True)
class Sister:
    """A task of the same item."""

    id: int
    code: str
    text: str


@dataclass(frozen=True)
class Column:
    """A deadline of the task, a column of its progress."""

    id: int
    label: str
    due_on: date


@dataclass(frozen=True)
class Outline:
    """A task as the plan has it; `lead` and `support` are names in the order of the document."""

    id: int
    code: str
    text: str
    note: str
    duty: Duty
    lead: str
    support: str
    item: Item
    sisters: tuple[Sister, ...]
    columns: tuple[Column, ...]

    @property
    def heading(self) -> str:
        whole = shortened(self.text, len(self.text))
        return whole if len(whole) <= MOST_OF_HEADING else shortened(self.text, CUT_HEADING)

    @property
    def lead_in(self) -> str:
        """What stands below the heading: the sentence that it cuts, or what a bare one is about."""
        if is_bare(self.text, self.item.text):
            return self.item.text
        return "" if self.heading == shortened(self.text, len(self.text)) else self.text


def outline(session: Session, task_id: int) -> Outline:
    """What the plan says of a task that is there."""
    task = session.scalars(
        select(Task)
        .where(Task.id == task_id)
        .options(
            joinedload(Task.item).joinedload(PlanItem.parent),
            joinedload(Task.item)
            .selectinload(PlanItem.parties)
            .options(joinedload(ItemParty.unit), joinedload(ItemParty.group)),
            joinedload(Task.item).selectinload(PlanItem.tasks),
            selectinload(Task.deadlines),
            selectinload(Task.parties).options(joinedload(TaskParty.unit), joinedload(TaskParty.group)),
        )
    ).one()
    deadlines = sorted(task.deadlines, key=lambda deadline: (deadline.due_on, deadline.id))
    return Outline(
        task.id,
        task.code,
        task.text,
        task.note,
        task.duty,
        lead=_names(task.parties, PartyRole.LEAD),
        support=_names(task.parties, PartyRole.SUPPORT),
        item=_item(task.item),
        sisters=tuple(Sister(sister.id, sister.code, sister.text) for sister in task.item.tasks),
        columns=tuple(Column(deadline.id, deadline.label, deadline.due_on) for deadline in deadlines),
    )


def _item(item: PlanItem) -> Item:
    above, leads = item.parent, _names(item.parties, PartyRole.LEAD)
    return Item(
        item.id,
        item.kind,
        item.code,
        item.title,
        item.text,
        item.note,
        methods=(item.method_raw or _labels(item.methods)) if item.methods else "",
        responsible=_names(item.parties, PartyRole.RESPONSIBLE) or leads,
        is_veto=item.is_veto,
        is_on_site_check=item.is_on_site_check,
        is_online_check=item.is_online_check,
        above=Above(above.kind, above.number, above.title, above.points) if above else None,
    )


def _labels(methods: Sequence[str]) -> str:
    return "、".join(Method(method).label for method in methods)


def _names(parties: Sequence[TaskParty] | Sequence[ItemParty], role: PartyRole) -> str:
    owners = [party.unit or party.group for party in parties if party.role is role]
    return "、".join(owner.short if isinstance(owner, Unit) else owner.name for owner in owners if owner)
