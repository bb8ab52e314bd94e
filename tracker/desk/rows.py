"""A desk row in full: the task's words, its place in the plan, its partners, its chips."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.assignments.rules import Actor
from tracker.desk.rules import Heading, tick_refusal
from tracker.desk.words import DeadlineWords, TaskWords
from tracker.evidence.queries import Completeness, Filing, Slots, covered_years
from tracker.milestones.rules import OWING, Day, Light, State, words_of
from tracker.milestones.waiting import awaited_names
from tracker.people.models import User
from tracker.plan.rules import PartyRole
from tracker.supervision.queries import OrderName, orders_about


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
    handler_id: int | None


class Plan(NamedTuple):
    """What the plan says of every task, the same for everybody: its words, its expected materials, its
    deadlines."""

    words: Mapping[int, TaskWords]
    deadlines: Mapping[int, DeadlineWords]
    slots: Slots
    starts_on: date

    def place(self, chip: Chip) -> int:
        """Where a chip stands among those of its share."""
        return self.deadlines[chip.deadline_id].place


class Share(NamedTuple):
    """A unit's share of a task as it stands today: the light of each chip, the chip that the box stands
    for by its place, and the heading and the day by which the row is sorted."""

    chips: Sequence[Chip]
    lights: Sequence[Light]
    box: int
    heading: Heading
    due_on: date


class Button(NamedTuple):
    """What a click on a chip does: `step` is 勾选 or 撤回, `words` say it in full, `hint` what it means."""

    id: int
    version: int
    step: str
    words: str
    hint: str


class Gate(NamedTuple):
    """A milestone as a desk row shows it: its light and days in words; `button` None where it cannot be
    clicked, as with most, which then look the same in many rows."""

    light: Light
    label: str
    hint: str
    button: Button | None


class DeskRow(NamedTuple):
    """One assignment on the desk: its task, its chips, and the one chip that the box stands for.

    `button` is what a click on the box does, `refusal` why it cannot be clicked; `due` its light in
    words; `materials` how many of its expected materials are there; `handler` the person who works on it
    (经办), empty when everybody does; `order` the open order about its milestone.
    """

    assignment_id: int
    task_id: int
    code: str
    text: str
    words: str
    materials: Completeness
    handler: str
    order: OrderName | None
    awaited: str
    gates: tuple[Gate, ...]
    light: Light
    label: str
    button: Button | None
    refusal: str | None
    due: str
    milestone: Chip
    heading: Heading

    @property
    def has_steps(self) -> bool:
        """Whether anything in the row can be clicked."""
        return self.button is not None or any(gate.button for gate in self.gates)


def desk_rows(
    session: Session,
    page: Sequence[Share],
    plan: Plan,
    unit_id: int,
    reader: Actor,
    day: Day,
    *,
    has_papers: bool,
    has_orders: bool,
) -> list[DeskRow]:
    """The rows of a page, in the same order.

    Args:
        has_papers: whether the unit may have documents under their tasks.
        has_orders: whether it has an order that is not closed.
    """
    boxes = [share.chips[share.box] for share in page]
    awaited, handlers = _awaited(session, boxes), _handlers(session, unit_id, page)
    task_ids = [box.task_id for box in boxes]
    covered = covered_years(session, unit_id, task_ids, is_own=True) if has_papers else {}
    filing = Filing(plan.slots, covered, plan.starts_on)
    orders = orders_about(session, [box.id for box in boxes]) if has_orders else {}
    desk = _Desk(plan, filing, awaited, handlers, orders, unit_id, reader, day, cache(_plain_gate))
    return [_row(share, desk) for share in page]


class _Desk(NamedTuple):
    """What all rows of a page share."""

    plan: Plan
    filing: Filing
    awaited: Mapping[tuple[int, int], str]
    handlers: Mapping[int | None, str]
    orders: Mapping[int, OrderName]
    unit_id: int
    reader: Actor
    day: Day
    plain_gate: Callable[[Light, DeadlineWords, date, str], Gate]


def _row(share: Share, desk: _Desk) -> DeskRow:
    box, shown = share.chips[share.box], share.lights[share.box]
    task = desk.plan.words[box.task_id]
    refusal = tick_refusal(box, desk.unit_id, desk.reader, desk.day.today)
    return DeskRow(
        assignment_id=box.assignment_id,
        task_id=box.task_id,
        code=task.code,
        text=task.text,
        words=task.as_lead if box.role is PartyRole.LEAD else task.as_support,
        materials=desk.filing.of(box.task_id, box.due_on),
        handler=desk.handlers.get(box.handler_id, ""),
        order=desk.orders.get(box.id),
        awaited=desk.awaited.get((box.task_id, box.deadline_id), ""),
        gates=_gates(share, box, desk),
        light=shown,
        label=desk.plan.deadlines[box.deadline_id].label,
        button=None if refusal else _button(box, desk.plan),
        refusal=refusal,
        due=words_of(shown, box, desk.day),
        milestone=box,
        heading=share.heading,
    )


def _gates(share: Share, box: Chip, desk: _Desk) -> tuple[Gate, ...]:
    """The chip that the box stands for is clicked there."""
    lit = zip(share.chips, share.lights, strict=True)
    return tuple([_gate(chip, light, desk, may_click=chip is not box) for chip, light in lit])


def _gate(chip: Chip, light: Light, desk: _Desk, *, may_click: bool) -> Gate:
    words = words_of(light, chip, desk.day)
    gate = desk.plain_gate(light, desk.plan.deadlines[chip.deadline_id], chip.due_on, words)
    if not may_click or light in _UNTICKABLE:
        return gate
    refusal = tick_refusal(chip, desk.unit_id, desk.reader, desk.day.today)
    return gate if refusal else gate._replace(button=_button(chip, desk.plan))


def _plain_gate(light: Light, deadline: DeadlineWords, due_on: date, words: str) -> Gate:
    return Gate(light, deadline.label, f"{deadline.title}　{due_on}　{words}", None)


def _button(chip: Chip, plan: Plan) -> Button:
    deadline, code = plan.deadlines[chip.deadline_id], plan.words[chip.task_id].code
    is_ticked = chip.state is State.SUBMITTED
    step, hint = ("撤回", "撤回") if is_ticked else ("勾选", f"勾选：{deadline.title}")
    return Button(chip.id, chip.version, step, f"{step} {code} {deadline.label}", hint)


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
