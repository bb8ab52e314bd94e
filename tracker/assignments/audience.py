"""Who has a share in an item of the plan."""

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session

from tracker.assignments.models import Assignment
from tracker.people.models import User
from tracker.plan.models import Task
from tracker.units.models import Unit


def may_open(session: Session, item_id: int, reader: User) -> bool:
    """Whether the reader may open the pages of the item's tasks: who reads everything, and every unit
    that has, or had, a share in one of them."""
    return reader.role.reads_all or has_share(session, item_id, reader.unit_id)


def has_share(session: Session, item_id: int, unit_id: int) -> bool:
    """Whether the unit has, or had, a share in a task of the item."""
    own = Assignment.task_id == Task.id, Task.item_id == item_id, Assignment.unit_id == unit_id
    return session.scalar(select(exists().where(*own))) or False


def audience(session: Session, item_id: int, office_id: int) -> list[Unit]:
    """The units whose people may open the pages of the item's tasks, the office among them."""
    wanted = {"item_id": item_id, "office_id": office_id}
    return list(session.scalars(_AUDIENCE, wanted))


def audience_names(session: Session, item_id: int, office_id: int) -> list[str]:
    """The short names of the same."""
    wanted = {"item_id": item_id, "office_id": office_id}
    return list(session.scalars(_NAMES, wanted))


_of_item = (
    select(Assignment.unit_id)
    .join(Task, Task.id == Assignment.task_id)
    .where(Task.item_id == bindparam("item_id"))
)
_AUDIENCE = (
    select(Unit)
    .where(or_(Unit.id == bindparam("office_id"), Unit.id.in_(_of_item)))
    .order_by(Unit.position, Unit.id)
)
_NAMES = _AUDIENCE.with_only_columns(Unit.short)  # every task page asks for them: built once
