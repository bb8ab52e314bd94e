"""The offline way: the form is taken along, filled in, and brought back as a draft."""

from dataclasses import replace
from io import BytesIO

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.behalf import unit_in_hand
from tracker.downloads import send_workbook
from tracker.errors import Refused, Stale
from tracker.forms import whole_number
from tracker.reports import actions, queries
from tracker.reports.models import ReportPeriod
from tracker.reports.offline import Filled, read_form
from tracker.reports.paper import Form
from tracker.reports.rules import refuse_write
from tracker.reports.sheet import Sheet, sheet_of
from tracker.reports.snapshot import begun
from tracker.reports.views.finding import blueprint, find_period, find_unit, terms
from tracker.reports.views.one import read_page
from tracker.reports.views.unit import behalf, write_page
from tracker.units.models import Unit
from tracker.workbook.sheet import WorkbookError

MOST_ROWS = 1000


@blueprint.get("/reports/<int:period_id>/form.xlsx")
@web.business_only
def offline_form(period_id: int) -> Response:
    """The form with what stands in the draft, to be filled in elsewhere."""
    from tracker.workbook.printing import write_paper

    period, unit = find_period(period_id), find_unit(unit_in_hand().id)
    if refusal := _refusal(period, unit):
        raise Refused(refusal)
    sheet = sheet_of(web.db(), period, unit, terms())
    titles = {paper.id: paper.words for line in sheet.lines for paper in line.happening.papers}
    lines = [(line.item, line.text) for line in sheet.lines]
    sent = replace(begun(unit, period.name, lines, titles), writer=web.me().name, phone=web.me().phone)
    stream = BytesIO()
    write_paper(stream, Form(sent, "").laid_out)
    return send_workbook(stream, f"{unit.short}{period.name}月报表（填写用）", f"report-form-{period.name}")


@blueprint.post("/reports/<int:period_id>/form")
@web.business_only
def offline_upload(period_id: int) -> web.Answer:
    """Keep the good cells of the filled form as a draft, and tell the wrong ones by their addresses."""
    from tracker.workbook.reading import read

    period, unit = find_period(period_id), find_unit(unit_in_hand().id)
    if refusal := _refusal(period, unit):
        return read_page(period, unit, problem=refusal), 409
    upload, sheet = request.files.get("form"), sheet_of(web.db(), period, unit, terms())
    if upload is None or not upload.filename:
        return write_page(sheet, form_problems=["请选择填好的月报表（.xlsx）"]), 422
    try:
        rows = read(BytesIO(upload.read()), max_rows=MOST_ROWS)
        items = {line.number: (line.item.id, line.text) for line in sheet.lines}
        filled = read_form(rows, period.name, items)
        _keep(sheet, filled)
    except WorkbookError as error:
        return write_page(sheet, form_problems=[str(error)]), 422
    except Stale as stale:
        web.db().rollback()
        return write_page(sheet_of(web.db(), period, unit, terms()), problem=str(stale)), 409
    web.db().commit()
    if filled.problems:
        return write_page(
            sheet_of(web.db(), period, unit, terms()), form_problems=filled.problems, is_form_kept=True
        ), 422
    flash(f"已从表格读入 {len(filled.lines)} 条，草稿已保存，还没有提交", "ok")
    return web.see_other(url_for("reports.own", period_id=period.id, **behalf(unit)))


def _keep(sheet: Sheet, filled: Filled) -> None:
    session, me, now, report = web.db(), web.me(), web.clock().now(), sheet.report
    if sheet.version != (whole_number(request.form.get("seen")) or 0):
        raise Stale
    if report is None:
        report = actions.open_draft(session, sheet.period, sheet.unit, by=me, at=now, terms=sheet.terms)
    why_nil = report.nil_reason if report.is_nil else None
    actions.save_draft(session, report, filled.lines, by=me, at=now, terms=sheet.terms, nil_reason=why_nil)


def _refusal(period: ReportPeriod, unit: Unit) -> str | None:
    report = queries.report_of(web.db(), period, unit.id)
    return refuse_write(report, period, unit.id, web.me(), terms())
