"""What a person was told, for the bell and the page 提醒."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.milestones.models import Milestone
from tracker.milestones.rules import OWING
from tracker.people.models import User
from tracker.reminders.models import Notice
from tracker.reminders.rules import NoticeKind
from tracker.reports.models import MonthlyReport
from tracker.reports.rules import SENT

ABOUT_A_MILESTONE = (NoticeKind.MILESTONE, NoticeKind.NUDGE, NoticeKind.RETURNED_MILESTONE)
ABOUT_A_MONTH = (NoticeKind.REPORT, NoticeKind.RETURNED_REPORT, NoticeKind.APPROVAL, NoticeKind.REPORT_NUDGE)
UNREAD_COUNT = (
    select(func.count())
    .where(Notice.user_id == User.id, Notice.read_at.is_(None))
    .correlate(User)
    .scalar_subquery()
)
"""Beside the person of a session, so that the bell costs no trip of its own."""


def notices(session: Session, person: User, *, offset: int = 0, limit: int = 50) -> Sequence[Notice]:
    """What the person was told in the system, the last day first, each day in the order of its mail."""
    own = select(Notice).where(Notice.user_id == person.id, Notice.is_in_app)
    return session.scalars(own.order_by(Notice.at.desc(), Notice.id).offset(offset).limit(limit)).all()


def notice_count(session: Session, person: User) -> tuple[int, int]:
    """How many rows `notices` has, and the highest number among them."""
    own = Notice.user_id == person.id, Notice.is_in_app
    count, newest = session.execute(select(func.count(), func.max(Notice.id)).where(*own)).one()
    return count, newest or 0


def notice_of(session: Session, person: User, notice_id: int) -> Notice | None:
    """One of the person's notices."""
    return session.scalar(select(Notice).where(Notice.id == notice_id, Notice.user_id == person.id))


def done_since(session: Session, person: User, shown: Iterable[Notice]) -> set[int]:
    """Those of the notices (by id) whose milestone or month the unit has done since it was told."""
    shown = list(shown)
    milestones = _objects(shown, ABOUT_A_MILESTONE)
    months = _objects(shown, ABOUT_A_MONTH)
    done = select(Milestone.id).where(Milestone.id.in_(milestones), Milestone.state.not_in(OWING))
    sent = select(MonthlyReport.period_id).where(
        MonthlyReport.period_id.in_(months),
        MonthlyReport.unit_id == person.unit_id,
        MonthlyReport.state.in_(SENT),
    )
    settled = {(kind, row_id) for row_id in session.scalars(done) for kind in ABOUT_A_MILESTONE}
    settled |= {(kind, row_id) for row_id in session.scalars(sent) for kind in ABOUT_A_MONTH}
    return {one.id for one in shown if (one.kind, one.object_id) in settled}


def _objects(shown: Iterable[Notice], kinds: Iterable[NoticeKind]) -> set[int]:
    return {one.object_id for one in shown if one.kind in kinds}
