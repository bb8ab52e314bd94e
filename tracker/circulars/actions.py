"""Drafting, changing and issuing circulars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.circulars.figures import gate_draft, month_draft
from tracker.circulars.models import Circular
from tracker.circulars.rules import CircularKind, CircularState, Step, refuse_step
from tracker.errors import Refused, check_version, enforce
from tracker.events.actions import record
from tracker.milestones.rules import Day
from tracker.numbering.actions import number
from tracker.numbering.rules import Series
from tracker.people.models import User
from tracker.plan.models import Campaign, Deadline
from tracker.reports.models import ReportPeriod


@dataclass(frozen=True)
class Words:
    """What the office changes in a draft."""

    title: str
    opening: str
    praised: Sequence[str]
    criticized: Sequence[str]
    closing: str


def draft(
    session: Session, campaign: Campaign, about: ReportPeriod | Deadline, *, by: User, at: datetime, day: Day
) -> Circular:
    """起草 from the figures of this moment; they are frozen with the draft.

    Raises:
        Refused: `by` may not, or there is nothing to report.
    """
    enforce(refuse_step(CircularState.DRAFT, Step.DRAFT, by))
    is_month = isinstance(about, ReportPeriod)
    made = (
        month_draft(session, campaign, about, day)
        if isinstance(about, ReportPeriod)
        else gate_draft(session, campaign, about, day)
    )
    if not made.figures["rows"]:
        raise Refused("没有可以通报的数据")
    circular = Circular(
        campaign_id=campaign.id, campaign=campaign, state=CircularState.DRAFT,
        kind=CircularKind.MONTH if is_month else CircularKind.GATE,
        period_id=about.id if is_month else None, deadline_id=None if is_month else about.id,
        title=made.title, opening=made.opening, praised=made.praised, criticized=made.criticized,
        closing=made.closing, figures=made.figures, as_of=at, drafted_by_id=by.id, drafted_by=by,
    )  # fmt: skip
    session.add(circular)
    session.flush()
    _record(session, circular, Step.DRAFT, by=by, at=at)
    return circular


def edit(
    session: Session, circular: Circular, words: Words, *, by: User, at: datetime, version: int | None = None
) -> None:
    """修改 the words and lists of a draft.

    Raises:
        Refused: it was issued. Stale: somebody changed it.
    """
    _check(circular, Step.EDIT, by, version)
    circular.title, circular.opening, circular.closing = words.title, words.opening, words.closing
    circular.praised, circular.criticized = list(words.praised), list(words.criticized)
    session.flush()
    _record(session, circular, Step.EDIT, by=by, at=at)


def issue(
    session: Session, circular: Circular, *, by: User, at: datetime, version: int | None = None
) -> None:
    """印发: the circular gets its number, and everybody may read it.

    Raises:
        Refused: it was issued. Stale: somebody changed it.
    """
    _check(circular, Step.ISSUE, by, version)
    number(session, circular, Series.CIRCULAR, at=at)
    circular.state, circular.issued_at, circular.issued_by_id = CircularState.FINAL, at, by.id
    session.flush()
    _record(session, circular, Step.ISSUE, by=by, at=at)


def discard(
    session: Session, circular: Circular, *, by: User, at: datetime, version: int | None = None
) -> None:
    """删除 a draft, which has no number yet.

    Raises:
        Refused: it was issued. Stale: somebody changed it.
    """
    _check(circular, Step.DISCARD, by, version)
    _record(session, circular, Step.DISCARD, by=by, at=at)
    session.delete(circular)
    session.flush()


def _check(circular: Circular, step: Step, by: User, seen: int | None) -> None:
    check_version(seen, circular.version)
    enforce(refuse_step(circular.state, step, by))


def _record(session: Session, circular: Circular, step: Step, *, by: User, at: datetime) -> None:
    record(session, "circular", circular.id, step.value, by=by, at=at, note=circular.name)
