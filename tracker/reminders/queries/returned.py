"""The documents that the office returned, for the units that have to mend them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.evidence.models import Evidence
from tracker.evidence.rules import EvidenceState
from tracker.milestones.rules import Day
from tracker.plan.models import Campaign
from tracker.reminders.items import Item, Recipient
from tracker.reminders.rules import DIGEST_DAYS, NoticeKind, shortened


def returned_documents(
    session: Session, campaign: Campaign, people: Sequence[Recipient], day: Day
) -> Iterator[tuple[Recipient, Item]]:
    """Every document that was returned of late and still waits, with each liaison of its unit."""
    zone = ZoneInfo(campaign.jurisdiction.timezone)
    first_day = day.calendar.add_working_days(day.today, -DIGEST_DAYS)
    rows = session.execute(
        select(Evidence.id, Evidence.unit_id, Evidence.title, Evidence.reason, Evidence.decided_at)
        .where(
            Evidence.campaign_id == campaign.id,
            Evidence.state == EvidenceState.RETURNED,
            Evidence.decided_at >= datetime.combine(first_day, time(), zone),
        )
        .order_by(Evidence.decided_at, Evidence.id)
    ).all()
    for row in rows:
        item = _item(campaign, row, zone)
        for person in people:
            if person.unit_id == row.unit_id and person.role.handles_tasks:
                yield person, item


def _item(campaign: Campaign, row: Any, zone: ZoneInfo) -> Item:
    returned_on = row.decided_at.astimezone(zone).date()
    return Item(
        kind=NoticeKind.RETURNED_DOCUMENT,
        object_id=row.id,
        late_from=returned_on + timedelta(days=1),
        rung=0,
        campaign_id=campaign.id,
        name=f"退回材料 {shortened(row.title, 20)}",
        text=f"《{row.title}》被市食安办退回（{returned_on}）：{shortened(row.reason)}",
        path=f"/evidence/{row.id}",
    )
