"""盖章扫描件: the signed and stamped form is put beside the report."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.errors import Refused, enforce
from tracker.files.actions import Received, register
from tracker.files.rules import FileKind
from tracker.people.models import User
from tracker.reports.actions.recording import note
from tracker.reports.models import MonthlyReport, ReportScan
from tracker.reports.rules import refuse_scan

SCANS = frozenset({FileKind.PDF, FileKind.OFD, FileKind.JPG, FileKind.PNG, FileKind.HEIC})


def add_scan(
    session: Session, report: MonthlyReport, received: Received, *, by: User, at: datetime
) -> ReportScan:
    """Keep a scan of the last version that was submitted.

    Raises:
        Refused: nothing was submitted, it is no picture of a paper, or the rules do not allow it.
    """
    enforce(refuse_scan(report.unit_id, by, is_submitted=bool(report.versions)))
    if received.kind not in SCANS:
        raise Refused(f"“{received.name}”是{received.kind.label}；盖章扫描件可以是 pdf、ofd、jpg、png、heic")
    scan = ReportScan(
        report_id=report.id, number=report.versions[-1].number, file=register(session, received, at=at),
        file_name=received.name, at=at, by_id=by.id,
    )  # fmt: skip
    session.add(scan)
    note(session, report, "scan", by=by, at=at, words=received.name)
    session.flush()
    session.expire(report, ["scans"])
    return scan
