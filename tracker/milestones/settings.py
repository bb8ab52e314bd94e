"""What 创建设置 changes in who owes what: the members of a group, the day of going live."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tracker.assignments.models import Assignment
from tracker.errors import Refused, Stale
from tracker.events.actions import record
from tracker.milestones.fanout import FanOut, fan_out
from tracker.milestones.models import Milestone
from tracker.milestones.rules import OWING, State, is_born_backfill
from tracker.people.models import User
from tracker.plan.actions import keep_months
from tracker.plan.models import Campaign, Deadline, Reporter
from tracker.plan.rules import may_move_live_on
from tracker.units.actions import note_joining
from tracker.units.models import Jurisdiction, Unit, UnitGroup


def set_members(
    session: Session,
    group: UnitGroup,
    members: Iterable[Unit],
    *,
    by: User,
    at: datetime,
    today: date,
    seen: Iterable[int],
) -> list[FanOut]:
    """Say who belongs to a group, and give and take tasks accordingly in every campaign; loading the plan
    again leaves it so, also where the plan itself names the members (调整集合).

    Args:
        seen: the members that the person saw.

    Raises:
        Refused: nobody would belong to a group of the plan. Stale: somebody changed them meanwhile.
    """
    members = list(members)
    if not members and not group.is_presumed:
        raise Refused("方案写明成员的集合至少要有一个单位")
    before = {unit.id: unit.short for unit in group.members}
    if set(seen) != set(before):
        raise Stale
    _keep_reporting(session, group, [unit for unit in group.members if unit not in members], today)
    group.is_edited = True
    group.members = sorted(members, key=lambda unit: unit.position)
    after = {unit.id: unit.short for unit in group.members}
    session.get_one(Jurisdiction, group.jurisdiction_id).edition += 1
    session.flush()
    note_joining(session, group, after.keys() - before.keys(), today)
    record(
        session, "unit_group", group.id, "set_members", by=by, at=at,
        before={"left": [before[key] for key in before if key not in after]},
        after={"joined": [after[key] for key in after if key not in before]},
    )  # fmt: skip
    campaigns = (
        select(Campaign).where(Campaign.jurisdiction_id == group.jurisdiction_id).order_by(Campaign.id)
    )
    return [fan_out(session, campaign, at=at, today=today, by=by) for campaign in session.scalars(campaigns)]


def _keep_reporting(session: Session, group: UnitGroup, leaving: Iterable[Unit], today: date) -> None:
    rows = session.scalars(select(Reporter).where(Reporter.group_id == group.id)).all()
    for row, unit in product(rows, leaving):
        keep_months(session, row, unit, today)


@dataclass(frozen=True)
class Consequence:
    """What a unit gets or loses, in rows, when it joins or leaves a group."""

    unit: Unit
    is_joining: bool
    shares: int
    milestones: int


def try_members(
    session: Session,
    group: UnitGroup,
    members: Iterable[Unit],
    *,
    by: User,
    at: datetime,
    today: date,
    seen: Iterable[int],
) -> list[Consequence]:
    """What `set_members` would do to whom: it is done, counted and taken back.

    Raises:
        Refused, Stale: as `set_members` does.
    """
    wanted, present = list(members), list(group.members)
    changed = sorted({*wanted} ^ {*present}, key=lambda unit: unit.position)
    before = _owed(session, changed)
    trial = session.begin_nested()
    try:
        set_members(session, group, wanted, by=by, at=at, today=today, seen=seen)
        after = _owed(session, changed)
    finally:
        trial.rollback()
    return [
        Consequence(unit, unit in wanted, abs(after[unit.id][0] - before[unit.id][0]),
                    abs(after[unit.id][1] - before[unit.id][1]))
        for unit in changed
    ]  # fmt: skip


def _owed(session: Session, units: Iterable[Unit]) -> dict[int, tuple[int, int]]:
    """By unit: how many shares it has, and how many milestones it owes."""
    found = {}
    for unit in units:
        shares = select(func.count()).where(Assignment.unit_id == unit.id, Assignment.left_on.is_(None))
        owed = select(func.count()).where(Milestone.unit_id == unit.id, Milestone.state.in_(OWING))
        found[unit.id] = (session.scalar(shares) or 0, session.scalar(owed) or 0)
    return found


def move_live_on(
    session: Session, campaign: Campaign, live_on: date, *, by: User, at: datetime, today: date
) -> None:
    """Correct 上线日期: what nobody has touched is 待补录, or no longer, by the new day.

    Raises:
        Refused: the campaign has been running for too long, or the day lies outside it.
    """
    if not may_move_live_on(campaign.live_on, today):
        raise Refused("系统上线已超过 30 天，上线日期不能再改")
    if not campaign.starts_on <= live_on <= campaign.ends_on:
        raise Refused(f"上线日期应在 {campaign.starts_on} 至 {campaign.ends_on} 之间")
    before, campaign.live_on = campaign.live_on, live_on
    for deadline in session.scalars(select(Deadline).where(Deadline.campaign_id == campaign.id)):
        is_backfill = is_born_backfill(deadline.due_on, live_on)
        session.execute(
            update(Milestone)
            .where(
                Milestone.deadline_id == deadline.id,
                Milestone.state == State.OPEN,
                Milestone.is_backfill != is_backfill,
            )
            .values(is_backfill=is_backfill, version=Milestone.version + 1)
            .execution_options(synchronize_session=False)
        )
    record(
        session, "campaign", campaign.id, "move_live_on", by=by, at=at,
        before={"live_on": before.isoformat()}, after={"live_on": live_on.isoformat()},
    )  # fmt: skip
    session.flush()
