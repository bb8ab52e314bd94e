"""What the pages of monthly reports begin with: the month and the unit that a person may see."""

from collections.abc import Sequence

from flask import Blueprint, abort, request

from tracker import web
from tracker.behalf import unit_in_hand
from tracker.reports import overview, queries
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import Terms, month_of
from tracker.units.models import Unit

blueprint = Blueprint("reports", __name__)


def terms() -> Terms:
    """What the statuses of this request depend on."""
    return queries.terms_of(web.campaign(), web.day())


def find_period(period_id: int) -> ReportPeriod:
    """A month of a campaign of the jurisdiction, or 404."""
    found = web.db().get(ReportPeriod, period_id) or abort(404)
    web.follow(found.campaign_id)
    return found


def find_month(text: str) -> ReportPeriod:
    """A month of the campaign written 2024-03, or 404."""
    first = month_of(text)
    found = queries.period_of_month(web.db(), web.campaign(), first) if first else None
    return found or abort(404)


def months_asked_for(months: Sequence[ReportPeriod]) -> list[ReportPeriod]:
    """The months `from` .. `to` of the address; without them the last twelve."""
    first, last = (month_of(request.args.get(name, "")) for name in ("from", "to"))
    if first is None and last is None:
        return overview.default_months(months, web.day().today)
    return [
        period
        for period in months
        if (first is None or period.month >= first) and (last is None or period.month <= last)
    ]


def own_unit() -> Unit | None:
    """The unit in hand, one's own or one in whose name the office acts, if it owes the monthly report."""
    return queries.reporting_unit(web.db(), web.campaign(), unit_in_hand().id)


def find_unit(unit_id: int) -> Unit:
    """A reporting unit whose reports this person may see, or 404."""
    if not web.me().role.reads_all and unit_id != web.me().unit_id:
        abort(404)
    return queries.reporting_unit(web.db(), web.campaign(), unit_id) or abort(404)


def find_report(period_id: int, unit_id: int) -> MonthlyReport:
    """A report that this person may see, or 404."""
    unit = find_unit(unit_id)
    return queries.report_of(web.db(), find_period(period_id), unit.id) or abort(404)
