"""What 创建设置 changes in who is told when: the ladders of a campaign."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.errors import Refused, Stale
from tracker.events.actions import record
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders.models import LadderRung
from tracker.reminders.queries.ladder import ladders_of
from tracker.reminders.rules.ladder import Audience, Ladder, LadderKind, Rung, ladder_faults, repeat_fault

AT_LEAST_ONE = "阶梯至少保留一级；不想提醒的，取消“启用”就可以"


def set_ladder(
    session: Session,
    campaign: Campaign,
    kind: LadderKind,
    rungs: Sequence[Rung],
    *,
    by: User,
    at: datetime,
    seen: str,
) -> None:
    """提醒阶梯: what is told of a kind from the next run on; what was told stays told.

    Args:
        seen: the mark of the ladder that the person saw.

    Raises:
        Refused: nothing is left of it, or it cannot be. Stale: somebody changed it meanwhile.
    """
    session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update())
    before, after = ladders_of(session, campaign)[kind], Ladder.of(rungs)
    if seen != before.mark:
        raise Stale
    faults = [*ladder_faults(after.rungs).values(), *filter(None, map(repeat_fault, after.rungs))]
    if not after.rungs or faults:
        raise Refused("；".join(faults) or AT_LEAST_ONE)
    if after == before:
        return
    session.execute(delete(LadderRung).where(LadderRung.campaign_id == campaign.id, LadderRung.kind == kind))
    session.add_all(_row(campaign, kind, rung) for rung in after.rungs)
    record(
        session, "campaign", campaign.id, "set_ladder", by=by, at=at, note=kind.label,
        before={"rungs": before.mark}, after={"rungs": after.mark},
    )  # fmt: skip
    session.flush()


def _row(campaign: Campaign, kind: LadderKind, rung: Rung) -> LadderRung:
    return LadderRung(
        campaign_id=campaign.id,
        kind=kind,
        days=rung.days,
        is_to_liaison=Audience.LIAISON in rung.to,
        is_to_head=Audience.HEAD in rung.to,
        is_to_leader=Audience.LEADER in rung.to,
        is_to_office=Audience.OFFICE in rung.to,
        channel=rung.channel,
        is_on=rung.is_on,
        repeat_days=rung.every,
        repeat_count=rung.times,
    )
