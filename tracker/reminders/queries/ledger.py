"""What was told already."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from tracker.milestones.models import Milestone
from tracker.outbox.models import OutboxMessage
from tracker.outbox.rules import MailState
from tracker.people.models import User
from tracker.reminders.items import Item, Recipient
from tracker.reminders.models import Notice
from tracker.reminders.rules import NoticeKind, mail_keys


def served(session: Session, today: date) -> set[int]:
    """Who has had today's mail; its key tells, as a mail that was handed over is no longer theirs."""
    begin = mail_keys(today)
    keys = session.scalars(select(OutboxMessage.key).where(OutboxMessage.key.startswith(begin)))
    return {int(key.removeprefix(begin)) for key in keys}


def untold(
    session: Session, candidates: Sequence[tuple[Recipient, Item]]
) -> Iterator[tuple[Recipient, Item]]:
    """The candidates that the ledger does not hold yet, neither on this rung nor on a later one."""
    if not candidates:
        return
    thing = Notice.user_id, Notice.campaign_id, Notice.kind, Notice.object_id, Notice.late_from
    rows = session.execute(
        select(*thing, func.max(Notice.rung))
        .where(
            Notice.campaign_id.in_({item.campaign_id for _, item in candidates}),
            Notice.kind.in_({item.kind for _, item in candidates}),
            Notice.late_from.in_({item.late_from for _, item in candidates}),
            ~went_stale(),
        )
        .group_by(*thing)
    )
    told: dict[tuple[Any, ...], int] = {tuple(row[:-1]): row[-1] for row in rows}
    for person, item in candidates:
        highest = told.get((person.id, *item.identity))
        if highest is None or highest < item.rung:
            yield person, item


def milestone_told(rung: int | BindParameter[int]) -> ColumnElement[bool]:
    """The same as SQL, over Milestone and User."""
    return exists().where(
        Notice.campaign_id == Milestone.campaign_id,
        Notice.kind == NoticeKind.MILESTONE,
        Notice.object_id == Milestone.id,
        Notice.late_from == Milestone.late_from,
        Notice.rung >= rung,
        Notice.user_id == User.id,
        ~went_stale(),
    )


def went_stale() -> ColumnElement[bool]:
    """Whether a notice stands in a mail that was given up unsent: then nobody was told."""
    return exists().where(OutboxMessage.id == Notice.message_id, OutboxMessage.state == MailState.EXPIRED)
