"""The office moves the day of a milestone: to an earlier one, or to the later one that a unit asked for."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.errors import Refused, enforce
from tracker.milestones.actions.recording import facts, record_step
from tracker.milestones.models import Milestone
from tracker.milestones.rules import (
    Day,
    State,
    Step,
    due_after_return,
    late_from,
    refuse_decide,
    refuse_extend,
    refuse_set_earlier,
)
from tracker.people.models import User


def set_earlier_day(
    session: Session, milestone: Milestone, new_day: date, *, by: User, at: datetime, day: Day
) -> None:
    """提前期限: the office sets a day before the plan's own; a later one within it undoes that. What
    was returned keeps its 3 working days.

    Raises:
        Refused: the day is past or outside what the plan allows, an extension was granted, or nothing
            is owed any more.
    """
    enforce(refuse_set_earlier(milestone, milestone.deadline.due_on, new_day, day.today))
    if milestone.extension_count:
        raise Refused(f"已同意延期至 {milestone.due_on}，不再提前")
    before = facts(milestone)
    returned_on = milestone.returned_on if milestone.state is State.RETURNED else None
    milestone.planned_on = new_day
    milestone.due_on = due_after_return(new_day, returned_on, day.calendar) if returned_on else new_day
    milestone.late_from = late_from(milestone.due_on, milestone.ready_on)
    record_step(session, milestone, Step.SET_EARLIER, before, by=by, at=at)
    session.flush()


def extend(
    session: Session,
    milestone: Milestone,
    new_day: date,
    *,
    by: User,
    at: datetime,
    last_day: date,
    note: str,
) -> None:
    """延期: the office moves the day in force; the planned one stays to be seen.

    Args:
        last_day: the last day of the campaign.
        note: the reason, for the record.

    Raises:
        Refused: the day is no later one, or past the campaign's end, or nothing is owed any more.
    """
    enforce(refuse_decide(milestone, milestone.submitted_by_id, by, Step.EXTEND))
    enforce(refuse_extend(milestone, new_day, last_day))
    before = facts(milestone)
    milestone.due_on = new_day
    milestone.late_from = late_from(new_day, milestone.ready_on)
    milestone.extension_count += 1
    record_step(session, milestone, Step.EXTEND, before, by=by, at=at, note=note)
    session.flush()
