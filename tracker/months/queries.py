"""Who was told of a month by what and when: from the ledger of notices and from the office's contacts."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from tracker.outbox.models import OutboxMessage
from tracker.people.models import User
from tracker.reminders.models import Notice
from tracker.reminders.rules import NoticeKind
from tracker.reports.models import ReportPeriod
from tracker.supervision.models import Contact, OrderItem

ABOUT_A_MONTH = (NoticeKind.REPORT, NoticeKind.REPORT_NUDGE)
IN_APP = "站内"


@dataclass(frozen=True)
class Told:
    """提醒或催办: one thing that a unit was told of a month; `how` is the way with what became of it,
    `answer` what the unit said to a contact."""

    at: datetime
    what: str
    how: str
    people: str
    answer: str = ""


def told_of_month(session: Session, month: ReportPeriod) -> dict[int, list[Told]]:
    """What each unit (by id) was told of the month, the newest first."""
    found: dict[int, list[Told]] = defaultdict(list)
    for unit_id, told in [*_notices(session, month), *_contacts(session, month)]:
        found[unit_id].append(told)
    return {unit_id: sorted(told, key=lambda one: one.at, reverse=True) for unit_id, told in found.items()}


def _notices(session: Session, month: ReportPeriod) -> list[tuple[int, Told]]:
    """What was told to several people of a unit at one moment by one way is one line."""
    rows = session.execute(
        select(User.unit_id, Notice.at, Notice.kind, OutboxMessage.state, User.name)
        .join(User, User.id == Notice.user_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Notice.message_id)
        .where(
            Notice.campaign_id == month.campaign_id,
            Notice.object_id == month.id,
            Notice.kind.in_(ABOUT_A_MONTH),
        )
        .order_by(User.unit_id, Notice.at, Notice.kind, OutboxMessage.state, Notice.id)
    ).all()
    found = []
    for (unit_id, at, kind, state), same in groupby(rows, key=lambda row: tuple(row[:4])):
        how = f"邮件（{state.label}）" if state else IN_APP
        what = "提醒" if kind is NoticeKind.REPORT else kind.label
        found.append((unit_id, Told(at, what, how, "、".join(row.name for row in same))))
    return found


def _contacts(session: Session, month: ReportPeriod) -> list[tuple[int, Told]]:
    """The contacts that name the month, or stand under an order about it."""
    orders = select(OrderItem.order_id).where(OrderItem.period_id == month.id)
    rows = session.scalars(
        select(Contact)
        .where(
            Contact.campaign_id == month.campaign_id,
            or_(Contact.about.contains(month.name), Contact.order_id.in_(orders)),
        )
        .options(joinedload(Contact.by))
    )
    return [
        (one.unit_id, Told(one.at, "催办", one.way.label, f"{one.by.name}→{one.person}", one.answer))
        for one in rows
    ]
