"""What 创建设置 changes in who owes what: the members of a group, the day of going live."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.errors import Refused, Stale
from tracker.events.actions import record
from tracker.milestones.fanout import FanOut, fan_out
from tracker.milestones.models import Milestone
from tracker.milestones.rules import State, is_born_backfill
from tracker.people.models import User
from tracker.plan.models import Campaign, Deadline
from tracker.plan.rules import may_move_live_on
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
    """Say who belongs to a presumed group, and give and take tasks accordingly in every campaign.

    Args:
        seen: the members that the person saw.

    Raises:
        Refused: the plan itself names the members. Stale: somebody changed them meanwhile.
    """
    if not group.is_presumed:
        raise Refused("方案写明了这个集合的成员，不能修改")
    before = {unit.id: unit.short for unit in group.members}
    if set(seen) != set(before):
        raise Stale
    group.is_edited = True
    group.members = sorted(members, key=lambda unit: unit.position)
    after = {unit.id: unit.short for unit in group.members}
    session.get_one(Jurisdiction, group.jurisdiction_id).edition += 1
    session.flush()
    record(
        session, "unit_group", group.id, "set_members", by=by, at=at,
        before={"left": [before[key] for key in before if key not in after]},
        after={"joined": [after[key] for key in after if key not in before]},
    )  # fmt: skip
    campaigns = (
        select(Campaign).where(Campaign.jurisdiction_id == group.jurisdiction_id).order_by(Campaign.id)
    )
    return [fan_out(session, campaign, at=at, today=today) for campaign in session.scalars(campaigns)]


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
