"""某月月报 over HTTP: the list with its bulk decisions and its workbooks."""

from collections.abc import Callable, Sequence

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.downloads import send_rows
from tracker.errors import Refused
from tracker.months.exports import month_sheet
from tracker.months.queries import told_of_month
from tracker.paging import PAGE_SIZE, Page, page_number
from tracker.people.queries import liaisons
from tracker.reports import actions, exports, overview, queries
from tracker.reports.forms import ReturnForm, chosen_reports
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import Shown, refuse_urge
from tracker.reports.views.finding import find_month, terms

blueprint = Blueprint("months", __name__)


@blueprint.get("/reports/month/<month>")
@web.readers_only
def show(month: str) -> str:
    """The units of a month."""
    return _page(find_month(month))


@blueprint.get("/reports/month/<month>/export")
@web.readers_only
def export(month: str) -> Response:
    """How the units of a month reported, as XLSX, with the filter applied."""
    period, rows, reports = _to_export(month)
    told = told_of_month(web.db(), period)
    sheet = month_sheet(rows, reports, told, terms(), phone_words=web.phone_words)
    return send_rows("月报", sheet, f"{period.name}月报报送情况", f"reports-{period.name}")


@blueprint.get("/reports/month/<month>/lines")
@web.readers_only
def export_lines(month: str) -> Response:
    """What the units of a month wrote, as XLSX, with the filter applied."""
    period, rows, reports = _to_export(month)
    table = exports.line_table(rows, reports, terms(), phone_words=web.phone_words)
    return send_rows("月报", table, f"{period.name}月报内容", f"report-lines-{period.name}")


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
        return _page(period, form, request.form.getlist("reports")), 422
    reason, present = form.reason.data or "", terms()
    return _decided_many(
        period,
        lambda report, version: actions.send_back(
            web.db(), report, reason, by=web.me(), at=web.clock().now(), terms=present, version=version
        ),
        "已退回",
    )


def _page(period: ReportPeriod, form: ReturnForm | None = None, ticked: Sequence[str] = ()) -> str:
    session, campaign, me, present = web.db(), web.campaign(), web.me(), terms()
    rows = overview.month_rows(session, campaign, period, present)
    wanted, here = request.args.get("status", ""), url_for("months.show", month=period.name)
    shown = overview.wanted_rows(rows, wanted)
    number = page_number(request.args.get("page"))
    on_page = shown[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    reports = queries.month_reports(session, period, [row.unit.id for row in on_page])
    urged = {unit_id for _, unit_id in queries.urged_today(session, [period], present)}
    return render_template(
        "months/show.html",
        period=period,
        liaisons=liaisons(session, [row.unit.id for row in on_page if row.unit.id not in reports]),
        page=Page(on_page, len(shown), number, here, request.args.to_dict(flat=False)),
        reports=reports,
        told=told_of_month(session, period),
        urged=urged,
        owing=[
            row.unit for row in rows if refuse_urge(row.status, me, is_urged=row.unit.id in urged) is None
        ],
        late_days=lambda row: _late_days(row, period),
        counts=overview.month_counts(rows),
        is_over=web.day().today > period.due_on,
        has_begun=web.day().today >= period.month,
        choices=overview.choices(rows),
        wanted=wanted,
        form=form or ReturnForm(formdata=None),
        ticked=ticked,
    )


def _late_days(row: overview.MonthRow, period: ReportPeriod) -> int:
    """Calendar days of delay: of what was sent, or until today of what is missing."""
    is_missing = row.status.shown is Shown.MISSING
    return (web.day().today - period.due_on).days if is_missing else row.status.late_days


def _to_export(month: str) -> tuple[ReportPeriod, list[overview.MonthRow], dict[int, MonthlyReport]]:
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
    return web.see_other(web.back_to(url_for("months.show", month=period.name)))
