"""The comments that call upon a unit, for its liaisons."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.comments.models import Comment, Mention
from tracker.milestones.rules import Day
from tracker.people.models import User
from tracker.plan.models import Campaign, Task
from tracker.reminders.items import Item, Recipient, news
from tracker.reminders.rules import NoticeKind, mentions_from, quoted
from tracker.units.models import Unit


def mentions(
    session: Session, campaign: Campaign, day: Day, people: Iterable[Recipient]
) -> Iterator[tuple[Recipient, Item]]:
    """Each comment of the last days, up to yesterday, with everybody who works for a unit that it calls
    upon; who wrote it knows of it."""
    zone = campaign.jurisdiction.zone
    first, end = (
        datetime.combine(at, time(0), zone) for at in (mentions_from(day.today, day.calendar), day.today)
    )
    rows = session.execute(
        select(
            Mention.unit_id, Comment.id, Comment.at, Comment.by_id, Comment.text, Comment.task_id, Task.code,
            Unit.short, User.name,
        )
        .join(Comment, Comment.id == Mention.comment_id)
        .join(Task, Task.id == Comment.task_id)
        .join(Unit, Unit.id == Comment.unit_id)
        .join(User, User.id == Comment.by_id)
        .where(Task.campaign_id == campaign.id, Comment.at >= first, Comment.at < end)
        .order_by(Comment.at, Comment.id)
    ).all()  # fmt: skip
    workers = [person for person in people if person.role.handles_tasks]
    for row in rows:
        item = _item(campaign, row)
        for person in workers:
            if person.unit_id == row.unit_id and person.id != row.by_id:
                yield person, item


def _item(campaign: Campaign, row: Any) -> Item:
    said_on = row.at.astimezone(campaign.jurisdiction.zone).date()
    return news(
        NoticeKind.MENTION,
        campaign.id,
        row.id,
        said_on,
        name=f"{row.code} 留言",
        text=f"{row.code} {row.short} {row.name} {said_on} 留言提到本单位：{quoted(row.text)}",
        path=f"/tasks/{row.task_id}#comment-{row.id}",
    )
