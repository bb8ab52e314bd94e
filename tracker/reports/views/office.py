"""The matrix of all units and months. The list of one month stands in `tracker.months`."""

from collections.abc import Collection, Sequence

from flask import render_template, request
from werkzeug.wrappers import Response

from tracker import web
from tracker.downloads import send_rows
from tracker.paging import PAGE_SIZE, Page, page_number
from tracker.reports import exports, overview, queries
from tracker.reports.models import ReportPeriod
from tracker.reports.rules import month_of, refuse_urge
from tracker.reports.views.finding import blueprint, months_asked_for, terms
from tracker.reports.views.unit import own_months_page


@blueprint.get("/reports")
@web.business_only
def index() -> str:
    """The unit's own months; for who reads all the matrix of units and months."""
    return _matrix_page() if web.me().role.reads_all else own_months_page()


@blueprint.get("/reports/export")
@web.readers_only
def export_matrix() -> Response:
    """The matrix of all units and the months in sight as XLSX."""
    months = months_asked_for(queries.periods(web.db(), web.campaign()))
    found = overview.matrix(web.db(), web.campaign(), months, terms())
    return send_rows("月报", exports.matrix_table(found), "月报报送情况", "reports")


def _matrix_page() -> str:
    months, present = queries.periods(web.db(), web.campaign()), terms()
    number = page_number(request.args.get("page"))
    found = overview.matrix(
        web.db(),
        web.campaign(),
        months_asked_for(months),
        present,
        offset=(number - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )
    urged = queries.urged_today(web.db(), found.periods, present)
    to_urge = _to_urge(found, urged)
    return render_template(
        "reports/matrix.html",
        matrix=found,
        page=Page(found.rows, found.total, number, request.path, request.args.to_dict(flat=False)),
        months=months,
        current=queries.current_period(months, web.day().today),
        legend=overview.legend(found.rows),
        old_count=_old_count(found.periods),
        to_urge=to_urge,
        urged=urged,
    )


def _to_urge(found: overview.Matrix, urged: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """The cells, by month and unit, that the person may urge now."""
    return {
        (period.id, row.unit.id)
        for row in found.rows
        for period, cell in zip(found.periods, row.cells, strict=True)
        if refuse_urge(cell, web.me(), is_urged=(period.id, row.unit.id) in urged) is None
    }


def _old_count(shown: Sequence[ReportPeriod]) -> int:
    """How many of the first months a narrow screen leaves out; none when months were asked for."""
    is_asked = any(month_of(request.args.get(name, "")) for name in ("from", "to"))
    return 0 if is_asked else max(0, len(shown) - overview.NARROW_MONTHS)
