"""What people do with a milestone: tick it, take it back, accept, return, waive, extend, set its day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import CursorResult, Table, bindparam, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from tracker.errors import Refused, Stale, check_version, enforce
from tracker.events.actions import record
from tracker.evidence import actions as evidence
from tracker.evidence.rules import span
from tracker.evidence.shelf import lacking
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
    refuse_step,
    refuse_submit,
    refuse_take_back,
)
from tracker.milestones.waiting import awaited_names, refresh_waiting
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.plan.rules import PartyRole

Row = TypeVar("Row")


@dataclass
class Bulk(Generic[Row]):
    """The outcome of a bulk action: how many rows were done, and which were not and why."""

    done_count: int = 0
    refused: list[tuple[Row, str]] = field(default_factory=list)


def submit(
    session: Session, milestone: Milestone, *, by: User, at: datetime, today: date, version: int | None = None
) -> None:
    """勾选: the unit says that its share is done at this deadline; its drafts under the task go with it.

    Raises:
        Refused: the rules do not allow it. Stale: `version` is not the present one.
    """
    check_version(version, milestone.version)
    enforce(refuse_submit(milestone, milestone.unit_id, by, today))
    before = _facts(milestone)
    _write(
        session, milestone, state=State.SUBMITTED,
        submitted_at=at, submitted_on=today, submitted_by_id=by.id,
        missing=_missing_shares(session, milestone), late_from=milestone.late_from,
    )  # fmt: skip
    _record(session, milestone, Step.SUBMIT, before, by=by, at=at)
    if milestone.has_papers is not False:
        evidence.hand_in_all(session, milestone.task_id, milestone.unit_id, by=by, at=at)
    _accept_if_proved(session, milestone, at=at)
    _refresh(session, milestone)


def take_back(
    session: Session, milestone: Milestone, *, by: User, at: datetime, version: int | None = None
) -> None:
    """撤回: undo the tick while nobody has accepted it; a returned one is returned again.

    Raises:
        Refused: the rules do not allow it. Stale: `version` is not the present one.
    """
    check_version(version, milestone.version)
    enforce(refuse_take_back(milestone, milestone.unit_id, by))
    before = _facts(milestone)
    _write(
        session, milestone, state=State.RETURNED if milestone.returned_on else State.OPEN,
        submitted_at=None, submitted_on=None, submitted_by_id=None,
        missing="", late_from=late_from(milestone.due_on, milestone.ready_on),
    )  # fmt: skip
    _record(session, milestone, Step.TAKE_BACK, before, by=by, at=at)
    if milestone.has_papers is not False and not _is_another_submitted(milestone):
        evidence.take_back_all(session, milestone.task_id, milestone.unit_id, by=by, at=at)
    _refresh(session, milestone)


def accept(
    session: Session, milestone: Milestone, *, by: User, at: datetime, version: int | None = None
) -> None:
    """办结: the office accepts what the unit submitted, with the documents that prove it.

    Raises:
        Refused: the rules do not allow it. Stale: `version` is not the present one.
    """
    check_version(version, milestone.version)
    enforce(refuse_decide(milestone, milestone.submitted_by_id, by, Step.ACCEPT))
    _accept(session, milestone, by=by, at=at)
    session.flush()


def send_back(
    session: Session,
    milestone: Milestone,
    reason: str,
    *,
    by: User,
    at: datetime,
    day: Day,
    version: int | None = None,
) -> None:
    """退回: the office wants it done again, also after an acceptance; due 3 working days later at
    the earliest.

    Raises:
        Refused: no reason, or the rules do not allow it. Stale: `version` is not the present one.
    """
    check_version(version, milestone.version)
    enforce(refuse_decide(milestone, milestone.submitted_by_id, by, Step.RETURN))
    if not reason.strip():
        raise Refused("退回须写明原因")
    before = _facts(milestone)
    milestone.state = State.RETURNED
    milestone.reason = reason.strip()
    milestone.returned_on = day.today
    milestone.decided_at, milestone.decided_by_id = at, by.id
    milestone.submitted_at = milestone.submitted_on = milestone.submitted_by_id = None
    milestone.due_on = due_after_return(milestone.due_on, day.today, day.calendar)
    milestone.late_from = late_from(milestone.due_on, milestone.ready_on)
    _record(session, milestone, Step.RETURN, before, by=by, at=at, note=milestone.reason)
    _refresh(session, milestone)


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
    before = _facts(milestone)
    returned_on = milestone.returned_on if milestone.state is State.RETURNED else None
    milestone.planned_on = new_day
    milestone.due_on = due_after_return(new_day, returned_on, day.calendar) if returned_on else new_day
    milestone.late_from = late_from(milestone.due_on, milestone.ready_on)
    _record(session, milestone, Step.SET_EARLIER, before, by=by, at=at)
    session.flush()


def waive(session: Session, milestone: Milestone, *, by: User, at: datetime, note: str) -> None:
    """认定合理缺项: the office lets the unit off; nobody waits for its share any more.

    Args:
        note: the reason, for the record.

    Raises:
        Refused: it is not owed any more.
    """
    enforce(refuse_decide(milestone, milestone.submitted_by_id, by, Step.WAIVE))
    before = _facts(milestone)
    milestone.state = State.WAIVED
    milestone.decided_at, milestone.decided_by_id = at, by.id
    _record(session, milestone, Step.WAIVE, before, by=by, at=at, note=note)
    _refresh(session, milestone)


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
    before = _facts(milestone)
    milestone.due_on = new_day
    milestone.late_from = late_from(new_day, milestone.ready_on)
    milestone.extension_count += 1
    _record(session, milestone, Step.EXTEND, before, by=by, at=at, note=note)
    session.flush()


def close_backfill(session: Session, milestone: Milestone, *, by: User, at: datetime) -> None:
    """补录办结: the office closes what was due before the system went live.

    Raises:
        Refused: it is not 待补录.
    """
    enforce(refuse_step(milestone, Step.CLOSE_BACKFILL))
    if not milestone.is_backfill:
        raise Refused("不是待补录的节点")
    before = _facts(milestone)
    milestone.state = State.ACCEPTED
    milestone.decided_at, milestone.decided_by_id = at, by.id
    _record(session, milestone, Step.CLOSE_BACKFILL, before, by=by, at=at)
    _refresh(session, milestone)


def in_bulk(rows: Iterable[Row], action: Callable[[Row], None]) -> Bulk[Row]:
    """Do `action` to each row; those that the rules refuse are told with their reason, and the
    others are done."""
    outcome = Bulk[Row]()
    for row in rows:
        try:
            action(row)
            outcome.done_count += 1
        except Refused as refusal:
            outcome.refused.append((row, str(refusal)))
    return outcome


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


def _accept(session: Session, milestone: Milestone, *, by: User | None, at: datetime) -> None:
    before = _facts(milestone)
    milestone.state = State.ACCEPTED
    milestone.decided_at, milestone.decided_by_id = at, by.id if by else None
    evidence.accept_all(session, milestone.task_id, milestone.unit_id, by=by, at=at)
    _record(session, milestone, Step.ACCEPT, before, by=by, at=at)


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
        _accept(session, milestone, by=None, at=at)


def _missing_shares(session: Session, milestone: Milestone) -> str:
    """Names of the supporting units that had not submitted when the lead did (groups, initiatives)."""
    assignment = milestone.assignment
    if not assignment.is_first or assignment.group_id is not None:
        return ""
    place = milestone.task_id, milestone.deadline_id
    return awaited_names(session, [place], named_only=False).get(place, "")


def _refresh(session: Session, milestone: Milestone) -> None:
    session.flush()
    if milestone.assignment.role is PartyRole.SUPPORT:
        refresh_waiting(session, milestone.task_id, milestone.deadline_id)


def _facts(milestone: Milestone) -> dict[str, Any]:
    return {
        "state": milestone.state.value,
        "due_on": milestone.due_on.isoformat(),
        "planned_on": milestone.planned_on.isoformat(),
    }


def _record(
    session: Session,
    milestone: Milestone,
    step: Step,
    before: dict[str, Any],
    *,
    by: User | None,
    at: datetime,
    note: str = "",
) -> None:
    after = _facts(milestone)
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
