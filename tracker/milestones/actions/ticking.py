"""A unit says that its share is done, or takes that back."""

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Table, bindparam, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from tracker.errors import Stale, check_version, enforce
from tracker.evidence import actions as evidence
from tracker.evidence.rules import span
from tracker.evidence.shelf import lacking
from tracker.milestones.actions.deciding import accept_as
from tracker.milestones.actions.recording import facts, record_step, refresh
from tracker.milestones.models import Milestone
from tracker.milestones.rules import State, Step, late_from, refuse_submit, refuse_take_back
from tracker.milestones.waiting import awaited_names
from tracker.people.models import User
from tracker.plan.models import Campaign


def submit(
    session: Session, milestone: Milestone, *, by: User, at: datetime, today: date, version: int | None = None
) -> None:
    """勾选: the unit says that its share is done at this deadline; its drafts under the task go with it.

    Raises:
        Refused: the rules do not allow it. Stale: `version` is not the present one.
    """
    check_version(version, milestone.version)
    enforce(refuse_submit(milestone, milestone.unit_id, by, today))
    before = facts(milestone)
    _write(
        session, milestone, state=State.SUBMITTED,
        submitted_at=at, submitted_on=today, submitted_by_id=by.id,
        missing=_missing_shares(session, milestone), late_from=milestone.late_from,
    )  # fmt: skip
    record_step(session, milestone, Step.SUBMIT, before, by=by, at=at)
    if milestone.has_papers is not False:
        evidence.hand_in_all(session, milestone.task_id, milestone.unit_id, by=by, at=at)
    _accept_if_proved(session, milestone, at=at)
    refresh(session, milestone)


def take_back(
    session: Session, milestone: Milestone, *, by: User, at: datetime, version: int | None = None
) -> None:
    """撤回: undo the tick while nobody has accepted it; a returned one is returned again.

    Raises:
        Refused: the rules do not allow it. Stale: `version` is not the present one.
    """
    check_version(version, milestone.version)
    enforce(refuse_take_back(milestone, milestone.unit_id, by))
    before = facts(milestone)
    _write(
        session, milestone, state=State.RETURNED if milestone.returned_on else State.OPEN,
        submitted_at=None, submitted_on=None, submitted_by_id=None,
        missing="", late_from=late_from(milestone.due_on, milestone.ready_on),
    )  # fmt: skip
    record_step(session, milestone, Step.TAKE_BACK, before, by=by, at=at)
    if milestone.has_papers is not False and not _is_another_submitted(milestone):
        evidence.take_back_all(session, milestone.task_id, milestone.unit_id, by=by, at=at)
    refresh(session, milestone)


def _write(session: Session, milestone: Milestone, **values: Any) -> None:
    """Write what a tick changes, past the unit of work, which takes far longer than the statement.

    Raises:
        Stale: somebody changed the row since it was read.
    """
    seen = milestone.version
    row = {"row_id": milestone.id, "seen": seen, **values, "version": seen + 1}
    if cast(CursorResult[Any], session.execute(_TICK, row)).rowcount != 1:
        raise Stale
    for name, value in (*values.items(), ("version", seen + 1)):
        set_committed_value(milestone, name, value)


_table = cast(Table, Milestone.__table__)
_TICK = (
    update(_table)
    .where(_table.c.id == bindparam("row_id"), _table.c.version == bindparam("seen"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "state", "submitted_at", "submitted_on", "submitted_by_id", "missing", "late_from", "version",
            )
        }
    )
)  # fmt: skip


def _missing_shares(session: Session, milestone: Milestone) -> str:
    """Names of the supporting units that had not submitted when the lead did (groups, initiatives)."""
    assignment = milestone.assignment
    if not assignment.is_first or assignment.group_id is not None:
        return ""
    place = milestone.task_id, milestone.deadline_id
    return awaited_names(session, [place], named_only=False).get(place, "")


def _is_another_submitted(milestone: Milestone) -> bool:
    """Whether the office is judging the share at another deadline, by the same documents."""
    return any(
        other is not milestone and other.state is State.SUBMITTED for other in milestone.assignment.milestones
    )


def _accept_if_proved(session: Session, milestone: Milestone, *, at: datetime) -> None:
    """Where the campaign says so, the system accepts what has all its materials."""
    campaign = session.get_one(Campaign, milestone.campaign_id)
    if not campaign.is_accepted_by_system:
        return
    asked = span(campaign.starts_on, milestone.deadline.due_on)
    found = lacking(session, milestone.task_id, milestone.unit_id, asked)
    if found.total and found.is_complete:
        accept_as(session, milestone, by=None, at=at)
