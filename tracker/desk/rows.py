"""A desk row in full: the task's words, its place in the plan, its partners, its chips."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.assignments.rules import Actor
from tracker.desk.rules import Heading, tick_refusal
from tracker.desk.words import TaskWords
from tracker.evidence.queries import Completeness, Filing, Slots, covered_years
from tracker.milestones.rules import OWING, Day, Light, State, words_of
from tracker.milestones.waiting import awaited_names
from tracker.people.models import User
from tracker.plan.rules import PartyRole


class Chip(NamedTuple):
    """A milestone as the desk reads it; it answers the questions of `milestones.rules.Facts`."""

    id: int
    version: int
    assignment_id: int
    task_id: int
    deadline_id: int
    role: PartyRole
    state: State
    opens_on: date
    due_on: date
    late_from: date
    is_waiting: bool
    is_backfill: bool
    submitted_on: date | None
    reason: str
    missing: str
    label: str
    title: str
    handler_id: int | None


class Plan(NamedTuple):
    """What the plan says of every task, the same for everybody: its words and its expected materials."""

    words: Mapping[int, TaskWords]
    slots: Slots
    starts_on: date


class Share(NamedTuple):
    """A unit's share of a task as it stands today: the light of each chip, the chip that the box stands
    for by its place, and the heading and the day by which the row is sorted."""

    chips: Sequence[Chip]
    lights: Sequence[Light]
    box: int
    heading: Heading
    due_on: date


class ShownChip(NamedTuple):
    """A milestone as the desk shows it: its light and days in words.

    `step` is what a click does, 勾选 or 撤回, empty where it cannot be clicked.
    """

    id: int
    version: int
    label: str
    title: str
    light: Light
    hint: str
    step: str


class DeskRow(NamedTuple):
    """One assignment on the desk: its task, its chips, and the one chip that the box stands for.

    `refusal` is why the box cannot be clicked, or None; `due` its light in words; `materials` how many
    of its expected materials are there; `handler` the person who works on it (经办), empty when everybody
    does.
    """

    assignment_id: int
    task_id: int
    code: str
    text: str
    words: str
    materials: Completeness
    handler: str
    awaited: str
    chips: list[ShownChip]
    box: ShownChip
    refusal: str | None
    due: str
    milestone: Chip
    heading: Heading


def desk_rows(
    session: Session, page: Sequence[Share], plan: Plan, unit_id: int, reader: Actor, day: Day
) -> list[DeskRow]:
    """The rows of a page, in the same order."""
    boxes = [share.chips[share.box] for share in page]
    awaited, handlers = _awaited(session, boxes), _handlers(session, unit_id, page)
    covered = covered_years(session, unit_id, [box.task_id for box in boxes], is_own=True)
    filing = Filing(plan.slots, covered, plan.starts_on)
    desk = _Desk(plan, filing, awaited, handlers, unit_id, reader, day)
    return [_row(share, desk) for share in page]


class _Desk(NamedTuple):
    """What all rows of a page share."""

    plan: Plan
    filing: Filing
    awaited: Mapping[tuple[int, int], str]
    handlers: Mapping[int | None, str]
    unit_id: int
    reader: Actor
    day: Day


def _row(share: Share, desk: _Desk) -> DeskRow:
    shown = [_shown(chip, light, desk) for chip, light in zip(share.chips, share.lights, strict=True)]
    box = share.chips[share.box]
    task = desk.plan.words[box.task_id]
    return DeskRow(
        assignment_id=box.assignment_id,
        task_id=box.task_id,
        code=task.code,
        text=task.text,
        words=task.as_lead if box.role is PartyRole.LEAD else task.as_support,
        materials=desk.filing.of(box.task_id, box.due_on),
        handler=desk.handlers.get(box.handler_id, ""),
        awaited=desk.awaited.get((box.task_id, box.deadline_id), ""),
        chips=shown,
        box=shown[share.box],
        refusal=tick_refusal(box, desk.unit_id, desk.reader, desk.day.today),
        due=words_of(share.lights[share.box], box, desk.day),
        milestone=box,
        heading=share.heading,
    )


def _shown(chip: Chip, light: Light, desk: _Desk) -> ShownChip:
    step = ""
    if light not in _UNTICKABLE and tick_refusal(chip, desk.unit_id, desk.reader, desk.day.today) is None:
        step = "撤回" if chip.state is State.SUBMITTED else "勾选"
    hint = f"{chip.title}　{chip.due_on}　{words_of(light, chip, desk.day)}"
    return ShownChip(chip.id, chip.version, chip.label, chip.title, light, hint, step)


_UNTICKABLE = frozenset({Light.DONE, Light.LEFT, Light.NOT_OPEN})
"""Most chips of a desk; the rules refuse them all, and need not be asked for each."""


def _awaited(session: Session, shown: Sequence[Chip]) -> dict[tuple[int, int], str]:
    """等待配合, by name, of the rows whose lead cannot submit yet."""
    waiting = [chip for chip in shown if chip.is_waiting and chip.state in OWING]
    places = [(chip.task_id, chip.deadline_id) for chip in waiting]
    return awaited_names(session, places, named_only=True) if places else {}


def _handlers(session: Session, unit_id: int, page: Sequence[Share]) -> Mapping[int | None, str]:
    """The names of those who work on the rows and have not left the unit."""
    ids = {share.chips[0].handler_id for share in page} - {None}
    if not ids:
        return {}
    own = User.id.in_(ids), User.unit_id == unit_id, User.is_active
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(*own))}
