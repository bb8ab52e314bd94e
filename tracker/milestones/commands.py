"""What the command line exports of milestones: headers and rows, by the name of the export."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from tracker.milestones.ledger import DATA_HEADERS, HEADERS, data_rows, ledger_rows
from tracker.milestones.queries import Filter, whole_ledger
from tracker.milestones.rules import Day
from tracker.plan.models import Campaign

Table = tuple[Sequence[str], Iterable[Sequence[Any]]]


def ledger_table(session: Session, campaign: Campaign, day: Day) -> Table:
    """`export ledger`: 任务台账, in Chinese, in the order of the plan."""
    return HEADERS, ledger_rows(whole_ledger(session, campaign, Filter(sort="task"), day), day)


def milestone_table(session: Session, campaign: Campaign, day: Day) -> Table:
    """`export milestones`: the same rows with English names and stored values, for other tools."""
    return DATA_HEADERS, data_rows(whole_ledger(session, campaign, Filter(sort="task"), day), day)
