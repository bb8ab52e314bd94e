"""What the office sets for its campaign."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.events.actions import record
from tracker.people.models import User
from tracker.plan.models import Campaign, Reporter


def set_office_phone(session: Session, campaign: Campaign, phone: str, *, by: User, at: datetime) -> None:
    """市食安办电话, which every page and mail names."""
    before, campaign.office_phone = campaign.office_phone, phone
    record(
        session, "campaign", campaign.id, "set_phone", by=by, at=at,
        before={"office_phone": before}, after={"office_phone": phone},
    )  # fmt: skip
    session.flush()


def switch_reporter(
    session: Session, reporter: Reporter, is_on: bool, *, by: User, at: datetime, today: date
) -> None:
    """Let a unit that the plan leaves open report every month from today's on, or no longer."""
    if is_on == reporter.is_on:
        return
    before, reporter.is_on = reporter.is_on, is_on
    reporter.since_on = today if is_on else None
    record(
        session, "reporter", reporter.id, "switch", by=by, at=at,
        before={"is_on": before}, after={"is_on": is_on},
    )  # fmt: skip
    session.flush()
