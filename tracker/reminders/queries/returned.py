"""What the office returned, milestones and documents, for the units that have to mend it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.evidence.models import Evidence
from tracker.evidence.rules import EvidenceState
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day, State
from tracker.plan.models import Campaign, Task
from tracker.reminders.items import Item, Recipient
from tracker.reminders.queries.milestones import line_words, lines_for
from tracker.reminders.queries.posts import REMINDED
from tracker.reminders.rules import DIGEST_DAYS, NoticeKind, shortened


def returned_milestones(session: Session, campaign: Campaign, day: Day) -> Iterator[tuple[int, Item]]:
    """Every milestone that was returned of late and still waits, with each person who is to mend it; the
    ladder would tell of it only as its day draws near."""
    first_day = day.calendar.add_working_days(day.today, -DIGEST_DAYS)
    rows = session.execute(
        lines_for([role for role in REMINDED if role.handles_tasks], day.today)
        .add_columns(Milestone.returned_on, Milestone.reason)
        .where(
            Milestone.campaign_id == campaign.id,
            Milestone.state == State.RETURNED,
            Milestone.returned_on >= first_day,
        )
        .order_by(Milestone.returned_on, Task.position, Milestone.id)
    )
    for row in rows:
        yield row.user_id, _milestone(campaign, row)


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
        item = _document(campaign, row, zone)
        for person in people:
            if person.unit_id == row.unit_id and person.role.handles_tasks:
                yield person, item


def _milestone(campaign: Campaign, row: Any) -> Item:
    back = f"：被市食安办退回（{row.returned_on}）：{shortened(row.reason)}"
    return Item(
        kind=NoticeKind.RETURNED_MILESTONE,
        object_id=row.id,
        late_from=row.returned_on + timedelta(days=1),
        rung=0,
        campaign_id=campaign.id,
        name=f"退回 {row.code} {row.label}",
        text=f"{line_words(row)}{back}；期限 {row.due_on}",
        path=f"/tasks/{row.task_id}?milestone={row.id}",
    )


def _document(campaign: Campaign, row: Any, zone: ZoneInfo) -> Item:
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
