"""What the chat group of a campaign is to be told today: how a month went, what is overdue."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.milestones.rules import Day
from tracker.outbox.models import HookMessage
from tracker.outbox.rules import MailState
from tracker.plan.models import Campaign
from tracker.reminders.items import Item
from tracker.reminders.models import PostedLine, Webhook
from tracker.reminders.queries.ladder import ladders_of
from tracker.reminders.queries.milestones import late_counts, overdue_units
from tracker.reminders.queries.reports import digests, missing_reports, on_rungs, owed_reports
from tracker.reminders.rules.ladder import Audience
from tracker.reports.queries import terms_of

LAST = 10
"""Messages that the page of the robot shows."""


def webhook_of(session: Session, campaign: Campaign) -> Webhook | None:
    """The campaign's robot, switched on or off."""
    return session.get(Webhook, campaign.id)


def unposted(session: Session, campaign: Campaign, day: Day) -> list[Item]:
    """What the group was not told yet: the office's digest and what it is told of the units."""
    ladders, terms = ladders_of(session, campaign), terms_of(campaign, day)
    climbing = on_rungs(owed_reports(session, campaign, terms), ladders, terms)
    late = late_counts(session, campaign, day)
    items = [
        *(digest.item for digest in digests(session, campaign, terms)),
        *missing_reports(campaign, climbing, day, to=Audience.OFFICE),
        *overdue_units(session, campaign, ladders, day, late, to=Audience.OFFICE),
    ]
    return _untold(session, campaign, items)


def posts(session: Session, campaign: Campaign) -> Sequence[HookMessage]:
    """The last messages to the campaign's group, the newest first."""
    own = HookMessage.key.startswith(f"hook:{campaign.id}:")
    return session.scalars(select(HookMessage).where(own).order_by(HookMessage.id.desc()).limit(LAST)).all()


def is_posted(session: Session, key: str) -> bool:
    """Whether the message of this key has been written."""
    return session.scalar(select(HookMessage.id).where(HookMessage.key == key)) is not None


def _untold(session: Session, campaign: Campaign, items: list[Item]) -> list[Item]:
    thing = PostedLine.campaign_id, PostedLine.kind, PostedLine.object_id, PostedLine.late_from
    rows = session.execute(
        select(*thing, func.max(PostedLine.rung))
        .join(PostedLine.message)
        .where(
            PostedLine.campaign_id == campaign.id,
            PostedLine.late_from.in_({item.late_from for item in items}),
            HookMessage.state != MailState.FAILED,
        )
        .group_by(*thing)
    )
    told = {tuple(row[:-1]): row[-1] for row in rows}
    return [item for item in items if item.identity not in told or told[item.identity] < item.rung]
