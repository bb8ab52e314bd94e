"""The office accepts a report, or returns it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.errors import Refused
from tracker.people.models import User
from tracker.reports.actions.recording import begin, facts, note
from tracker.reports.models import MonthlyReport
from tracker.reports.rules import (
    ReportState,
    Step,
    Terms,
    refuse_decide,
)


def accept(
    session: Session, report: MonthlyReport, *, by: User, at: datetime, version: int | None = None
) -> None:
    """采信: the office takes the report as it is.

    Raises:
        Refused: the rules do not allow it. Stale: `version` is not the present one.
    """
    before = begin(report, version, refuse_decide(report, report.sender_ids, by, Step.ACCEPT))
    report.state = ReportState.ACCEPTED
    report.decided_at, report.decided_by_id, report.decided_by = at, by.id, by
    note(session, report, Step.ACCEPT.value, by=by, at=at, before=before, after=facts(report))
    session.flush()


def send_back(
    session: Session,
    report: MonthlyReport,
    reason: str,
    *,
    by: User,
    at: datetime,
    terms: Terms,
    version: int | None = None,
    marks: Mapping[int, str] | None = None,
) -> None:
    """退回: the office wants it done again within some working days; also after an acceptance.

    Args:
        marks: what is wrong with single lines, by item.

    Raises:
        Refused: no reason, or the rules do not allow it. Stale: `version` is not the present one.
    """
    before = begin(report, version, refuse_decide(report, report.sender_ids, by, Step.RETURN))
    if not reason.strip():
        raise Refused("退回须写明原因")
    for line in report.lines:
        line.return_reason = (marks or {}).get(line.item_id, "")
    report.state = ReportState.RETURNED
    report.returned_at, report.return_reason = at, reason.strip()
    report.resend_on = terms.resend_by(at)
    report.decided_at, report.decided_by_id, report.decided_by = at, by.id, by
    marked = {line.item.code: line.return_reason for line in report.lines if line.return_reason}
    note(
        session, report, Step.RETURN.value, by=by, at=at, before=before,
        after=facts(report) | ({"lines": marked} if marked else {}), words=report.return_reason,
    )  # fmt: skip
    session.flush()
