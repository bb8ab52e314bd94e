"""What every step with a document begins and ends with: may it be done, and the event."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.errors import check_version, enforce
from tracker.events.actions import record
from tracker.evidence.models import Evidence
from tracker.evidence.rules import Step, refuse_step
from tracker.people.models import User


def check(evidence: Evidence, step: Step, by: User, version: int | None) -> None:
    """Whether `by` may do the step now, having seen `version` of the row (None: whichever).

    Raises:
        Refused: the rules do not allow it. Stale: somebody changed the row since.
    """
    check_version(version, evidence.version)
    enforce(refuse_step(evidence, step, by))


def record_step(
    session: Session,
    evidence: Evidence,
    step: Step,
    *,
    by: User,
    at: datetime,
    note: str,
    task_id: int | None = None,
) -> None:
    """Write the event, on the timeline of the task at hand or of the first that the document stands under."""
    place = task_id or first_task(evidence)
    record(
        session, "evidence", evidence.id, step.value,
        by=by, at=at, note=note, task_id=place, unit_id=evidence.unit_id,
    )  # fmt: skip


def first_task(evidence: Evidence) -> int:
    """The task under which the document was filed first."""
    return evidence.placements[0].task_id
