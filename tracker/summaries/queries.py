"""What pages read of summaries."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.plan.models import Campaign
from tracker.summaries.models import Summary, SummarySending
from tracker.summaries.rules import SummaryState


def summaries(
    session: Session, campaign: Campaign, *, has_drafts: bool, offset: int = 0, limit: int = 50
) -> list[Summary]:
    """The summaries, the newest first; drafts only for the office."""
    query = (
        select(Summary)
        .where(*_conditions(campaign, has_drafts=has_drafts))
        .options(joinedload(Summary.period, innerjoin=True), selectinload(Summary.sendings))
    )
    return list(session.scalars(query.order_by(Summary.id.desc()).offset(offset).limit(limit)))


def summary_count(session: Session, campaign: Campaign, *, has_drafts: bool) -> int:
    """How many rows `summaries` has."""
    return session.scalar(select(func.count()).where(*_conditions(campaign, has_drafts=has_drafts))) or 0


def summary_by_id(session: Session, campaign: Campaign, summary_id: int) -> Summary | None:
    """One summary of the campaign with its indicators and its sendings."""
    own = select(Summary).where(Summary.campaign_id == campaign.id, Summary.id == summary_id)
    return session.scalar(
        own.options(
            joinedload(Summary.campaign),
            joinedload(Summary.period),
            selectinload(Summary.items),
            selectinload(Summary.sendings).joinedload(SummarySending.by),
        )
    )


def _conditions(campaign: Campaign, *, has_drafts: bool) -> list[ColumnElement[bool]]:
    final = [] if has_drafts else [Summary.state == SummaryState.FINAL]
    return [Summary.campaign_id == campaign.id, *final]
