"""How far every unit is with its monthly reports: a month, the matrix, a unit's own months."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tracker.plan.models import Campaign
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.queries import (
    begun_periods,
    current_period,
    reporting_unit_count,
    reporting_units,
)
from tracker.reports.rules import ReportState, Shown, Status, Terms, is_owed, status
from tracker.units.models import Unit

MATRIX_MONTHS = 12
"""Months that the matrix shows unless it is asked for others."""
NARROW_MONTHS = 3
"""How many of these, the last ones, a narrow screen has room for."""


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """A report as a list knows it; it answers the questions of `rules.Facts`."""

    id: int
    version: int
    state: ReportState
    first_submitted_at: datetime | None
    submitted_at: datetime | None
    returned_at: datetime | None
    resend_on: date | None
    pending_from: ReportState | None
    is_resubmitted_late: bool


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One unit in a month: its report as the list knows it, and what that is today."""

    unit: Unit
    report: ReportFacts | None
    status: Status


@dataclass(frozen=True)
class MonthCounts:
    """How many of a month's units stand where; every count is the length of that list."""

    total: int
    reported: int
    on_time: int
    late: int
    missing: int

    @property
    def on_time_rate(self) -> int | None:
        """按时率: of the units those that reported on time, in percent; None when nobody owes a report."""
        return _percent(self.on_time, self.total)


def month_rows(session: Session, campaign: Campaign, month: ReportPeriod, terms: Terms) -> list[MonthRow]:
    """Every unit that owes a month's report with its status, in the order of units."""
    reports = _facts(session, MonthlyReport.period_id == month.id)
    rows = []
    for unit in reporting_units(session, campaign):
        report, own = reports.get((month.id, unit.id)), terms.of(unit.id)
        if is_sent_once(report) or is_owed(month, own) or month.due_on < terms.live_on:
            rows.append(MonthRow(unit, report, status(report, month, own)))
    return rows


def is_sent_once(report: ReportFacts | None) -> bool:
    """What a unit has sent stays on the list, whether it reports any more or not."""
    return report is not None and report.first_submitted_at is not None


def month_counts(rows: Iterable[MonthRow]) -> MonthCounts:
    """The counts of the very rows that a list shows."""
    statuses = [row.status for row in rows]
    return MonthCounts(
        total=len(statuses),
        reported=sum(found.is_reported for found in statuses),
        on_time=sum(found.is_on_time for found in statuses),
        late=sum(found.is_late for found in statuses),
        missing=sum(found.shown is Shown.MISSING for found in statuses),
    )


@dataclass(frozen=True)
class Choice:
    """One filter of a month's list, and how many rows it leaves."""

    value: str
    label: str
    count: int


def choices(rows: Sequence[MonthRow]) -> list[Choice]:
    """The filters of a month's list; those that leave nothing are left out."""
    counted = [Choice(value, label, len(wanted_rows(rows, value))) for value, (label, _) in WANTED.items()]
    return [choice for choice in counted if choice.count or not choice.value]


def wanted_rows(rows: Sequence[MonthRow], wanted: str) -> list[MonthRow]:
    """The rows that a filter of `WANTED` leaves; an unknown one leaves all."""
    _, is_wanted = WANTED.get(wanted, WANTED[""])
    return [row for row in rows if is_wanted(row.status)]


WANTED: dict[str, tuple[str, Callable[[Status], bool]]] = {
    "": ("全部", lambda found: True),
    "reported": ("已报", lambda found: found.is_reported),
    "review": ("待审核", lambda found: found.is_reported and found.shown is not Shown.ACCEPTED),
    "on_time": ("按时", lambda found: found.is_on_time),
    "late": ("迟报", lambda found: found.is_late),
    "returned": ("退回", lambda found: found.shown is Shown.RETURNED),
    "missing": ("未报", lambda found: found.shown is Shown.MISSING),
    "due": ("待报", lambda found: found.is_pending),
    "accepted": ("已采信", lambda found: found.shown is Shown.ACCEPTED),
}
"""Filters of a month's list by their name in the address: label and condition."""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One unit with its status in each month of the matrix."""

    unit: Unit
    cells: list[Status]

    @property
    def due_count(self) -> int:
        """Months of the row that are decided: reported, missing or returned."""
        return sum(cell.is_reported or cell.shown in (Shown.MISSING, Shown.RETURNED) for cell in self.cells)

    @property
    def on_time_count(self) -> int:
        return sum(cell.is_on_time for cell in self.cells)

    @property
    def reported_count(self) -> int:
        """Months of which the office has the report, in time or late; not those that it returned."""
        return sum(cell.is_reported for cell in self.cells)

    @property
    def on_time_rate(self) -> int | None:
        """按时率: of the decided months those on time, in percent; None when none is decided."""
        return _percent(self.on_time_count, self.due_count)

    @property
    def completeness(self) -> int | None:
        """报送率: of the decided months those reported at all, in percent."""
        return _percent(self.reported_count, self.due_count)


@dataclass(frozen=True)
class Matrix:
    """Units down, months across; `total` counts all reporting units."""

    periods: list[ReportPeriod]
    rows: list[MatrixRow]
    total: int


def _percent(count: int, total: int) -> int | None:
    """Rounded down: a unit that missed a month never reads 100."""
    return count * 100 // total if total else None


def legend(rows: Iterable[MatrixRow]) -> list[Status]:
    """One status of each sign that the rows show, in the order of `Shown`."""
    found = {cell.meaning: cell for row in rows for cell in row.cells}
    return sorted(found.values(), key=lambda cell: (list(Shown).index(cell.shown), cell.meaning))


def matrix(
    session: Session,
    campaign: Campaign,
    months: list[ReportPeriod],
    terms: Terms,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> Matrix:
    """The statuses of the units from `offset` on in `months`, with one query for all reports."""
    units = reporting_units(session, campaign, offset=offset, limit=limit)
    total = reporting_unit_count(session, campaign) if limit is not None or offset else len(units)
    reports = _facts(
        session,
        MonthlyReport.period_id.in_([month.id for month in months]),
        *([] if limit is None else [MonthlyReport.unit_id.in_([unit.id for unit in units])]),
    )
    rows = [
        MatrixRow(unit, [status(reports.get((month.id, unit.id)), month, own) for month in months])
        for unit, own in ((unit, terms.of(unit.id)) for unit in units)
    ]
    return Matrix(months, rows, total)


@dataclass(frozen=True, slots=True)
class OwnMonth:
    """A month as the unit's own list shows it."""

    period: ReportPeriod
    report: ReportFacts | None
    status: Status


def own_months(session: Session, campaign: Campaign, unit: Unit, terms: Terms) -> list[OwnMonth]:
    """The months of a unit that have begun, the newest first."""
    reports = _facts(session, MonthlyReport.unit_id == unit.id)
    begun = begun_periods(session, campaign, terms.today)
    found = [(month, reports.get((month.id, unit.id))) for month in begun]
    return [OwnMonth(month, report, status(report, month, terms.of(unit.id))) for month, report in found]


def default_months(months: Sequence[ReportPeriod], today: date) -> list[ReportPeriod]:
    """The last twelve months up to the present one."""
    current = current_period(months, today)
    begun = [month for month in months if current and month.month <= current.month]
    return begun[-MATRIX_MONTHS:]


def _facts(session: Session, *conditions: ColumnElement[bool]) -> dict[tuple[int, int], ReportFacts]:
    rows = session.execute(
        select(MonthlyReport.period_id, MonthlyReport.unit_id, *_COLUMNS).where(*conditions)
    )
    return {(row[0], row[1]): ReportFacts(*row[2:]) for row in rows}


_COLUMNS: tuple[Any, ...] = (
    MonthlyReport.id,
    MonthlyReport.version,
    MonthlyReport.state,
    MonthlyReport.first_submitted_at,
    MonthlyReport.submitted_at,
    MonthlyReport.returned_at,
    MonthlyReport.resend_on,
    MonthlyReport.pending_from,
    MonthlyReport.is_resubmitted_late,
)
"""The columns of ReportFacts in its order."""
