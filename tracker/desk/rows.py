"""A desk row in full: the task's words, its place in the plan, its partners, its chips."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from tracker.desk.rules import Heading, heading, row_milestone, tick_refusal
from tracker.desk.words import TaskWords
from tracker.milestones.rules import DONE, OWING, Actor, Day, Light, State, light, light_words
from tracker.milestones.waiting import awaited_names
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

    `refusal` is why the box cannot be clicked, or None; `due` its light in words.
    """

    assignment_id: int
    task_id: int
    code: str
    text: str
    words: str
    awaited: str
    chips: list[ShownChip]
    box: ShownChip
    refusal: str | None
    due: str
    milestone: Chip
    heading: Heading


def desk_rows(
    session: Session,
    page: Sequence[Sequence[Chip]],
    words: Mapping[int, TaskWords],
    reader: Actor,
    day: Day,
) -> list[DeskRow]:
    """The rows of a page of assignments, each given as its chips, in the same order."""
    boxes = [row_milestone(chips, day.today) for chips in page]
    awaited = _awaited(session, boxes)
    return [
        _row(chips, box, words[box.task_id], awaited.get((box.task_id, box.deadline_id), ""), reader, day)
        for chips, box in zip(page, boxes, strict=True)
    ]


def _row(
    chips: Sequence[Chip], box: Chip, words: TaskWords, awaited: str, reader: Actor, day: Day
) -> DeskRow:
    shown = [_shown(chip, reader, day) for chip in chips]
    return DeskRow(
        assignment_id=box.assignment_id,
        task_id=box.task_id,
        code=words.code,
        text=words.text,
        words=words.as_lead if box.role is PartyRole.LEAD else words.as_support,
        awaited=awaited,
        chips=shown,
        box=shown[chips.index(box)],
        refusal=tick_refusal(box, reader.unit_id, reader, day.today),
        due=light_words(box, day),
        milestone=box,
        heading=heading(box, day),
    )


def _shown(chip: Chip, reader: Actor, day: Day) -> ShownChip:
    step = ""
    if chip.state not in DONE and tick_refusal(chip, reader.unit_id, reader, day.today) is None:
        step = "撤回" if chip.state is State.SUBMITTED else "勾选"
    return ShownChip(
        chip.id,
        chip.version,
        chip.label,
        chip.title,
        light(chip, day.today, day.near_through),
        f"{chip.title}　{chip.due_on}　{light_words(chip, day)}",
        step,
    )


def _awaited(session: Session, shown: Sequence[Chip]) -> dict[tuple[int, int], str]:
    """等待配合, by name, of the rows whose lead cannot submit yet."""
    waiting = [chip for chip in shown if chip.is_waiting and chip.state in OWING]
    places = [(chip.task_id, chip.deadline_id) for chip in waiting]
    return awaited_names(session, places, named_only=True) if places else {}
