"""A complete report goes to the office, by way of the unit's head where the campaign says so."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.errors import Refused, check_version, enforce
from tracker.people.models import User
from tracker.reports.actions.lines import follow_plan, spread_nil_reason
from tracker.reports.actions.recording import begin, facts, note
from tracker.reports.models import MonthlyReport, ReportVersion
from tracker.reports.rules import (
    ReportState,
    Step,
    Terms,
    is_resend_overdue,
    refuse_approve,
    refuse_submit,
    refuse_take_back,
)
from tracker.reports.snapshot import snapshot


def submit(
    session: Session,
    report: MonthlyReport,
    *,
    by: User,
    at: datetime,
    terms: Terms,
    version: int | None = None,
) -> None:
    """Hand the report in; the first time decides whether it was on time, for good.

    Raises:
        Refused: lines are incomplete, the unit's head must approve first, or the rules do not allow it.
            Stale: `version` is not the present one.
    """
    if report.period.campaign.is_report_approved:
        raise Refused("月报须由单位负责人审签后报送")
    _complete(session, report, by=by, terms=terms, version=version)
    report.submitted_by_id, report.submitted_by = by.id, by
    _send(session, report, Step.SUBMIT, by=by, at=at, terms=terms)


def hand_up(
    session: Session,
    report: MonthlyReport,
    *,
    by: User,
    at: datetime,
    terms: Terms,
    version: int | None = None,
) -> None:
    """送审签: the complete report goes to the unit's head, whose approval is its submission.

    Raises:
        Refused: lines are incomplete, or the rules do not allow it. Stale: `version` is not the
            present one.
    """
    _complete(session, report, by=by, terms=terms, version=version)
    before = facts(report)
    report.pending_from, report.state = report.state, ReportState.PENDING
    report.submitted_by_id, report.submitted_by = by.id, by
    report.approved_by_id, report.approved_by, report.head_words = None, None, ""
    note(session, report, Step.HAND_UP.value, by=by, at=at, before=before, after=facts(report))
    session.flush()


def approve(
    session: Session,
    report: MonthlyReport,
    *,
    by: User,
    at: datetime,
    terms: Terms,
    version: int | None = None,
) -> None:
    """审签: the head approves, and with that the report is submitted.

    Raises:
        Refused: the rules do not allow it. Stale: `version` is not the present one.
    """
    begin(report, version, refuse_approve(report, report.unit_id, by, Step.APPROVE))
    report.approved_by_id, report.approved_by = by.id, by
    _send(session, report, Step.APPROVE, by=by, at=at, terms=terms)


def send_down(
    session: Session,
    report: MonthlyReport,
    words: str,
    *,
    by: User,
    at: datetime,
    version: int | None = None,
) -> None:
    """退回修改: the head gives the report back to the liaison, with words.

    Raises:
        Refused: no words, or the rules do not allow it. Stale: `version` is not the present one.
    """
    begin(report, version, refuse_approve(report, report.unit_id, by, Step.SEND_DOWN))
    if not words.strip():
        raise Refused("退回修改须写明意见")
    _hand_down(session, report, Step.SEND_DOWN, words.strip(), by=by, at=at)


def take_back(
    session: Session, report: MonthlyReport, *, by: User, at: datetime, version: int | None = None
) -> None:
    """撤回: the liaison takes the report back from the head, as it was before, to write on.

    Raises:
        Refused: the rules do not allow it. Stale: `version` is not the present one.
    """
    begin(report, version, refuse_take_back(report, report.unit_id, by))
    _hand_down(session, report, Step.TAKE_BACK, "", by=by, at=at)


def _hand_down(
    session: Session, report: MonthlyReport, step: Step, words: str, *, by: User, at: datetime
) -> None:
    """The unit has the report in hand again."""
    before = facts(report)
    report.state, report.pending_from = report.pending_from or ReportState.DRAFT, None
    report.head_words = words
    note(session, report, step.value, by=by, at=at, before=before, after=facts(report), words=words)
    session.flush()


def _complete(
    session: Session, report: MonthlyReport, *, by: User, terms: Terms, version: int | None
) -> None:
    """The report follows the plan, and nothing of it is missing."""
    check_version(version, report.version)
    follow_plan(session, report)
    if report.is_nil:
        spread_nil_reason(report)
    lines = [line.text for line in report.lines]
    enforce(refuse_submit(report, report.period, report.unit_id, lines, by, terms))


def _send(
    session: Session, report: MonthlyReport, step: Step, *, by: User, at: datetime, terms: Terms
) -> None:
    before = facts(report)
    report.is_resubmitted_late = report.is_resubmitted_late or is_resend_overdue(report, terms)
    report.state, report.pending_from, report.head_words = ReportState.SUBMITTED, None, ""
    report.first_submitted_at = report.first_submitted_at or at
    report.submitted_at = at
    for line in report.lines:
        line.return_reason = ""
    number = _freeze(session, report, by=by, at=at)
    note(session, report, step.value, by=by, at=at, before=before, after=facts(report) | {"version": number})
    session.flush()


def _freeze(session: Session, report: MonthlyReport, *, by: User, at: datetime) -> int:
    """Keep the report as it is submitted; returns the number of the version."""
    session.flush()
    number = len(report.versions) + 1
    content = snapshot(session, report, report.submitted_by).as_json()
    report.versions.append(
        ReportVersion(
            number=number, at=at, by_id=by.id, by=by, reason=report.correction_reason, content=content
        )
    )
    report.correction_reason = ""
    return number
