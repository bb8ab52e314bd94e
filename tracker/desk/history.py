"""办理记录: everything that happened to a task, as one timeline."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select, true
from sqlalchemy.orm import Session, aliased

from tracker.assignments.rules import reads_others
from tracker.desk.rules import is_step_on_behalf, step_words
from tracker.events.models import Event
from tracker.evidence.rules import DRAFTING
from tracker.milestones.models import Milestone
from tracker.people.models import User
from tracker.plan.models import Deadline
from tracker.units.models import Unit

LENGTH = 100
"""Lines of a timeline before it is asked for as a whole."""


class Happening(NamedTuple):
    """One line of the timeline; `label` is the deadline of a milestone, `unit` whose share is concerned."""

    at: datetime
    subject: str
    verb: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    note: str
    as_role: str
    unit_id: int | None
    by: str | None
    by_unit_id: int | None
    by_unit: str | None
    unit: str | None
    label: str | None

    @property
    def words(self) -> str:
        """提交, 退回 and so on."""
        return step_words(self.subject, self.verb)

    @property
    def is_on_behalf(self) -> bool:
        """市食安办代: whether the office did it in the unit's name."""
        return is_step_on_behalf(self.subject, self.verb, self.as_role, self.by_unit_id, self.unit_id)


@dataclass(frozen=True)
class History:
    """The timeline by day, the newest first; `is_cut` tells that there is more of it."""

    days: list[tuple[date, list[Happening]]]
    is_cut: bool


def history(session: Session, task_id: int, reader: User, *, is_whole: bool) -> History:
    """What happened to a task, as far as the reader's unit may know."""
    query = _QUERY.where(Event.task_id == task_id, _readable(reader))
    rows = session.execute(query if is_whole else query.limit(LENGTH + 1)).all()
    shown = rows if is_whole else rows[:LENGTH]
    zone = ZoneInfo(reader.unit.jurisdiction.timezone)
    days = groupby(map(Happening._make, shown), key=lambda line: line.at.astimezone(zone).date())
    return History([(day, list(lines)) for day, lines in days], len(rows) > len(shown))


def _readable(reader: User) -> ColumnElement[bool]:
    """A county reads of itself alone, a department of drafting nothing but its own."""
    own = Event.unit_id == reader.unit_id
    if reader.role.is_office:
        return true()
    is_drafting = and_(Event.subject == "evidence", Event.verb.in_([step.value for step in DRAFTING]))
    return or_(own, not_(is_drafting)) if reads_others(reader.role, reader.unit.kind) else own


_own_unit = aliased(Unit)
_QUERY: Select[*tuple[Any, ...]] = (
    select(
        Event.at,
        Event.subject,
        Event.verb,
        Event.before,
        Event.after,
        Event.note,
        Event.as_role,
        Event.unit_id,
        User.name,
        User.unit_id,
        _own_unit.short,
        Unit.short,
        Deadline.label,
    )
    .select_from(Event)
    .outerjoin(User, User.id == Event.by_id)
    .outerjoin(_own_unit, _own_unit.id == User.unit_id)
    .outerjoin(Unit, Unit.id == Event.unit_id)
    .outerjoin(Milestone, and_(Event.subject == "milestone", Milestone.id == Event.subject_id))
    .outerjoin(Deadline, Deadline.id == Milestone.deadline_id)
    .order_by(Event.at.desc(), Event.id.desc())
)
