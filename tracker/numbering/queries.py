"""How a campaign's documents are numbered."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.numbering.models import NumberPattern
from tracker.numbering.rules import Series, usual_pattern
from tracker.plan.models import Campaign


def pattern_of(session: Session, campaign: Campaign, series: Series) -> str:
    """The office's own way of writing numbers, or the usual one."""
    own = select(NumberPattern.pattern).where(
        NumberPattern.campaign_id == campaign.id, NumberPattern.series == series
    )
    return session.scalar(own) or usual_pattern(series, campaign.jurisdiction.name)
