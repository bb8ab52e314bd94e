"""What a unit asks and what the office answers; a grant is done to the milestone at once."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.appeals import queries
from tracker.appeals.models import Appeal
from tracker.appeals.rules import (
    STEPS,
    AppealKind,
    AppealState,
    Ground,
    refuse_answer,
    refuse_ask_extension,
    refuse_ask_waiver,
    refuse_object,
    refuse_withdraw,
)
from tracker.assignments.models import Assignment
from tracker.errors import Refused, check_version, enforce
from tracker.events.actions import record
from tracker.evidence.models import Evidence
from tracker.milestones import actions as milestones
from tracker.milestones.models import Milestone
from tracker.milestones.rules import refuse_extend
from tracker.people.models import User
from tracker.plan.models import Campaign


def ask_waiver(
    session: Session,
    milestone: Milestone,
    reason: str,
    *,
    by: User,
    at: datetime,
    proof: Evidence | None = None,
    version: int | None = None,
) -> Appeal:
    """申请合理缺项: the unit has nothing to show for this milestone, and says why.

    Args:
        proof: one of the unit's own documents.
        version: the milestone's, as the person saw it.

    Raises:
        Refused: the rules do not allow it. Stale: the milestone has changed.
    """
    check_version(version, milestone.version)
    is_pending = _is_pending(session, AppealKind.WAIVER, milestone)
    enforce(refuse_ask_waiver(milestone, milestone.unit_id, by, is_pending=is_pending))
    if proof is not None and (proof.unit_id, proof.campaign_id) != (
        milestone.unit_id,
        milestone.campaign_id,
    ):
        raise Refused("证明材料须是本单位的材料")
    appeal = _appeal(milestone.assignment, AppealKind.WAIVER, reason, by=by, at=at)
    appeal.milestone, appeal.evidence = milestone, proof
    return _asked(session, appeal, by=by, at=at)


def ask_extension(
    session: Session,
    milestone: Milestone,
    new_day: date,
    reason: str,
    *,
    by: User,
    at: datetime,
    today: date,
    version: int | None = None,
) -> Appeal:
    """申请延期: the unit cannot keep the day in force; it asks before that day.

    Args:
        version: the milestone's, as the person saw it.

    Raises:
        Refused: the rules do not allow it. Stale: the milestone has changed.
    """
    check_version(version, milestone.version)
    is_pending = _is_pending(session, AppealKind.EXTENSION, milestone)
    enforce(refuse_ask_extension(milestone, milestone.unit_id, by, today, is_pending=is_pending))
    enforce(refuse_extend(milestone, new_day, _last_day(session, milestone.campaign_id)))
    appeal = _appeal(milestone.assignment, AppealKind.EXTENSION, reason, by=by, at=at)
    appeal.milestone, appeal.old_due_on, appeal.new_due_on = milestone, milestone.due_on, new_day
    return _asked(session, appeal, by=by, at=at)


def object_to(
    session: Session, assignment: Assignment, ground: Ground, reason: str, *, by: User, at: datetime
) -> Appeal:
    """提出异议: the unit says that an assignment is worded wrongly, or not its own.

    Raises:
        Refused: the rules do not allow it.
    """
    refusal = refuse_object(
        assignment.unit_id,
        by,
        has_left=assignment.left_on is not None,
        is_handed_in=queries.is_handed_in(session, assignment.id),
        is_pending=queries.is_pending(session, AppealKind.OBJECTION, assignment.id, None),
    )
    enforce(refusal)
    appeal = _appeal(assignment, AppealKind.OBJECTION, reason, by=by, at=at)
    appeal.reason = f"{ground}：{appeal.reason}"
    return _asked(session, appeal, by=by, at=at)


def grant(
    session: Session,
    appeal: Appeal,
    words: str,
    *,
    by: User,
    at: datetime,
    version: int | None = None,
) -> None:
    """同意: the milestone is waived or its day moved at once; of an objection it is the answer alone,
    for giving the task to another unit is a step of its own.

    Raises:
        Refused: the rules do not allow it, or the milestone was submitted meanwhile. Stale: `version`
            is not the present one.
    """
    check_version(version, appeal.version)
    enforce(refuse_answer(appeal, by))
    if appeal.milestone is not None and appeal.kind is AppealKind.WAIVER:
        milestones.waive(session, appeal.milestone, by=by, at=at, note=appeal.reason)
    if appeal.milestone is not None and appeal.new_due_on is not None:
        milestones.extend(
            session,
            appeal.milestone,
            appeal.new_due_on,
            by=by,
            at=at,
            last_day=_last_day(session, appeal.campaign_id),
            note=appeal.reason,
        )
    _answer(session, appeal, AppealState.GRANTED, words, by=by, at=at)


def refuse(
    session: Session,
    appeal: Appeal,
    words: str,
    *,
    by: User,
    at: datetime,
    version: int | None = None,
) -> None:
    """不同意, with the reason why.

    Raises:
        Refused: no reason, or the rules do not allow it. Stale: `version` is not the present one.
    """
    check_version(version, appeal.version)
    enforce(refuse_answer(appeal, by))
    if not words.strip():
        raise Refused("不同意须写明原因")
    _answer(session, appeal, AppealState.REFUSED, words, by=by, at=at)


def withdraw(session: Session, appeal: Appeal, *, by: User, at: datetime, version: int | None = None) -> None:
    """撤回: the unit no longer asks.

    Raises:
        Refused: the rules do not allow it. Stale: `version` is not the present one.
    """
    check_version(version, appeal.version)
    enforce(refuse_withdraw(appeal, appeal.assignment.unit_id, by))
    appeal.state = AppealState.WITHDRAWN
    session.flush()
    _record(session, appeal, by=by, at=at, before=AppealState.PENDING)


def _is_pending(session: Session, kind: AppealKind, milestone: Milestone) -> bool:
    return queries.is_pending(session, kind, milestone.assignment_id, milestone.id)


def _last_day(session: Session, campaign_id: int) -> date:
    return session.get_one(Campaign, campaign_id).ends_on


def _appeal(assignment: Assignment, kind: AppealKind, reason: str, *, by: User, at: datetime) -> Appeal:
    if not reason.strip():
        raise Refused("申请须写明原因")
    return Appeal(
        campaign_id=assignment.campaign_id,
        assignment_id=assignment.id,
        assignment=assignment,
        kind=kind,
        reason=reason.strip(),
        state=AppealState.PENDING,
        asked_at=at,
        asked_by_id=by.id,
        asked_by=by,
    )


def _asked(session: Session, appeal: Appeal, *, by: User, at: datetime) -> Appeal:
    session.add(appeal)
    session.flush()
    _record(session, appeal, by=by, at=at, note=f"{appeal.subject}：{appeal.reason}")
    return appeal


def _answer(
    session: Session, appeal: Appeal, state: AppealState, words: str, *, by: User, at: datetime
) -> None:
    appeal.state, appeal.answer = state, words.strip()
    appeal.answered_at, appeal.answered_by_id = at, by.id
    session.flush()
    note = "：".join(filter(None, (appeal.subject, appeal.answer)))
    _record(session, appeal, by=by, at=at, before=AppealState.PENDING, note=note)


def _record(
    session: Session,
    appeal: Appeal,
    *,
    by: User,
    at: datetime,
    before: AppealState | None = None,
    note: str = "",
) -> None:
    record(
        session,
        "appeal",
        appeal.id,
        STEPS[appeal.kind, appeal.state].value,
        by=by,
        at=at,
        before={"state": before.value} if before else {},
        after={"state": appeal.state.value},
        note=note or appeal.subject,
        task_id=appeal.assignment.task_id,
        unit_id=appeal.assignment.unit_id,
    )
