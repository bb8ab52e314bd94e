"""One unit's report of a month to read: as it was submitted, or as its unit is writing it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.evidence.models import Evidence
from tracker.evidence.queries import visible
from tracker.people.models import User
from tracker.people.rules.contacts import masked_phone
from tracker.reports.models import MonthlyReport, ReportPeriod, ReportVersion
from tracker.reports.queries import report_of
from tracker.reports.rules import SENT, SentReport, Status, Terms, resend_by, resend_words, status
from tracker.reports.snapshot import snapshot
from tracker.units.models import Unit


@dataclass(frozen=True)
class Reading:
    """The page of one report to read.

    `sent` is what stands there, None when the reader may not read anything yet; `shown` the version
    that it is, None when the unit's own people read what they are writing; `linked` are the documents
    that the reader may open.
    """

    period: ReportPeriod
    unit: Unit
    report: MonthlyReport | None
    status: Status
    terms: Terms
    sent: SentReport | None
    shown: ReportVersion | None
    linked: Collection[int]

    @property
    def version(self) -> int:
        """The row's, for the office's decision."""
        return self.report.version if self.report else 0

    @property
    def versions(self) -> list[ReportVersion]:
        """What was submitted, the last one first."""
        return list(reversed(self.report.versions)) if self.report else []

    @property
    def is_latest(self) -> bool:
        """Whether nothing newer was submitted."""
        return self.shown is None or self.shown is self.versions[0]

    @property
    def return_reasons(self) -> Mapping[int, str]:
        """What the office wants done again, by item."""
        lines = self.report.lines if self.report and self.is_latest else []
        return {line.item_id: line.return_reason for line in lines if line.return_reason}

    @property
    def resend_words(self) -> str:
        """Until when a returned report keeps its place."""
        return resend_words(resend_by(self.report, self.terms) if self.report else None)


def reading_of(
    session: Session, period: ReportPeriod, unit: Unit, terms: Terms, reader: User, number: int | None = None
) -> Reading:
    """The report of `unit` in `period` for `reader`: the last version, or that of a `number`."""
    report = report_of(session, period, unit.id)
    shown = _version(report, number)
    if report and not number and reader.unit_id == unit.id and report.state not in SENT:
        shown = None
        sent: SentReport | None = snapshot(session, report)
    else:
        sent = shown.sent if shown else None
    if sent is not None and not reader.role.sees_contacts:
        sent = replace(sent, phone=masked_phone(sent.phone))
    state = status(report, period, terms.of(unit.id))
    return Reading(period, unit, report, state, terms, sent, shown, _linked(session, sent, reader))


def _version(report: MonthlyReport | None, number: int | None) -> ReportVersion | None:
    versions = report.versions if report else []
    if number is None:
        return versions[-1] if versions else None
    return next((version for version in versions if version.number == number), None)


def _linked(session: Session, sent: SentReport | None, reader: User) -> set[int]:
    ids = {proof.id for line in sent.lines for proof in line.proofs} if sent else set()
    if not ids:
        return set()
    return set(session.scalars(select(Evidence.id).where(Evidence.id.in_(ids), visible(reader))))
