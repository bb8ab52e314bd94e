"""The pages over all units: the matrix, and the list of a month with its bulk decisions."""

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.downloads import send_workbook
from tracker.errors import Refused
from tracker.paging import PAGE_SIZE, Page, page_number
from tracker.people.queries import liaisons
from tracker.reports import actions, exports, overview, queries
from tracker.reports.forms import ReturnForm, chosen_reports
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import month_of
from tracker.reports.views.finding import blueprint, find_month, terms
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
    months = _months_asked_for(queries.periods(web.db(), web.campaign()))
    found = overview.matrix(web.db(), web.campaign(), months, terms())
    return _workbook("月报报送情况", "reports", *exports.matrix_table(found))


@blueprint.get("/reports/month/<month>")
@web.readers_only
def month(month: str) -> str:
    """The units of a month."""
    return _month_page(find_month(month))


@blueprint.get("/reports/month/<month>/export")
@web.readers_only
def export_month(month: str) -> Response:
    """How the units of a month reported, as XLSX, with the filter applied."""
    period, rows, reports = _month_to_export(month)
    return _workbook(
        f"{period.name}月报报送情况",
        f"reports-{period.name}",
        *exports.month_table(rows, reports, terms(), phone_words=web.phone_words),
    )


@blueprint.get("/reports/month/<month>/lines")
@web.readers_only
def export_lines(month: str) -> Response:
    """What the units of a month wrote, as XLSX, with the filter applied."""
    period, rows, reports = _month_to_export(month)
    table = exports.line_table(rows, reports, terms(), phone_words=web.phone_words)
    return _workbook(f"{period.name}月报内容", f"report-lines-{period.name}", *table)


@blueprint.post("/reports/month/<month>/acceptance")
@web.office_only
def accept_many(month: str) -> web.Answer:
    """Accept the ticked reports of a month."""
    return _decided_many(
        find_month(month),
        lambda report, version: actions.accept(
            web.db(), report, by=web.me(), at=web.clock().now(), version=version
        ),
        "已采信",
    )


@blueprint.post("/reports/month/<month>/return")
@web.office_only
def return_many(month: str) -> web.Answer:
    """Return the ticked reports of a month, all for one reason."""
    period, form = find_month(month), ReturnForm()
    if not form.validate_on_submit():
        return _month_page(period, form, request.form.getlist("reports")), 422
    reason, present = form.reason.data or "", terms()
    return _decided_many(
        period,
        lambda report, version: actions.send_back(
            web.db(), report, reason, by=web.me(), at=web.clock().now(), terms=present, version=version
        ),
        "已退回",
    )


def _matrix_page() -> str:
    months = queries.periods(web.db(), web.campaign())
    number = page_number(request.args.get("page"))
    found = overview.matrix(
        web.db(),
        web.campaign(),
        _months_asked_for(months),
        terms(),
        offset=(number - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )
    return render_template(
        "reports/matrix.html",
        matrix=found,
        page=Page(found.rows, found.total, number, request.path, request.args.to_dict(flat=False)),
        months=months,
        current=queries.current_period(months, web.day().today),
        legend=overview.legend(found.rows),
        old_count=_old_count(found.periods),
    )


def _months_asked_for(months: Sequence[ReportPeriod]) -> list[ReportPeriod]:
    """The months `from` .. `to`; without them the last twelve."""
    first, last = (month_of(request.args.get(name, "")) for name in ("from", "to"))
    if first is None and last is None:
        return overview.default_months(months, web.day().today)
    return [
        period
        for period in months
        if (first is None or period.month >= first) and (last is None or period.month <= last)
    ]


def _old_count(shown: Sequence[ReportPeriod]) -> int:
    """How many of the first months a narrow screen leaves out; none when months were asked for."""
    is_asked = any(month_of(request.args.get(name, "")) for name in ("from", "to"))
    return 0 if is_asked else max(0, len(shown) - overview.NARROW_MONTHS)


def _month_page(period: ReportPeriod, form: ReturnForm | None = None, ticked: Sequence[str] = ()) -> str:
    rows = overview.month_rows(web.db(), web.campaign(), period, terms())
    wanted = request.args.get("status", "")
    shown = overview.wanted_rows(rows, wanted)
    number = page_number(request.args.get("page"))
    on_page = shown[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    reports = queries.month_reports(web.db(), period, [row.unit.id for row in on_page])
    silent = [row.unit.id for row in on_page if row.unit.id not in reports]
    return render_template(
        "reports/month.html",
        period=period,
        liaisons=liaisons(web.db(), silent),
        months=queries.periods(web.db(), web.campaign()),
        page=Page(on_page, len(shown), number, request.path, request.args.to_dict(flat=False)),
        reports=reports,
        counts=overview.month_counts(rows),
        is_over=web.day().today > period.due_on,
        choices=overview.choices(rows),
        wanted=wanted,
        form=form or ReturnForm(formdata=None),
        ticked=ticked,
    )


def _month_to_export(
    month: str,
) -> tuple[ReportPeriod, list[overview.MonthRow], dict[int, MonthlyReport]]:
    period = find_month(month)
    rows = overview.month_rows(web.db(), web.campaign(), period, terms())
    return (
        period,
        overview.wanted_rows(rows, request.args.get("status", "")),
        queries.month_reports(web.db(), period, with_versions=True),
    )


def _decided_many(period: ReportPeriod, decide: Callable[[MonthlyReport, int], None], words: str) -> Response:
    """Decide about each ticked report; who is refused is told, the others are done."""
    versions = chosen_reports(request.form.getlist("reports"))
    done, refused = 0, []
    for report in queries.month_reports(web.db(), period).values():
        if report.id not in versions:
            continue
        try:
            decide(report, versions[report.id])
            done += 1
        except Refused as refusal:
            refused.append(f"{report.unit.short}：{refusal}")
    web.db().commit()
    flash(f"{words} {done} 份月报" if versions else "没有选中任何月报", "ok" if done else "error")
    for line in refused:
        flash(line, "error")
    return web.see_other(web.back_to(url_for("reports.month", month=period.name)))


def _workbook(name: str, plain_name: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    from tracker import workbook

    stream = BytesIO()
    workbook.write(stream, "月报", headers, rows)
    return send_workbook(stream, name, plain_name)
