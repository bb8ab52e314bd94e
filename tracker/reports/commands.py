"""What the command line exports of monthly reports: headers and rows."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from tracker.milestones.rules import Day
from tracker.plan.models import Campaign
from tracker.reports.exports import ledger_table
from tracker.reports.queries import terms_of

Table = tuple[Sequence[str], Iterable[Sequence[Any]]]


def report_table(session: Session, campaign: Campaign, day: Day) -> Table:
    """`export reports`: 月报台账, every unit in every month, in Chinese."""
    return ledger_table(session, campaign, terms_of(campaign, day))
