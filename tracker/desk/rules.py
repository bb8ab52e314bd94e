"""Which milestone a desk row shows, under which heading the row stands, how a timeline names its steps."""

from collections.abc import Sequence
from datetime import date

from tracker.appeals import rules as appeals
from tracker.assignments import rules as assignments
from tracker.assignments.rules import Actor
from tracker.comments import rules as comments
from tracker.evidence import rules as evidence
from tracker.labels import LabelledEnum
from tracker.milestones import rules as milestones
from tracker.milestones.rules import Facts, Light, State, refuse_submit, refuse_take_back
from tracker.people.rules import Role


class Heading(LabelledEnum):
    """我的任务的分组, in the order of the page."""

    RETURNED = "returned", "退回"
    LATE = "late", "逾期"
    NEAR = "near", "7 个工作日内"
    LATER = "later", "以后"
    HANDED_IN = "handed_in", "已提交 / 办结"


STEPS: dict[str, type[LabelledEnum]] = {
    "milestone": milestones.Step,
    "evidence": evidence.Step,
    "appeal": appeals.Step,
    "assignment": assignments.Step,
    "comment": comments.Step,
}
"""The verbs of a timeline by their subject, with their Chinese names."""
UNIT_STEPS: dict[str, frozenset[LabelledEnum]] = {
    "milestone": frozenset({milestones.Step.SUBMIT, milestones.Step.TAKE_BACK}),
    "evidence": frozenset(evidence.Step) - evidence.OFFICE_STEPS,
    "appeal": appeals.UNIT_STEPS,
    "assignment": frozenset({assignments.Step.HAND_TO, assignments.Step.ACKNOWLEDGE}),
}
"""What units do themselves; when the office does it, it acts in their name (代办)."""
ORDER = {wanted: position for position, wanted in enumerate(Heading)}


def row_box(lights: Sequence[Light]) -> int:
    """Which milestone a row's box, day and light stand for: the earliest opened one that is not finished,
    so that a box once ticked stays ticked; then 待补录, the next to open, the last.

    Args:
        lights: those of all milestones of one assignment, by day; at least one.
    """
    for wanted in (_IN_HAND, _BACKFILL, _TO_COME):
        for place, shown in enumerate(lights):
            if shown in wanted:
                return place
    return len(lights) - 1


def place(
    milestones: Sequence[Facts], lights: Sequence[Light], box: int, near_through: date
) -> tuple[Heading, date]:
    """Where a row stands: the heading of what is most urgent in it, and the day of that.

    Args:
        lights: the light of each milestone today.
        box: which of them the row's box stands for.
    """
    owed = [n for n, shown in enumerate(lights) if shown in _PRESSING] or [box]
    places = [(heading(milestones[n], lights[n], near_through), milestones[n].due_on) for n in owed]
    return min(places, key=lambda found: (ORDER[found[0]], found[1]))


def heading(milestone: Facts, shown: Light, near_through: date) -> Heading:
    """The heading under which a milestone with this light stands."""
    if milestone.state is State.RETURNED:
        return Heading.RETURNED
    if shown is Light.WAITING and milestone.due_on <= near_through:
        return Heading.NEAR
    return _HEADINGS[shown]


def tick_refusal(milestone: Facts, unit_id: int, actor: Actor, today: date) -> str | None:
    """Why `actor` cannot click the box of a milestone of `unit_id` now, or None."""
    if milestone.state is State.SUBMITTED:
        return refuse_take_back(milestone, unit_id, actor)
    return refuse_submit(milestone, unit_id, actor, today)


def step_words(subject: str, verb: str) -> str:
    """The Chinese name of a verb; one that is not known is shown as it is."""
    return next((step.label for step in STEPS.get(subject, ()) if step == verb), verb)


def is_step_on_behalf(
    subject: str, verb: str, as_role: str, by_unit_id: int | None, unit_id: int | None
) -> bool:
    """Whether somebody of the office did what the unit itself does."""
    is_of_office = as_role in set(Role) and Role(as_role).is_office
    is_of_unit = any(step == verb for step in UNIT_STEPS.get(subject, ()))
    return is_of_office and is_of_unit and unit_id is not None and by_unit_id != unit_id


_PRESSING = frozenset({Light.LATE, Light.NEAR, Light.AHEAD, Light.WAITING})
_IN_HAND = _PRESSING | {Light.REVIEW}
_BACKFILL = frozenset({Light.BACKFILL})
_TO_COME = frozenset({Light.NOT_OPEN})
_HEADINGS = {
    Light.LATE: Heading.LATE,
    Light.WAITING: Heading.LATER,
    Light.NEAR: Heading.NEAR,
    Light.AHEAD: Heading.LATER,
    Light.NOT_OPEN: Heading.LATER,
    Light.BACKFILL: Heading.LATER,
    Light.REVIEW: Heading.HANDED_IN,
    Light.DONE: Heading.HANDED_IN,
    Light.LEFT: Heading.HANDED_IN,
}
