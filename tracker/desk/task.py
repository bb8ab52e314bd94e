"""What the task page shows: the indicator, the shares that the reader may see, and the history."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from tracker.events.models import Event
from tracker.milestones.models import Assignment, Milestone
from tracker.milestones.rules import Day, Step
from tracker.people.models import User
from tracker.plan.models import Campaign, Deadline, ItemParty, PlanItem, Task, TaskParty
from tracker.plan.rules import Method, PartyRole
from tracker.units.models import Unit
from tracker.units.rules import UnitKind

HISTORY_LENGTH = 100


@dataclass(frozen=True)
class Share:
    """One unit's share of a task with its milestones."""

    assignment: Assignment
    milestones: list[Milestone]

    @property
    def unit(self) -> Unit:
        return self.assignment.unit

    def is_of(self, unit_id: int, task_id: int) -> bool:
        return self.assignment.unit_id == unit_id and self.assignment.task_id == task_id

    def at(self, deadline: Deadline) -> Milestone | None:
        """The milestone of one column."""
        return next((row for row in self.milestones if row.deadline_id == deadline.id), None)


@dataclass(frozen=True)
class Happening:
    """One line of the history."""

    event: Event
    milestone: Milestone

    @property
    def words(self) -> str:
        return Step(self.event.verb).label


@dataclass(frozen=True)
class TaskPage:
    """Everything on the page of one task.

    `shares` are those of the whole indicator, this task's first; `history` is this task's.
    """

    task: Task
    shares: list[Share]
    own: Share | None
    siblings: Sequence[Task]
    history: list[Happening]

    @property
    def deadlines(self) -> list[Deadline]:
        """The columns of the progress table."""
        return sorted(self.task.deadlines, key=lambda deadline: (deadline.due_on, deadline.id))

    @property
    def item(self) -> PlanItem:
        return self.task.item

    @property
    def methods(self) -> str:
        return "、".join(Method(method).label for method in self.item.methods)

    def parties(self, role: PartyRole, of: Sequence[TaskParty] | Sequence[ItemParty] | None = None) -> str:
        """Names of the units and groups with a role in the task (or in `of`)."""
        return party_names(self.task.parties if of is None else of, role)


def party_names(parties: Sequence[TaskParty] | Sequence[ItemParty], *roles: PartyRole) -> str:
    """Names in the order of the document."""
    owners = [party.unit or party.group for party in parties if party.role in roles]
    return "、".join(owner.short if isinstance(owner, Unit) else owner.name for owner in owners if owner)


def task_page(session: Session, campaign: Campaign, task_id: int, reader: User, day: Day) -> TaskPage | None:
    """The page of a task, or None when it is not the campaign's or the reader's unit has no share
    in its indicator."""
    task = session.scalar(
        select(Task)
        .where(Task.id == task_id, Task.campaign_id == campaign.id)
        .options(
            joinedload(Task.item).joinedload(PlanItem.parent),
            joinedload(Task.item).selectinload(PlanItem.parties).joinedload(ItemParty.unit),
            joinedload(Task.item).selectinload(PlanItem.parties).joinedload(ItemParty.group),
            selectinload(Task.deadlines),
            selectinload(Task.parties).joinedload(TaskParty.unit),
            selectinload(Task.parties).joinedload(TaskParty.group),
        )
    )
    if task is None or not _may_read(session, task, reader):
        return None
    shares = _shares(session, task, reader)
    own = next((share for share in shares if share.is_of(reader.unit_id, task.id)), None)
    siblings = session.scalars(select(Task).where(Task.item_id == task.item_id).order_by(Task.number)).all()
    of_task = [share for share in shares if share.assignment.task_id == task_id]
    return TaskPage(task, shares, own, siblings, _history(session, of_task))


def _may_read(session: Session, task: Task, reader: User) -> bool:
    """Who reads all, and units that have a share in the indicator (or initiative)."""
    if reader.role.reads_all:
        return True
    share = (
        select(Assignment.id)
        .join(Task, Task.id == Assignment.task_id)
        .where(Task.item_id == task.item_id, Assignment.unit_id == reader.unit_id)
        .limit(1)
    )
    return session.scalar(share) is not None


def _shares(session: Session, task: Task, reader: User) -> list[Share]:
    assignments = session.scalars(
        select(Assignment)
        .join(Unit, Unit.id == Assignment.unit_id)
        .options(
            contains_eager(Assignment.unit),
            contains_eager(Assignment.task),
            selectinload(Assignment.milestones).options(
                joinedload(Milestone.deadline), joinedload(Milestone.submitted_by)
            ),
        )
        .join(Task, Task.id == Assignment.task_id)
        .where(Task.item_id == task.item_id, _visible(reader))
        .order_by(Task.id != task.id, Task.number, Assignment.role, Assignment.is_first.desc(), Unit.position)
    )
    return [
        Share(assignment, sorted(assignment.milestones, key=lambda row: (row.deadline.due_on, row.id)))
        for assignment in assignments
    ]


def _visible(reader: User) -> ColumnElement[bool]:
    """Departments of an indicator see its counties; a county sees itself and the departments."""
    if reader.role.reads_all or reader.unit.kind in (UnitKind.DEPARTMENT, UnitKind.OFFICE):
        return true()
    return or_(Unit.id == reader.unit_id, Unit.kind.in_((UnitKind.DEPARTMENT, UnitKind.OFFICE)))


def _history(session: Session, shares: Sequence[Share]) -> list[Happening]:
    milestones = {row.id: row for share in shares for row in share.milestones}
    events = session.scalars(
        select(Event)
        .where(Event.subject == "milestone", Event.subject_id.in_(milestones))
        .options(joinedload(Event.by).joinedload(User.unit))
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(HISTORY_LENGTH)
    )
    return [Happening(event, milestones[event.subject_id]) for event in events]
