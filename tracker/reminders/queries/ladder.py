"""The ladder of each kind, as the office of a campaign set it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.plan.models import Campaign
from tracker.reminders.models import LadderRung
from tracker.reminders.rules.ladder import Ladder, LadderKind


def ladders_of(session: Session, campaign: Campaign) -> dict[LadderKind, Ladder]:
    """The ladder of every kind; the default one where nobody has changed it."""
    rows = session.scalars(select(LadderRung).where(LadderRung.campaign_id == campaign.id)).all()
    found = {kind: Ladder.of(row.rung for row in rows if row.kind is kind) for kind in LadderKind}
    return {kind: ladder if ladder.rungs else kind.default for kind, ladder in found.items()}
