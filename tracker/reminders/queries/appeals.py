"""What is told of appeals: to the office what waits for its answer, to a unit what was answered."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time

from sqlalchemy.orm import Session

from tracker.appeals.models import Appeal
from tracker.appeals.queries import answered_since, pending
from tracker.milestones.rules import Day
from tracker.plan.models import Campaign
from tracker.reminders.items import Item, Recipient
from tracker.reminders.rules import DIGEST_DAYS, NoticeKind, quoted


def appeal_lines(
    session: Session, campaign: Campaign, people: Sequence[Recipient], day: Day
) -> Iterator[tuple[Recipient, Item]]:
    """Every line with each person who is to read it, told before or not. Who asked in a unit's name
    cannot answer, and is not asked to."""
    zone = campaign.jurisdiction.zone
    for appeal in pending(session, campaign):
        waits = _item(NoticeKind.APPEAL, appeal, appeal.asked_at.astimezone(zone), _asked(appeal))
        for person in people:
            if person.role.is_office and person.id != appeal.asked_by_id:
                yield person, waits
    first_day = day.calendar.add_working_days(day.today, -DIGEST_DAYS)
    for appeal in answered_since(session, campaign, datetime.combine(first_day, time(), zone)):
        at = appeal.answered_at or appeal.asked_at
        answered = _item(NoticeKind.APPEAL_ANSWER, appeal, at.astimezone(zone), _answered(appeal))
        for person in people:
            if person.unit_id == appeal.unit.id and person.role.handles_tasks:
                yield person, answered


def _item(kind: NoticeKind, appeal: Appeal, at: datetime, text: str) -> Item:
    return Item(
        kind=kind,
        object_id=appeal.id,
        late_from=at.date(),
        rung=0,
        campaign_id=appeal.campaign_id,
        name=f"{appeal.task.code} {appeal.subject}",
        text=text,
        path=f"/appeals/{appeal.id}",
    )


def _asked(appeal: Appeal) -> str:
    due = f"（现行期限 {appeal.milestone.due_on}）" if appeal.milestone else ""
    return f"{appeal.unit.short}：{appeal.task.code} {appeal.subject}{due}：{quoted(appeal.reason)}"


def _answered(appeal: Appeal) -> str:
    words = f"（{quoted(appeal.answer)}）" if appeal.answer else ""
    return f"{appeal.task.code} {appeal.subject}：市食安办答复“{appeal.state.label}”{words}"
