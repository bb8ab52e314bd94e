"""What pages and mails read of appeals."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select
from sqlalchemy.orm import Session, joinedload

from tracker.appeals.models import Appeal
from tracker.appeals.rules import ANSWERED, AppealKind, AppealState, was_handed_in
from tracker.assignments.models import Assignment
from tracker.evidence.models import Evidence, Placement
from tracker.evidence.rules import COUNTS
from tracker.milestones.models import Milestone
from tracker.plan.models import Campaign, Task

MOST_PROOFS = 50
"""Documents of a task that a form offers as the proof of a waiver, the newest first."""


@dataclass(frozen=True)
class Filter:
    """What a list shows; None means all."""

    state: AppealState | None = None
    kind: AppealKind | None = None
    unit_id: int | None = None


def appeals(
    session: Session, campaign: Campaign, wanted: Filter, *, offset: int = 0, limit: int | None = None
) -> list[Appeal]:
    """The appeals of a filter: what waits first, of that the oldest; then the newest answers."""
    oldest_first = case((_pending(), Appeal.id))
    query = (
        _whole().where(*_conditions(campaign, wanted)).order_by(~_pending(), oldest_first, Appeal.id.desc())
    )
    return list(session.scalars(query.offset(offset).limit(limit)))


def state_counts(session: Session, campaign: Campaign, unit_id: int | None) -> dict[AppealState, int]:
    """How many appeals there are in each state, of a unit or of all."""
    rows = session.execute(
        select(Appeal.state, func.count())
        .where(*_conditions(campaign, Filter(unit_id=unit_id)))
        .group_by(Appeal.state)
    )
    return dict.fromkeys(AppealState, 0) | {row[0]: row[1] for row in rows}


def appeal_count(session: Session, campaign: Campaign, wanted: Filter) -> int:
    """How many rows `appeals` has for the same filter."""
    return session.scalar(select(func.count()).where(*_conditions(campaign, wanted))) or 0


def pending(session: Session, campaign: Campaign) -> list[Appeal]:
    """What waits for the office's answer, the oldest first."""
    return appeals(session, campaign, Filter(state=AppealState.PENDING))


def answered_since(session: Session, campaign: Campaign, since: datetime) -> list[Appeal]:
    """What the office answered at `since` or later, in the order of the answers."""
    query = _whole().where(
        Appeal.campaign_id == campaign.id, Appeal.state.in_(ANSWERED), Appeal.answered_at >= since
    )
    return list(session.scalars(query.order_by(Appeal.answered_at, Appeal.id)))


def appeals_by_id(session: Session, campaign: Campaign, ids: Collection[int]) -> list[Appeal]:
    """The campaign's appeals among `ids`, in the order in which they were asked."""
    query = _whole().where(Appeal.campaign_id == campaign.id, Appeal.id.in_(ids))
    return list(session.scalars(query.order_by(Appeal.asked_at, Appeal.id)))


def appeals_of_task(session: Session, task_id: int, unit_id: int | None) -> list[Appeal]:
    """What was asked about a task, by a unit or by all, the newest first."""
    wanted = {"task_id": task_id, "unit_id": unit_id}
    return list(session.scalars(_of_task(is_of_unit=unit_id is not None), wanted))


def is_pending(session: Session, kind: AppealKind, assignment_id: int, milestone_id: int | None) -> bool:
    """Whether an appeal of this kind about this thing waits for its answer."""
    query = select(Appeal.id).where(
        _pending(), Appeal.kind == kind, Appeal.assignment_id == assignment_id,
        Appeal.milestone_id == milestone_id,
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None


def is_handed_in(session: Session, assignment_id: int) -> bool:
    """Whether anything of an assignment was submitted, be it that it was returned since."""
    days = select(Milestone.submitted_at, Milestone.returned_on)
    return was_handed_in(session.execute(days.where(Milestone.assignment_id == assignment_id)).all())


def proofs(session: Session, task_id: int, unit_id: int) -> list[Evidence]:
    """A unit's documents under a task that can prove something."""
    placed = select(Placement.evidence_id).where(Placement.task_id == task_id, Placement.unit_id == unit_id)
    query = (
        select(Evidence)
        .where(Evidence.id.in_(placed), Evidence.state.in_(COUNTS))
        .order_by(Evidence.id.desc())
        .limit(MOST_PROOFS)
    )
    return list(session.scalars(query))


def _pending() -> ColumnElement[bool]:
    return Appeal.state == AppealState.PENDING


def _conditions(campaign: Campaign, wanted: Filter) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Appeal.campaign_id == campaign.id]
    if wanted.state is not None:
        found.append(Appeal.state == wanted.state)
    if wanted.kind is not None:
        found.append(Appeal.kind == wanted.kind)
    if wanted.unit_id is not None:
        own = select(Assignment.id).where(Assignment.unit_id == wanted.unit_id)
        found.append(Appeal.assignment_id.in_(own))
    return found


@cache  # every task page asks for them
def _of_task(*, is_of_unit: bool) -> Select[Any]:
    shares = select(Assignment.id).where(Assignment.task_id == bindparam("task_id"))
    if is_of_unit:
        shares = shares.where(Assignment.unit_id == bindparam("unit_id"))
    query = _whole().where(Appeal.assignment_id.in_(shares))
    return query.order_by(Appeal.asked_at.desc(), Appeal.id.desc())


def _whole() -> Select[Any]:
    """Appeals with all that a page or an answer needs of them."""
    assignment = joinedload(Appeal.assignment, innerjoin=True)
    return select(Appeal).options(
        assignment.joinedload(Assignment.task, innerjoin=True).joinedload(Task.item, innerjoin=True),
        assignment.joinedload(Assignment.unit, innerjoin=True),
        joinedload(Appeal.milestone).joinedload(Milestone.deadline),
        joinedload(Appeal.evidence),
        joinedload(Appeal.asked_by, innerjoin=True),
        joinedload(Appeal.answered_by),
    )
