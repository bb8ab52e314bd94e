"""办理记录: everything that happened to a task, as one timeline."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, not_, or_, select, true
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
MOST_UNITS = 4
"""Units that an entry names."""


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


class Entry(NamedTuple):
    """What somebody did in one go, to one share or to many: the first of it, whose shares, every note."""

    first: Happening
    units: list[str]
    notes: list[str]

    @property
    def units_words(self) -> str:
        """江达县、察雅县、芒康县等 11 个单位."""
        shown = "、".join(self.units[:MOST_UNITS])
        return f"{shown}等 {len(self.units)} 个单位" if len(self.units) > MOST_UNITS else shown


@dataclass(frozen=True)
class History:
    """The timeline by day, the newest first; `is_cut` tells that there is more of it."""

    days: list[tuple[date, list[Entry]]]
    is_cut: bool


def history(session: Session, task_id: int, reader: User, *, is_whole: bool) -> History:
    """What happened to a task, as far as the reader's unit may know."""
    is_of_all = reads_others(reader.role, reader.unit.kind)
    query = _query(is_of_office=reader.role.is_office, is_of_all=is_of_all, is_whole=is_whole)
    rows = session.execute(query, {"task_id": task_id, "unit_id": reader.unit_id}).all()
    shown = rows if is_whole else rows[:LENGTH]
    zone = reader.unit.jurisdiction.zone
    days = groupby(map(Happening._make, shown), key=lambda line: line.at.astimezone(zone).date())
    return History([(day, _entries(lines)) for day, lines in days], len(rows) > len(shown))


def _entries(lines: Iterable[Happening]) -> list[Entry]:
    """What was done in one go, as when ten files come in together, is one entry."""
    return [_entry(list(group)) for _, group in groupby(lines, key=_in_one_go)]


def _in_one_go(line: Happening) -> tuple[object, ...]:
    days = line.before.get("due_on"), line.after.get("due_on")
    minute = line.at.replace(second=0, microsecond=0)
    return minute, line.subject, line.verb, line.by, line.by_unit_id, line.label, days


def _entry(lines: list[Happening]) -> Entry:
    units = dict.fromkeys(line.unit for line in reversed(lines) if line.unit)
    notes = dict.fromkeys(line.note for line in reversed(lines) if line.note)
    return Entry(lines[0], list(units), list(notes))


@cache  # every task page asks for it
def _query(*, is_of_office: bool, is_of_all: bool, is_whole: bool) -> Select[*tuple[Any, ...]]:
    own_unit = aliased(Unit)
    query = (
        select(
            Event.at, Event.subject, Event.verb, Event.before, Event.after, Event.note, Event.as_role,
            Event.unit_id, User.name, User.unit_id, own_unit.short, Unit.short, Deadline.label,
        )
        .select_from(Event)
        .outerjoin(User, User.id == Event.by_id)
        .outerjoin(own_unit, own_unit.id == User.unit_id)
        .outerjoin(Unit, Unit.id == Event.unit_id)
        .outerjoin(Milestone, and_(Event.subject == "milestone", Milestone.id == Event.subject_id))
        .outerjoin(Deadline, Deadline.id == Milestone.deadline_id)
        .where(
            Event.task_id == bindparam("task_id"),
            _readable(is_of_office=is_of_office, is_of_all=is_of_all),
        )
        .order_by(Event.at.desc(), Event.id.desc())
    )  # fmt: skip
    return query if is_whole else query.limit(LENGTH + 1)


def _readable(*, is_of_office: bool, is_of_all: bool) -> ColumnElement[bool]:
    """A county reads of itself alone, a department of drafting nothing but its own."""
    own = Event.unit_id == bindparam("unit_id")
    if is_of_office:
        return true()
    is_drafting = and_(Event.subject == "evidence", Event.verb.in_([step.value for step in DRAFTING]))
    return or_(own, not_(is_drafting)) if is_of_all else own
