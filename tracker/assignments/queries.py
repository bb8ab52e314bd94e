"""Whose share is whose, and what was not acknowledged yet."""

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session, joinedload

from tracker.assignments.models import Assignment
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.units.models import Unit

Number = int | BindParameter[int]


def share_of(session: Session, assignment_id: int, reader: User) -> Assignment | None:
    """A share of the reader's own unit, for the office of any unit of the city."""
    query = (
        select(Assignment)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(Assignment.id == assignment_id, Unit.jurisdiction_id == reader.unit.jurisdiction_id)
        .options(joinedload(Assignment.task), joinedload(Assignment.unit))
    )
    if not reader.role.is_office:
        query = query.where(Assignment.unit_id == reader.unit_id)
    return session.scalar(query)


def assignment_by_id(session: Session, campaign: Campaign, assignment_id: int) -> Assignment | None:
    """An assignment of the campaign with its task and unit."""
    return session.scalar(
        select(Assignment)
        .where(Assignment.campaign_id == campaign.id, Assignment.id == assignment_id)
        .options(joinedload(Assignment.task), joinedload(Assignment.unit))
    )


def unacknowledged(session: Session, campaign: Campaign, unit_id: int) -> list[Assignment]:
    """What a unit has not acknowledged yet (未签收)."""
    return list(session.scalars(select(Assignment).where(*_unacknowledged(campaign.id, unit_id))))


def unacknowledged_count(campaign_id: Number, unit_id: Number) -> ScalarSelect[int]:
    """How many `unacknowledged` has, for a query that asks for more."""
    return select(func.count()).where(*_unacknowledged(campaign_id, unit_id)).scalar_subquery()


def _unacknowledged(campaign_id: Number, unit_id: Number) -> tuple[ColumnElement[bool], ...]:
    return (
        Assignment.campaign_id == campaign_id,
        Assignment.unit_id == unit_id,
        Assignment.acknowledged_at.is_(None),
        Assignment.left_on.is_(None),
    )
