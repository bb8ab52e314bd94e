"""合并: one unit joins another one, in one transaction."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from tracker.assignments.models import Assignment, Reassignment
from tracker.assignments.rules import Step
from tracker.errors import Stale, enforce
from tracker.events.actions import record
from tracker.evidence.models import Evidence, Placement
from tracker.merging.parties import join_parties, join_reporting
from tracker.merging.queries import UNFINISHED, Outlook, hurdles_of, outlook_of
from tracker.merging.rules import reason_not_to_join, reason_to_wait
from tracker.milestones.fanout import fan_out, leave
from tracker.milestones.reassigning import hand_on, owed_by, share_of
from tracker.milestones.rules import Day
from tracker.people.actions.accounts import move
from tracker.people.actions.units import pass_names
from tracker.people.models import UnitLeader, User
from tracker.people.rules.managing import Power, reason_not_to_manage
from tracker.plan.queries import campaigns_of
from tracker.units.models import Jurisdiction, Unit


def merge(
    session: Session, unit: Unit, other: Unit, *, by: User, at: datetime, day: Day, seen: str
) -> Outlook:
    """Let `unit` be part of `other` from today on; what it did stays under its own name. Returns what
    was done.

    Args:
        seen: the mark of the outlook that the person saw.

    Raises:
        Refused: `by` may not, the two cannot be one, or something is under way that has to end first.
        Stale: the outlook is another one by now.
    """
    session.execute(select(Jurisdiction.id).where(Jurisdiction.id == unit.jurisdiction_id).with_for_update())
    session.refresh(unit)
    session.refresh(other)
    enforce(
        reason_not_to_manage(by.role, Power.STOP)
        or reason_not_to_join(unit, other)
        or reason_to_wait(hurdles_of(session, unit))
    )
    outlook = outlook_of(session, unit, other, day)
    if seen != outlook.mark:
        raise Stale("合并的结果已有变化，请核对后再确认")
    _move_shares(session, unit, other, by=by, at=at, day=day)
    _move_given(session, unit, other)
    join_reporting(session, unit, other, day.today)
    join_parties(session, unit, other, day.today)
    _move_drafts(session, unit, other)
    _move_people(session, unit, other, by=by, at=at)
    pass_names(session, unit, other)
    session.execute(update(Unit).where(Unit.merged_into_id == unit.id).values(merged_into_id=other.id))
    unit.is_active, unit.merged_into = False, other
    unit.jurisdiction.edition += 1
    session.flush()
    for campaign in campaigns_of(session, unit.jurisdiction_id):
        fan_out(session, campaign, at=at, today=day.today, by=by)
    _note(session, unit, other, outlook, by=by, at=at)
    return outlook


def _move_shares(session: Session, unit: Unit, other: Unit, *, by: User, at: datetime, day: Day) -> None:
    """What is owed goes over as with 改派, with whoever of the unit works on it; where the other unit has a
    share itself, or nothing is owed, the share ends."""
    own = Assignment.unit_id == unit.id, Assignment.left_on.is_(None)
    shares = session.scalars(select(Assignment).where(*own).options(selectinload(Assignment.milestones)))
    note = f"并入{other.short}"
    for share in shares.all():
        taken = share_of(session, share.task_id, other.id)
        has_own = taken is not None and taken.left_on is None
        if has_own or not owed_by(share):
            share.is_first = share.is_first and not has_own
            leave(session, share, by=by, at=at, today=day.today, note=note)
        else:
            taker = hand_on(session, share, other, note, by=by, at=at, day=day)
            taker.handler_id = share.handler_id
            _record(session, taker, f"原由{unit.short}承担，该单位已并入", by=by, at=at)
        _record(session, share, note, by=by, at=at)
    session.flush()


def _move_given(session: Session, unit: Unit, other: Unit) -> None:
    """The fan-out finds what the office had given to the unit with the other one. What the unit had given
    away stays where it is, and counts as given by the other one unless that has a share itself."""
    here, there = unit.id, other.id
    for row in session.scalars(select(Reassignment).where(Reassignment.to_unit_id == here)).all():
        if row.from_unit_id == there:
            session.delete(row)
        else:
            row.to_unit_id = there
    held = select(Assignment.task_id).where(Assignment.unit_id == there, Assignment.left_on.is_(None))
    given = select(Reassignment.task_id).where(Reassignment.from_unit_id == there)
    busy = set(session.scalars(held)) | set(session.scalars(given))
    for row in session.scalars(select(Reassignment).where(Reassignment.from_unit_id == here)).all():
        if row.to_unit_id == there:
            session.delete(row)
        elif row.task_id not in busy:
            row.from_unit_id = there
    session.flush()


def _move_drafts(session: Session, unit: Unit, other: Unit) -> None:
    """Documents that nobody has accepted are the other unit's to finish."""
    own = Evidence.unit_id == unit.id, Evidence.state.in_(UNFINISHED)
    for paper in session.scalars(select(Evidence).where(*own)).all():
        paper.unit_id = other.id
        session.execute(update(Placement).where(Placement.evidence_id == paper.id).values(unit_id=other.id))
    session.flush()


def _move_people(session: Session, unit: Unit, other: Unit, *, by: User, at: datetime) -> None:
    """All of them, also who was stopped; whoever is signed in stays so. The leader in charge goes with
    them where the other unit has none."""
    for person in session.scalars(select(User).where(User.unit_id == unit.id).order_by(User.id)).all():
        move(session, person, other, by=by, at=at)
    mine = session.get(UnitLeader, unit.id)
    if mine is not None:
        if session.get(UnitLeader, other.id) is None:
            session.add(UnitLeader(unit_id=other.id, user_id=mine.user_id))
            after = {"leader": mine.leader.username}
            record(session, "unit", other.id, "put_in_charge", by=by, at=at, note=other.short, after=after)
        session.delete(mine)
    session.flush()


def _note(session: Session, unit: Unit, other: Unit, done: Outlook, *, by: User, at: datetime) -> None:
    counts = {"people": done.people, "milestones": done.milestones, "dropped": done.dropped}
    for one in (unit, other):
        record(
            session, "unit", one.id, "merge", by=by, at=at, unit_id=one.id,
            before={"unit": unit.short}, after={"unit": other.short} | counts,
        )  # fmt: skip


def _record(session: Session, share: Assignment, note: str, *, by: User, at: datetime) -> None:
    record(
        session, "assignment", share.id, Step.MERGE.value, by=by, at=at, note=note,
        task_id=share.task_id, unit_id=share.unit_id,
    )  # fmt: skip
