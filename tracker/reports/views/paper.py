"""The report as the form that is signed and stamped: a page to print, a spreadsheet, a document."""

from io import BytesIO

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from tracker import web
from tracker.downloads import send_document, send_workbook
from tracker.forms import whole_number
from tracker.reports.paper import HEADERS, SIGNATURES, Form, template_paper
from tracker.reports.queries import newest_version
from tracker.reports.reading import Reading, reading_of
from tracker.reports.views.finding import blueprint, find_period, find_unit, terms
from tracker.stationery.rules import DocumentKind
from tracker.stationery.views.sending import Write, document_on, send_sample, send_template
from tracker.workbook.sheet import Paper


@blueprint.get("/reports/<int:period_id>/units/<int:unit_id>/paper")
@web.business_only
def paper(period_id: int, unit_id: int) -> str:
    """月报表 to print; `?number=1` as it was submitted first."""
    reading, form = _form(period_id, unit_id)
    return render_template(
        "reports/paper.html", reading=reading, form=form, headers=HEADERS, signatures=SIGNATURES
    )


@blueprint.get("/reports/<int:period_id>/units/<int:unit_id>/paper.xlsx")
@web.business_only
def paper_workbook(period_id: int, unit_id: int) -> Response:
    """月报表 as XLSX."""
    from tracker.workbook.printing import write_paper

    reading, form = _form(period_id, unit_id)
    stream, name = BytesIO(), reading.period.name
    write_paper(stream, form.laid_out)
    return send_workbook(stream, f"{reading.unit.short}{name}月报表", f"report-{name}-{unit_id}")


@blueprint.get("/reports/<int:period_id>/units/<int:unit_id>/paper.docx")
@web.business_only
def paper_document(period_id: int, unit_id: int) -> Response:
    """月报表 as DOCX."""
    reading, form = _form(period_id, unit_id)
    name = reading.period.name
    handed_in = reading.shown.at if reading.shown else None
    built_in = _writer(form.laid_out, form.sent.unit)
    file = document_on(DocumentKind.REPORT, form.words, built_in, handed_in)
    return send_document(file, f"{reading.unit.short}{name}月报表", f"report-{name}-{unit_id}")


@blueprint.get("/reports/template.docx")
@web.administrators_only
def template() -> Response:
    """The built-in layout as a template to begin with."""
    return send_template(DocumentKind.REPORT, _writer(template_paper()))


@blueprint.get("/reports/sample.docx")
@web.administrators_only
def sample() -> Response:
    """The newest report on the template in use."""
    newest = newest_version(web.db(), web.campaign())
    words = Form(newest.sent, terms().day_of(newest.at).isoformat()).words if newest else None
    return send_sample(DocumentKind.REPORT, words, _writer(template_paper()))


def _writer(paper: Paper, author: str = "") -> Write:
    from tracker.documents.tables import write_paper  # python-docx takes half a second to read

    return lambda target: write_paper(target, paper, author=author, at=web.clock().now())


def _form(period_id: int, unit_id: int) -> tuple[Reading, Form]:
    """The form of what this person may read, or 404."""
    period, unit = find_period(period_id), find_unit(unit_id)
    reading = reading_of(web.db(), period, unit, terms(), web.me(), whole_number(request.args.get("number")))
    if reading.sent is None:
        abort(404)
    at = reading.shown.at if reading.shown else None
    return reading, Form(reading.sent, terms().day_of(at).isoformat() if at else "")
