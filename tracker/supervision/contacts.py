"""催办: contacts with a unit about what it has overdue, by phone, mail or visit, with its answers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload

from tracker.errors import Refused
from tracker.events.actions import record
from tracker.events.models import Event
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Step
from tracker.people.models import User
from tracker.plan.models import Campaign, Deadline, Task
from tracker.reports.models import ReportPeriod
from tracker.reports.queries import URGED
from tracker.supervision.models import Contact, Order
from tracker.supervision.rules import Way
from tracker.units.models import Unit

MOST_CONTACTS = 100


@dataclass(frozen=True)
class ContactLine:
    """A contact as a list shows it; of a nudge (催一下) `person` is whom its mail went to."""

    at: datetime
    by: str
    way: Way
    person: str
    about: str
    answer: str


def note_contact(
    session: Session,
    campaign: Campaign,
    unit: Unit,
    way: Way,
    *,
    person: str,
    about: str,
    answer: str,
    by: User,
    at: datetime,
    order: Order | None = None,
) -> Contact:
    """Write down that the office got in touch with a unit, and what it was told.

    Raises:
        Refused: `by` is not of the office, or the order is another unit's.
    """
    if not by.role.is_office:
        raise Refused("只有市食安办可以记录催办")
    if order is not None and order.unit_id != unit.id:
        raise Refused("督办单不是这个单位的")
    contact = Contact(
        campaign_id=campaign.id, unit_id=unit.id, order_id=order.id if order else None, way=way,
        person=person, about=about, answer=answer, at=at, by_id=by.id,
    )  # fmt: skip
    session.add(contact)
    session.flush()
    note = f"{way.label}：{about}；答复：{answer}"
    record(session, "contact", contact.id, "contact", by=by, at=at, note=note, unit_id=unit.id)
    return contact


def contacts_of_unit(session: Session, campaign: Campaign, unit_id: int) -> list[ContactLine]:
    """All contacts with a unit, the newest first."""
    own = Contact.campaign_id == campaign.id, Contact.unit_id == unit_id
    urged = Milestone.campaign_id == campaign.id, Milestone.unit_id == unit_id
    written = session.scalars(
        select(Contact).where(*own).order_by(Contact.at.desc()).limit(MOST_CONTACTS).options(_WITH_PERSON)
    )
    about_months = _month_nudges(session, campaign, unit_id)
    return _newest_first([*map(_line, written), *_nudges(session, and_(*urged)), *about_months])


def contacts_of_order(session: Session, order: Order) -> list[ContactLine]:
    """The contacts under an order, and the nudges about its milestones."""
    written = session.scalars(select(Contact).where(Contact.order_id == order.id).options(_WITH_PERSON))
    milestone_ids = [item.milestone_id for item in order.items if item.milestone_id]
    urged = Milestone.id.in_(milestone_ids)
    return _newest_first([*map(_line, written), *_nudges(session, urged)])


_WITH_PERSON = joinedload(Contact.by).joinedload(User.unit)


def _line(contact: Contact) -> ContactLine:
    who = f"{contact.by.unit.short} {contact.by.name}"
    return ContactLine(contact.at, who, contact.way, contact.person, contact.about, contact.answer)


def _nudges(session: Session, urged: ColumnElement[bool]) -> list[ContactLine]:
    """催一下: what was urged at one moment was one mail."""
    rows = session.execute(
        select(Event.at, Unit.short, User.name, Task.code, Deadline.label, Event.note)
        .join(Milestone, and_(Event.subject == "milestone", Event.subject_id == Milestone.id))
        .join(Task, Task.id == Milestone.task_id)
        .join(Deadline, Deadline.id == Milestone.deadline_id)
        .join(User, User.id == Event.by_id)
        .join(Unit, Unit.id == User.unit_id)
        .where(Event.verb == Step.NUDGE.value, urged)
        .order_by(Event.at.desc(), User.id, Event.id)
        .limit(MOST_CONTACTS)
    ).all()
    found = []
    for (at, unit, name, told), same in groupby(rows, key=lambda row: (row[0], row[1], row[2], row[5])):
        about = "、".join(f"{row[3]}（{row[4]}）" for row in same)
        found.append(ContactLine(at, f"{unit} {name}", Way.MAIL, told.removeprefix("发给："), about, ""))
    return found


def _month_nudges(session: Session, campaign: Campaign, unit_id: int) -> list[ContactLine]:
    """催报: each was one mail."""
    rows = session.execute(
        select(Event.at, Unit.short, User.name, ReportPeriod.month, Event.note)
        .join(ReportPeriod, and_(Event.subject == URGED[0], Event.subject_id == ReportPeriod.id))
        .join(User, User.id == Event.by_id)
        .join(Unit, Unit.id == User.unit_id)
        .where(Event.verb == URGED[1], Event.unit_id == unit_id, ReportPeriod.campaign_id == campaign.id)
        .order_by(Event.at.desc(), Event.id)
        .limit(MOST_CONTACTS)
    )
    return [
        ContactLine(at, f"{unit} {name}", Way.MAIL, told.removeprefix("发给："), f"{month:%Y-%m} 月报", "")
        for at, unit, name, month, told in rows
    ]


def _newest_first(lines: Collection[ContactLine]) -> list[ContactLine]:
    return sorted(lines, key=lambda line: line.at, reverse=True)
