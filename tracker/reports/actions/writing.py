"""A unit begins its report and keeps what it types."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from tracker.errors import Stale, check_version, enforce
from tracker.people.models import User
from tracker.reports.actions.lines import (
    follow_plan,
    new_line,
    picked_papers,
    write,
)
from tracker.reports.actions.recording import note
from tracker.reports.happenings import happenings
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.queries import answered_items
from tracker.reports.rules import (
    LineText,
    Step,
    Terms,
    refuse_write,
)
from tracker.units.models import Unit


def open_draft(
    session: Session, period: ReportPeriod, unit: Unit, *, by: User, at: datetime, terms: Terms
) -> MonthlyReport:
    """Begin the unit's report of the month, prefilled with what happened in it.

    Raises:
        Refused: `by` may not write it, or not yet. Stale: somebody has begun it meanwhile.
    """
    enforce(refuse_write(None, period, unit.id, by, terms))
    report = MonthlyReport(period=period, unit=unit)
    happened = happenings(session, period, unit.id, terms)
    items = answered_items(session, period.campaign_id, unit.id)
    papers = picked_papers(session, report, (happened[item.id].text for item in items))
    for position, item in enumerate(items):
        report.lines.append(new_line(item, position, happened[item.id].text, papers))
    try:
        with session.begin_nested():
            session.add(report)
    except IntegrityError:
        raise Stale from None
    note(session, report, "open", by=by, at=at)
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
    check_version(version, report.version)
    enforce(refuse_write(report, report.period, report.unit_id, by, terms))
    follow_plan(session, report)
    papers = picked_papers(session, report, lines.values())
    changed = [line for line in report.lines if write(line, lines.get(line.item_id), papers)]
    was_nil, is_nil = (report.is_nil, report.nil_reason), (nil_reason is not None, nil_reason or "")
    report.is_nil, report.nil_reason = is_nil
    if changed or was_nil != is_nil:
        flag_modified(report, "state")  # the report's version counts the changes of its lines
        codes = "、".join(line.item.code for line in changed)
        after = {"lines": codes} | ({"is_nil": report.is_nil} if was_nil != is_nil else {})
        note(session, report, Step.SAVE.value, by=by, at=at, after=after)
    session.flush()
