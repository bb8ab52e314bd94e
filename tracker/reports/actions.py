"""What people do with a monthly report: begin it, save, submit, accept, return."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from tracker.errors import Refused, Stale
from tracker.events.actions import record
from tracker.evidence.models import Evidence
from tracker.people.models import User
from tracker.plan.models import PlanItem
from tracker.reports.happenings import happenings
from tracker.reports.models import MonthlyReport, ReportLine, ReportPeriod, ReportVersion
from tracker.reports.queries import answered_items, papers_of
from tracker.reports.rules import (
    LineText,
    ReportState,
    SentLine,
    Step,
    Terms,
    is_resend_overdue,
    nil_fault,
    refuse_correct,
    refuse_decide,
    refuse_submit,
    refuse_write,
)
from tracker.reports.snapshot import snapshot
from tracker.units.models import Unit


def open_draft(
    session: Session, period: ReportPeriod, unit: Unit, *, by: User, at: datetime, terms: Terms
) -> MonthlyReport:
    """Begin the unit's report of the month, prefilled with what happened in it.

    Raises:
        Refused: `by` may not write it, or not yet. Stale: somebody has begun it meanwhile.
    """
    _refuse(refuse_write(None, period, unit.id, by, terms))
    report = MonthlyReport(period=period, unit=unit)
    happened = happenings(session, period, unit.id, terms)
    items = answered_items(session, period.campaign_id, unit.id)
    papers = _papers(session, report, (happened[item.id].text for item in items))
    for position, item in enumerate(items):
        report.lines.append(_new_line(item, position, happened[item.id].text, papers))
    try:
        with session.begin_nested():
            session.add(report)
    except IntegrityError:
        raise Stale from None
    _record(session, report, "open", by=by, at=at)
    session.flush()
    return report


def save_draft(
    session: Session,
    report: MonthlyReport,
    lines: Mapping[int, LineText],
    *,
    by: User,
    at: datetime,
    terms: Terms,
    version: int | None = None,
    nil_reason: str | None = None,
) -> None:
    """Keep what was typed, by item; items that are not in `lines` stay as they are.

    Args:
        nil_reason: why the whole report is 零报告; None when it is not.

    Raises:
        Refused: the rules do not allow it. Stale: `version` is not the present one.
    """
    _check_version(report, version)
    _refuse(refuse_write(report, report.period, report.unit_id, by, terms))
    _follow_plan(session, report)
    papers = _papers(session, report, lines.values())
    changed = [line for line in report.lines if _write(line, lines.get(line.item_id), papers)]
    was_nil, is_nil = (report.is_nil, report.nil_reason), (nil_reason is not None, nil_reason or "")
    report.is_nil, report.nil_reason = is_nil
    if changed or was_nil != is_nil:
        flag_modified(report, "state")  # the report's version counts the changes of its lines
        codes = "、".join(line.item.code for line in changed)
        after = {"lines": codes} | ({"is_nil": report.is_nil} if was_nil != is_nil else {})
        _record(session, report, Step.SAVE.value, by=by, at=at, after=after)
    session.flush()


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
        Refused: lines are incomplete, or the rules do not allow it. Stale: `version` is not the
            present one.
    """
    _check_version(report, version)
    _follow_plan(session, report)
    if report.is_nil:
        _spread_nil_reason(report)
    lines = [line.text for line in report.lines]
    _refuse(refuse_submit(report, report.period, report.unit_id, lines, by, terms))
    before = _facts(report)
    report.is_resubmitted_late = report.is_resubmitted_late or is_resend_overdue(report, terms)
    report.state = ReportState.SUBMITTED
    report.first_submitted_at = report.first_submitted_at or at
    report.submitted_at, report.submitted_by_id = at, by.id
    report.submitted_by = by
    for line in report.lines:
        line.return_reason = ""
    number = _freeze(session, report, by=by, at=at)
    after = _facts(report) | {"version": number}
    _record(session, report, Step.SUBMIT.value, by=by, at=at, before=before, after=after)
    session.flush()


def accept(
    session: Session, report: MonthlyReport, *, by: User, at: datetime, version: int | None = None
) -> None:
    """采信: the office takes the report as it is.

    Raises:
        Refused: the rules do not allow it. Stale: `version` is not the present one.
    """
    _decide(report, Step.ACCEPT, by=by, version=version)
    before = _facts(report)
    report.state = ReportState.ACCEPTED
    report.decided_at, report.decided_by_id, report.decided_by = at, by.id, by
    _record(session, report, Step.ACCEPT.value, by=by, at=at, before=before, after=_facts(report))
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
    _decide(report, Step.RETURN, by=by, version=version)
    if not reason.strip():
        raise Refused("退回须写明原因")
    before = _facts(report)
    for line in report.lines:
        line.return_reason = (marks or {}).get(line.item_id, "")
    report.state = ReportState.RETURNED
    report.returned_at, report.return_reason = at, reason.strip()
    report.resend_on = terms.resend_by(at)
    report.decided_at, report.decided_by_id, report.decided_by = at, by.id, by
    marked = {line.item.code: line.return_reason for line in report.lines if line.return_reason}
    _record(
        session, report, Step.RETURN.value, by=by, at=at, before=before,
        after=_facts(report) | ({"lines": marked} if marked else {}), note=report.return_reason,
    )  # fmt: skip
    session.flush()


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
    _check_version(report, version)
    _refuse(refuse_correct(report, report.unit_id, by, Step.CORRECT))
    if not reason.strip():
        raise Refused("更正须写明原因")
    before = _facts(report)
    report.state, report.correction_reason = ReportState.CORRECTING, reason.strip()
    _record(
        session, report, Step.CORRECT.value, by=by, at=at, before=before, after=_facts(report),
        note=report.correction_reason,
    )  # fmt: skip
    session.flush()


def abandon(
    session: Session, report: MonthlyReport, *, by: User, at: datetime, version: int | None = None
) -> None:
    """放弃更正: the report is again what was last submitted.

    Raises:
        Refused: the rules do not allow it. Stale: `version` is not the present one.
    """
    _check_version(report, version)
    _refuse(refuse_correct(report, report.unit_id, by, Step.ABANDON))
    before = _facts(report)
    sent = {line.item_id: line for line in report.sent.lines} if report.sent else {}
    texts = {line.item_id: _sent_text(sent.get(line.item_id)) for line in report.lines}
    papers = _papers(session, report, texts.values())
    for line in report.lines:
        _write(line, texts[line.item_id], papers)
    report.state, report.correction_reason = ReportState.ACCEPTED, ""
    report.is_nil = report.sent is not None and report.sent.is_nil
    _record(session, report, Step.ABANDON.value, by=by, at=at, before=before, after=_facts(report))
    session.flush()


def _sent_text(line: SentLine | None) -> LineText:
    if line is None:
        return LineText()
    return LineText(
        line.progress, line.problems, line.next_steps, line.has_no_progress, line.reason, line.percent,
        line.figures, tuple(proof.id for proof in line.proofs),
    )  # fmt: skip


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


def _decide(report: MonthlyReport, step: Step, *, by: User, version: int | None) -> None:
    _check_version(report, version)
    _refuse(refuse_decide(report, report.submitted_by_id, by, step))


def _check_version(report: MonthlyReport, version: int | None) -> None:
    if version is not None and version != report.version:
        raise Stale


def _refuse(reason: str | None) -> None:
    if reason:
        raise Refused(reason)


def _follow_plan(session: Session, report: MonthlyReport) -> None:
    """Lines for items that the unit has come to answer for; empty lines of others go."""
    items = answered_items(session, report.period.campaign_id, report.unit_id)
    lines = {line.item_id: line for line in report.lines}
    answered = {item.id for item in items}
    for line in report.lines[:]:
        if line.item_id not in answered and line.text == LineText():
            report.lines.remove(line)
            session.delete(line)
    for position, item in enumerate(items):
        if item.id in lines:
            lines[item.id].position = position
        else:
            report.lines.append(_new_line(item, position, LineText(), {}))


Papers = Mapping[int, Mapping[int, Evidence]]
"""By item: the documents that may be picked there, by their id."""


def _papers(session: Session, report: MonthlyReport, lines: Iterable[LineText]) -> Papers:
    return papers_of(session, report, {number for line in lines for number in line.evidence_ids})


def _new_line(item: PlanItem, position: int, text: LineText, papers: Papers) -> ReportLine:
    line = ReportLine(item=item, item_id=item.id, position=position)
    _write(line, text, papers)
    return line


def _write(line: ReportLine, text: LineText | None, papers: Papers) -> bool:
    """Put `text` into the line; tells whether that changed anything. Documents that the unit has not
    got there, or no longer, are left out."""
    if text is None:
        return False
    own = papers.get(line.item_id, {})
    text = replace(text, evidence_ids=tuple(sorted(own.keys() & set(text.evidence_ids))))
    if line.text == text:
        return False
    line.progress, line.problems, line.next_steps = text.progress, text.problems, text.next_steps
    line.has_no_progress, line.reason = text.has_no_progress, text.reason
    line.percent, line.figures = int(text.percent) if text.percent else None, text.figures
    line.evidence = [own[number] for number in text.evidence_ids]
    return True


def _spread_nil_reason(report: MonthlyReport) -> None:
    """零报告: every line is without progress, for the one reason."""
    lines = {line.item_id: line.text for line in report.lines}
    _refuse(nil_fault(lines, report.nil_reason))
    for line in report.lines:
        line.has_no_progress, line.reason = True, report.nil_reason


def _facts(report: MonthlyReport) -> dict[str, Any]:
    return {"state": report.state.value, "is_resubmitted_late": report.is_resubmitted_late}


def _record(
    session: Session,
    report: MonthlyReport,
    verb: str,
    *,
    by: User,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> None:
    record(
        session, "report", report.id, verb, by=by, at=at, before=before, after=after, note=note
    )  # fmt: skip
