"""What pages read of circulars."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from tracker.circulars.models import Circular
from tracker.circulars.rules import CircularState
from tracker.plan.models import Campaign, Deadline
from tracker.plan.rules import DeadlineKind


def circulars(
    session: Session, campaign: Campaign, *, has_drafts: bool, offset: int = 0, limit: int = 50
) -> list[Circular]:
    """The circulars, the newest first; drafts only for the office."""
    query = select(Circular).where(*_conditions(campaign, has_drafts=has_drafts))
    return list(session.scalars(query.order_by(Circular.id.desc()).offset(offset).limit(limit)))


def circular_count(session: Session, campaign: Campaign, *, has_drafts: bool) -> int:
    """How many rows `circulars` has."""
    return session.scalar(select(func.count()).where(*_conditions(campaign, has_drafts=has_drafts))) or 0


def circular_by_id(session: Session, campaign: Campaign, circular_id: int) -> Circular | None:
    """One circular of the campaign."""
    own = select(Circular).where(Circular.campaign_id == campaign.id, Circular.id == circular_id)
    return session.scalar(own.options(joinedload(Circular.campaign), joinedload(Circular.drafted_by)))


def gates(session: Session, campaign: Campaign) -> list[Deadline]:
    """The gates of the plan in their order."""
    own = select(Deadline).where(Deadline.campaign_id == campaign.id, Deadline.kind == DeadlineKind.GATE)
    return list(session.scalars(own.order_by(Deadline.position)))


def _conditions(campaign: Campaign, *, has_drafts: bool) -> list[ColumnElement[bool]]:
    final = [] if has_drafts else [Circular.state == CircularState.FINAL]
    return [Circular.campaign_id == campaign.id, *final]
