"""What every step with a report does: is it still the one that was seen, may it be, what is told of it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.errors import check_version, enforce
from tracker.events.actions import record
from tracker.people.models import User
from tracker.reports.models import MonthlyReport


def begin(report: MonthlyReport, version: int | None, reason: str | None) -> dict[str, Any]:
    """The head of every step: is the report still the one that was seen, may the step be; returns what
    it is before.

    Raises:
        Refused: `reason` says why not. Stale: `version` is not the present one.
    """
    check_version(version, report.version)
    enforce(reason)
    return facts(report)


def facts(report: MonthlyReport) -> dict[str, Any]:
    return {"state": report.state.value, "is_resubmitted_late": report.is_resubmitted_late}


def note(
    session: Session,
    report: MonthlyReport,
    verb: str,
    *,
    by: User,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    words: str = "",
) -> None:
    record(
        session, "report", report.id, verb, by=by, at=at, before=before, after=after, note=words
    )  # fmt: skip
