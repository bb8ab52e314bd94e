"""更正: the unit takes an accepted report up again, or leaves it after all."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.errors import Refused
from tracker.people.models import User
from tracker.reports.actions.lines import picked_papers, sent_text, write
from tracker.reports.actions.recording import begin, facts, note
from tracker.reports.models import MonthlyReport
from tracker.reports.rules import (
    ReportState,
    Step,
    refuse_correct,
)


def correct(
    session: Session,
    report: MonthlyReport,
    reason: str,
    *,
    by: User,
    at: datetime,
    version: int | None = None,
) -> None:
    """更正: the unit takes an accepted report up again; what was submitted stays readable, and what it
    submits next is a version of its own.

    Raises:
        Refused: no reason, or the rules do not allow it. Stale: `version` is not the present one.
    """
    before = begin(report, version, refuse_correct(report, report.unit_id, by, Step.CORRECT))
    if not reason.strip():
        raise Refused("更正须写明原因")
    report.state, report.correction_reason = ReportState.CORRECTING, reason.strip()
    note(
        session, report, Step.CORRECT.value, by=by, at=at, before=before, after=facts(report),
        words=report.correction_reason,
    )  # fmt: skip
    session.flush()


def abandon(
    session: Session, report: MonthlyReport, *, by: User, at: datetime, version: int | None = None
) -> None:
    """放弃更正: the report is again what was last submitted.

    Raises:
        Refused: the rules do not allow it. Stale: `version` is not the present one.
    """
    before = begin(report, version, refuse_correct(report, report.unit_id, by, Step.ABANDON))
    sent = {line.item_id: line for line in report.sent.lines} if report.sent else {}
    texts = {line.item_id: sent_text(sent.get(line.item_id)) for line in report.lines}
    papers = picked_papers(session, report, texts.values())
    for line in report.lines:
        write(line, texts[line.item_id], papers)
    report.state, report.correction_reason = ReportState.ACCEPTED, ""
    report.is_nil = report.sent is not None and report.sent.is_nil
    note(session, report, Step.ABANDON.value, by=by, at=at, before=before, after=facts(report))
    session.flush()
