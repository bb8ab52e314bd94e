"""Giving numbers, in the transaction that issues the document: none is missing, none is given twice."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.errors import Refused
from tracker.events.actions import record
from tracker.numbering.models import NumberCounter, NumberPattern
from tracker.numbering.queries import pattern_of
from tracker.numbering.rules import Series, pattern_problem, written
from tracker.people.models import User
from tracker.plan.models import Campaign


@dataclass(frozen=True)
class Given:
    """A number that was given, with the words in which it is written (文号)."""

    year: int
    number: int
    words: str


class Numbered(Protocol):
    """A document that bears a number; `reference` is 文号."""

    campaign: Campaign
    year: int | None
    number: int | None
    reference: str


def give_number(session: Session, campaign: Campaign, series: Series, year: int) -> Given:
    """The next number of a year; whoever asks at the same moment waits, and a rollback gives it back."""
    wanted = select(NumberCounter).where(
        NumberCounter.campaign_id == campaign.id, NumberCounter.series == series, NumberCounter.year == year
    )
    counter = session.scalar(wanted.with_for_update())
    if counter is None:
        _begin(session, campaign, series, year)
        counter = session.scalars(wanted.with_for_update()).one()
    counter.last_number += 1
    session.flush()
    words = written(pattern_of(session, campaign, series), year, counter.last_number)
    return Given(year, counter.last_number, words)


def number(session: Session, document: Numbered, series: Series, *, at: datetime) -> None:
    """Give a document the next number of the year that it is in its city at `at`."""
    year = at.astimezone(document.campaign.jurisdiction.zone).year
    given = give_number(session, document.campaign, series, year)
    document.year, document.number, document.reference = given.year, given.number, given.words


def set_pattern(
    session: Session, campaign: Campaign, series: Series, pattern: str, *, by: User, at: datetime
) -> None:
    """Say how documents are numbered from now on; those that have a number keep it.

    Raises:
        Refused: the pattern lacks the year or the number.
    """
    if problem := pattern_problem(pattern):
        raise Refused(problem)
    before = pattern_of(session, campaign, series)
    own = select(NumberPattern).where(
        NumberPattern.campaign_id == campaign.id, NumberPattern.series == series
    )
    row = session.scalar(own) or NumberPattern(campaign_id=campaign.id, series=series)
    row.pattern = pattern
    session.add(row)
    session.flush()
    record(
        session, "campaign", campaign.id, "set_number_pattern", by=by, at=at,
        before={"pattern": before}, after={"pattern": pattern}, note=series.label,
    )  # fmt: skip


def _begin(session: Session, campaign: Campaign, series: Series, year: int) -> None:
    """The first of a year; of two at the same moment one makes the row, and both go on with it."""
    row = {"campaign_id": campaign.id, "series": series, "year": year, "last_number": 0}
    try:
        with session.begin_nested():
            session.execute(insert(NumberCounter), row)
    except IntegrityError:
        return
