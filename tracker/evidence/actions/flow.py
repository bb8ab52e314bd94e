"""The flow of a document: handed in, taken back, accepted, returned."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.errors import Refused
from tracker.events.actions import record
from tracker.evidence.actions.notes import check, first_task
from tracker.evidence.models import Evidence, Placement
from tracker.evidence.rules import EvidenceState, Step
from tracker.people.models import User


def hand_in(session: Session, evidence: Evidence, *, by: User, at: datetime, version: int | None) -> None:
    """提交 one document by itself, as a supplement.

    Raises:
        Refused: the state does not allow it, or `by` may not. Stale: somebody changed it.
    """
    check(evidence, Step.HAND_IN, by, version)
    _move(
        session, evidence, Step.HAND_IN, EvidenceState.SUBMITTED, by=by, at=at, task_id=first_task(evidence)
    )


def hand_in_all(session: Session, task_id: int, unit_id: int, *, by: User, at: datetime) -> None:
    """The unit's drafts under a task go with its tick."""
    for evidence in _under(session, task_id, unit_id, EvidenceState.DRAFT):
        _move(session, evidence, Step.HAND_IN, EvidenceState.SUBMITTED, by=by, at=at)


def take_back_all(session: Session, task_id: int, unit_id: int, *, by: User, at: datetime) -> None:
    """What went with a tick comes back with it; what stands under other tasks as well stays."""
    for evidence in _under(session, task_id, unit_id, EvidenceState.SUBMITTED):
        is_here_alone = all(placement.task_id == task_id for placement in evidence.placements)
        if is_here_alone and not any(each.accepted_at for each in evidence.versions):
            _move(session, evidence, Step.TAKE_BACK, EvidenceState.DRAFT, by=by, at=at)


def accept(session: Session, evidence: Evidence, *, by: User, at: datetime, version: int | None) -> None:
    """采信: the office relies on the document; from now on it is locked.

    Raises:
        Refused: the state does not allow it, or `by` may not. Stale: somebody changed it.
    """
    check(evidence, Step.ACCEPT, by, version)
    _accept(session, evidence, by=by, at=at, task_id=first_task(evidence))


def accept_all(session: Session, task_id: int, unit_id: int, *, by: User | None, at: datetime) -> None:
    """What was handed in for a milestone is accepted with it; `by=None` is the system. What the person
    uploaded themselves in a unit's name waits for somebody else."""
    for evidence in _under(session, task_id, unit_id, EvidenceState.SUBMITTED):
        if by is None or evidence.uploader_id != by.id:
            _accept(session, evidence, by=by, at=at)


def send_back(
    session: Session, evidence: Evidence, reason: str, *, by: User, at: datetime, version: int | None
) -> None:
    """退回 one document, also an accepted one, with a reason.

    Raises:
        Refused: no reason, the state does not allow it, or `by` may not. Stale: somebody changed it.
    """
    check(evidence, Step.RETURN, by, version)
    if not reason.strip():
        raise Refused("请写明退回原因")
    evidence.reason = reason.strip()
    evidence.decided_at, evidence.decided_by_id = at, by.id
    _move(
        session, evidence, Step.RETURN, EvidenceState.RETURNED,
        by=by, at=at, task_id=first_task(evidence), note=f"{evidence.title}：{evidence.reason}",
    )  # fmt: skip


def _under(session: Session, task_id: int, unit_id: int, state: EvidenceState) -> Iterable[Evidence]:
    placed = select(Placement.evidence_id).where(Placement.task_id == task_id, Placement.unit_id == unit_id)
    query = select(Evidence).where(Evidence.id.in_(placed), Evidence.state == state).order_by(Evidence.id)
    return session.scalars(query).all()


def _accept(
    session: Session, evidence: Evidence, *, by: User | None, at: datetime, task_id: int | None = None
) -> None:
    evidence.decided_at, evidence.decided_by_id = at, by.id if by else None
    evidence.versions[0].accepted_at = at
    _move(session, evidence, Step.ACCEPT, EvidenceState.ACCEPTED, by=by, at=at, task_id=task_id)


def _move(
    session: Session,
    evidence: Evidence,
    step: Step,
    state: EvidenceState,
    *,
    by: User | None,
    at: datetime,
    task_id: int | None = None,
    note: str = "",
) -> None:
    """Change the state. With a `task_id` the event stands on that task's timeline; without, the milestone's
    own event there says it already."""
    before, evidence.state = evidence.state, state
    session.flush()
    record(
        session, "evidence", evidence.id, step.value, by=by, at=at, note=note or evidence.title,
        before={"state": before.value}, after={"state": state.value},
        task_id=task_id, unit_id=evidence.unit_id,
    )  # fmt: skip
