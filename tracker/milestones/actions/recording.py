"""What every step with a milestone ends with: who waits for it now, and the event."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.events.actions import record
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Step
from tracker.milestones.waiting import refresh_waiting
from tracker.people.models import User
from tracker.plan.rules import PartyRole


def refresh(session: Session, milestone: Milestone) -> None:
    """After a supporting unit's step the others of the task wait for it, or no longer."""
    session.flush()
    if milestone.assignment.role is PartyRole.SUPPORT:
        refresh_waiting(session, milestone.task_id, milestone.deadline_id)


def facts(milestone: Milestone) -> dict[str, Any]:
    """What an event tells of a milestone, to be kept before a step changes it."""
    return {
        "state": milestone.state.value,
        "due_on": milestone.due_on.isoformat(),
        "planned_on": milestone.planned_on.isoformat(),
    }


def record_step(
    session: Session,
    milestone: Milestone,
    step: Step,
    before: dict[str, Any],
    *,
    by: User | None,
    at: datetime,
    note: str = "",
) -> None:
    """Write the event with what the step changed; `before` are the facts as they were."""
    after = facts(milestone)
    changed = {key for key in after if after[key] != before[key]}
    record(
        session,
        "milestone",
        milestone.id,
        step.value,
        by=by,
        at=at,
        before={key: before[key] for key in changed},
        after={key: after[key] for key in changed},
        note=note,
        task_id=milestone.task_id,
        unit_id=milestone.unit_id,
    )
