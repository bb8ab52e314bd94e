"""A unit's shelf under a task: each expected material with the documents that stand there."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.assignments.models import Assignment
from tracker.assignments.rules import Actor, may_act_for
from tracker.evidence.queries import (
    Completeness,
    Paper,
    Slot,
    completeness,
    covered_years,
    papers_of_task,
    slots_of,
)
from tracker.evidence.rules import COUNTS, Span, gap, span
from tracker.people.models import User
from tracker.plan.models import Campaign, Deadline, Task


@dataclass(frozen=True)
class Place:
    """One slot of a shelf; `gap` is what is missing there, in words, or None."""

    slot: Slot
    papers: list[Paper]
    gap: str | None


@dataclass(frozen=True)
class Shelf:
    """The materials of one unit's share of a task; `may_file` whether the reader adds to it."""

    task_id: int
    task_code: str
    unit_id: int
    unit: str
    places: list[Place]
    asked: Span
    may_file: bool
    is_behalf: bool

    @property
    def completeness(self) -> Completeness:
        missing = tuple(place.gap for place in self.places if place.gap)
        return Completeness(len(self.places) - len(missing), len(self.places), missing)

    @property
    def years(self) -> str:
        """2022、2023."""
        return "、".join(map(str, self.asked.years))

    @property
    def drafts(self) -> int:
        found = {paper.id for place in self.places for paper in place.papers if paper.state == "draft"}
        return len(found)


class Held(Protocol):
    """What a shelf needs to know of the share whose materials it holds."""

    @property
    def task_id(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def left_on(self) -> date | None: ...


class Holder(NamedTuple):
    """The same of an assignment."""

    task_id: int
    code: str
    unit_id: int
    unit: str
    left_on: date | None


@dataclass(frozen=True)
class OthersShelf:
    """What the reader sees of another unit's materials under the task."""

    unit: str
    papers: list[Paper]


def own_shelf(session: Session, assignment: Assignment, reader: User, today: date) -> Shelf:
    """The shelf of a share, as its own unit sees it; years as the next deadline asks for them."""
    task_id, unit = assignment.task_id, assignment.unit
    return shelf_of(
        Holder(task_id, assignment.task.code, unit.id, unit.short, assignment.left_on),
        slots_of(session, task_id),
        asked_span(session, task_id, today),
        papers_of_task(session, task_id, reader),
        reader,
    )


def shelf_of(
    share: Held, slots: Sequence[Slot], asked: Span, papers: Sequence[Paper], reader: Actor
) -> Shelf:
    """The shelf of a share from what was read already.

    Args:
        papers: those of the whole task that the reader may see.
    """
    by_slot: dict[int, list[Paper]] = defaultdict(list)
    for paper in papers:
        if paper.unit_id == share.unit_id:
            by_slot[paper.material_id].append(paper)
    return Shelf(
        share.task_id,
        share.code,
        share.unit_id,
        share.unit,
        [_place(slot, by_slot[slot.id], asked) for slot in slots],
        asked,
        may_file=may_act_for(share.unit_id, reader) and share.left_on is None,
        is_behalf=share.unit_id != reader.unit_id,
    )


def others_shelves(papers: Sequence[Paper], but_unit_id: int | None) -> list[OthersShelf]:
    """The documents of the other units, each once, by unit."""
    found: dict[str, dict[int, Paper]] = defaultdict(dict)
    for paper in papers:
        if paper.unit_id != but_unit_id:
            found[paper.unit].setdefault(paper.id, paper)
    return [OthersShelf(unit, list(papers.values())) for unit, papers in found.items()]


def asked_span(session: Session, task_id: int, today: date) -> Span:
    """The years that the task's next deadline asks for, or its last."""
    starts_on = session.scalars(
        select(Campaign.starts_on).join(Task, Task.campaign_id == Campaign.id).where(Task.id == task_id)
    ).one()
    days = sorted(session.scalars(select(Deadline.due_on).join(Task.deadlines).where(Task.id == task_id)))
    return next_span(starts_on, days, today)


def next_span(starts_on: date, days: Sequence[date], today: date) -> Span:
    """The years for which the next of a task's days asks, or its last.

    Args:
        days: the earliest first.
    """
    due_on = next((day for day in days if day >= today), days[-1] if days else today)
    return span(starts_on, due_on)


def lacking(session: Session, task_id: int, unit_id: int, asked: Span) -> Completeness:
    """How complete a unit's handed-in materials of a task are."""
    covered = covered_years(session, unit_id, [task_id], is_own=False)
    return completeness(slots_of(session, task_id), covered, asked)


def _place(slot: Slot, papers: list[Paper], asked: Span) -> Place:
    covered = {paper.proves_year for paper in papers if paper.state in COUNTS}
    return Place(slot, papers, gap(slot, covered, asked))
