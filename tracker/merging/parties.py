"""What the plan and the groups say of a merged unit, said of the other one."""

from datetime import date

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from tracker.plan.actions import keep_months
from tracker.plan.models import ItemParty, Reporter, TaskParty
from tracker.plan.queries import campaigns_of
from tracker.units.actions import note_joining
from tracker.units.models import Unit, UnitGroup


def join_parties(session: Session, unit: Unit, other: Unit, today: date) -> None:
    """Put `other` wherever `unit` stands as a party or a member, once in each place; loading the plan
    again comes to the same rows."""
    for group in list(unit.groups):
        group.members.remove(unit)
        if other not in group.members:
            group.members.append(other)
            session.flush()
            note_joining(session, group, [other.id], today)
    through = update(UnitGroup).where(UnitGroup.acts_through_id == unit.id)
    session.execute(through.values(acts_through_id=other.id))
    _join_task_parties(session, unit.id, other.id)
    _join_item_parties(session, unit.id, other.id)
    session.flush()
    session.expire_all()


def join_reporting(session: Session, unit: Unit, other: Unit, today: date) -> None:
    """Months that were due stay owed by `unit`, those to come are `other`'s, which reports from today on
    unless it did before."""
    groups = {group.id for group in unit.groups}
    for campaign in campaigns_of(session, unit.jurisdiction_id):
        of_unit = or_(Reporter.unit_id == unit.id, Reporter.group_id.in_(groups))
        rows = session.scalars(select(Reporter).where(Reporter.campaign_id == campaign.id, of_unit)).all()
        for row in rows:
            if row.unit_id is not None and row.is_on:
                row.is_on, row.until_on = False, today
                _switch_on(session, campaign.id, other, today)
            elif row.group_id is not None:
                keep_months(session, row, unit, today)
    session.flush()


def _switch_on(session: Session, campaign_id: int, other: Unit, today: date) -> None:
    groups = [group.id for group in other.groups]
    reports = or_(Reporter.unit_id == other.id, Reporter.group_id.in_(groups))
    on = select(Reporter.id).where(Reporter.campaign_id == campaign_id, Reporter.is_on, reports)
    if session.scalar(on.limit(1)) is None:
        session.add(Reporter(campaign_id=campaign_id, unit_id=other.id, is_on=True, since_on=today))


def _join_task_parties(session: Session, unit_id: int, other_id: int) -> None:
    """Leads stand before those that support, so the first of two rows of a task is the one to keep."""
    both = select(TaskParty).where(TaskParty.unit_id.in_((unit_id, other_id)))
    first: dict[int, TaskParty] = {}
    for row in session.scalars(both.order_by(TaskParty.task_id, TaskParty.position)).all():
        if first.setdefault(row.task_id, row) is row:
            row.unit_id = other_id
        else:
            session.delete(row)


def _join_item_parties(session: Session, unit_id: int, other_id: int) -> None:
    both = select(ItemParty).where(ItemParty.unit_id.in_((unit_id, other_id)))
    first: dict[tuple[int, str], ItemParty] = {}
    for row in session.scalars(both.order_by(ItemParty.item_id, ItemParty.position)).all():
        if first.setdefault((row.item_id, row.role.value), row) is row:
            row.unit_id = other_id
        else:
            session.delete(row)
