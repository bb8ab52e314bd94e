"""总览, and the table of all units."""

from dataclasses import dataclass
from datetime import date

from flask import render_template, request

from tracker import web
from tracker.board.queries import count_milestones, gates, unit_rows
from tracker.board.rail import draw_rail, numeral
from tracker.board.rules import TOP_COUNT, Tally
from tracker.board.views.finding import blueprint
from tracker.milestones.forms import OPENED
from tracker.milestones.rules import Day, Light, delay
from tracker.paging import PAGE_SIZE, Page, page_number
from tracker.plan.models import Campaign, Phase
from tracker.plan.queries import phases_of
from tracker.reports import overview
from tracker.reports.models import ReportPeriod
from tracker.reports.overview import Matrix, MonthCounts
from tracker.reports.queries import current_period, periods, terms_of

MONTHS = 6
MATRIX_UNITS = 60
"""Units among which the board looks for those that report worst."""


@dataclass(frozen=True)
class Reports:
    """The present month on the board, and the last months of the units."""

    period: ReportPeriod
    counts: MonthCounts
    matrix: Matrix


@blueprint.get("/board")
@web.readers_only
def show() -> str:
    """The board."""
    session, campaign, day = web.db(), web.campaign(), web.day()
    counts = count_milestones(session, campaign, day)
    phases = phases_of(session, campaign)
    current = [phase for phase in phases if phase.starts_on <= day.today <= phase.ends_on]
    current.sort(key=lambda phase: phase.ends_on)
    return render_template(
        "board/show.html",
        day=day,
        now=web.clock().now(),
        all=counts.all,
        unit_count=counts.unit_count,
        rows=unit_rows(session, campaign, counts, day, limit=TOP_COUNT),
        row_count=len(counts.by_unit),
        gates=gates(session, campaign),
        phases=current,
        numeral=numeral,
        rail=draw_rail(campaign, phases, day.today),
        campaign=campaign,
        reports=_reports(campaign, day),
        late_days=lambda tally: _late_days(tally, day),
        review_days=_working_days_since(counts.all.submitted_on, day),
        unknown_years=_unknown_years(day, counts.all, current) if web.me().role.is_office else [],
        Light=Light,
        opened=OPENED,
    )


@blueprint.get("/board/units")
@web.readers_only
def units() -> str:
    """All units, or those with a light, a page at a time, in the order of the board."""
    session, campaign, day = web.db(), web.campaign(), web.day()
    asked = request.args.get("light")
    shown = Light(asked) if asked in set(Light) else None
    counts = count_milestones(session, campaign, day).only(shown)
    number = page_number(request.args.get("page"))
    rows = unit_rows(session, campaign, counts, day, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    page = Page(rows, len(counts.by_unit), number, request.path, {"light": [shown.value]} if shown else {})
    return render_template(
        "board/units.html",
        page=page,
        shown=shown,
        rows=rows,
        gates=gates(session, campaign),
        late_days=lambda tally: _late_days(tally, day),
        Light=Light,
        opened=OPENED,
    )


def _reports(campaign: Campaign, day: Day) -> Reports | None:
    """The reports of the campaign, when its months have begun."""
    session = web.db()
    months = periods(session, campaign)
    period = current_period(months, day.today)
    if period is None:
        return None
    terms = terms_of(campaign, day)
    counts = overview.month_counts(overview.month_rows(session, campaign, period, terms))
    begun = [month for month in months if month.month <= period.month][-MONTHS:]
    found = overview.matrix(session, campaign, begun, terms, limit=MATRIX_UNITS)
    worst = sorted(found.rows, key=lambda row: [-sum(cell.colour == colour for cell in row.cells)
                                                for colour in ("late", "near")])  # fmt: skip
    return Reports(period, counts, Matrix(begun, worst[:TOP_COUNT], found.total))


def _late_days(tally: Tally, day: Day) -> int:
    """The longest delay in working days; 0 where nothing is late."""
    return delay(tally.late_from, day) if tally.late_from else 0


def _working_days_since(first: date | None, day: Day) -> int:
    return day.calendar.working_days_between(first, day.today) if first else 0


def _unknown_years(day: Day, all_: Tally, phases: list[Phase]) -> list[int]:
    """Years that a shown number of working days depends on and that nobody has entered."""
    days = [day.today, day.near_through, *(phase.ends_on for phase in phases)]
    days += [first for first in (all_.late_from, all_.submitted_on) if first]
    years = range(min(days).year, max(days).year + 1)
    return [year for year in years if not day.calendar.is_known([year])]
