"""One report to read, and the office's decision about it."""

from collections.abc import Callable, Mapping

from flask import flash, render_template, request, url_for

from tracker import web
from tracker.errors import Refused
from tracker.forms import whole_number
from tracker.reports import actions
from tracker.reports.forms import Mark, ReturnForm, typed_marks
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import Step, refuse_decide
from tracker.reports.sheet import Sheet, history, sheet_of
from tracker.reports.views.finding import blueprint, find_period, find_report, find_unit, terms
from tracker.units.models import Unit


@blueprint.get("/reports/<int:period_id>/units/<int:unit_id>")
@web.business_only
def show(period_id: int, unit_id: int) -> str:
    """One unit's report of a month, to read; the office decides here."""
    unit = find_unit(unit_id)
    return read_page(_sheet(find_period(period_id), unit))


@blueprint.post("/reports/<int:period_id>/units/<int:unit_id>/acceptance")
@web.office_only
def accept(period_id: int, unit_id: int) -> web.Answer:
    """Accept the report."""
    report = find_report(period_id, unit_id)
    return _decided(
        report,
        lambda: actions.accept(web.db(), report, by=web.me(), at=web.clock().now(), version=_version()),
        "已采信",
    )


@blueprint.post("/reports/<int:period_id>/units/<int:unit_id>/return")
@web.office_only
def send_back(period_id: int, unit_id: int) -> web.Answer:
    """Return the report with a reason."""
    report, form = find_report(period_id, unit_id), ReturnForm()
    marks = typed_marks(request.form)
    if not form.validate_on_submit() or any(mark.fault for mark in marks.values()):
        return read_page(_sheet(report.period, report.unit), form, marks=marks), 422
    reason, reasons = form.reason.data or "", {item_id: mark.reason for item_id, mark in marks.items()}
    return _decided(
        report,
        lambda: actions.send_back(
            web.db(), report, reason, by=web.me(), at=web.clock().now(), terms=terms(), version=_version(),
            marks=reasons,
        ),
        "已退回",
        form,
        marks,
    )  # fmt: skip


def read_page(
    sheet: Sheet,
    form: ReturnForm | None = None,
    problem: str = "",
    marks: Mapping[int, Mark] | None = None,
) -> str:
    """The report to read. What a unit has not sent yet is nobody else's."""
    report, me = sheet.report, web.me()
    is_sent = report is not None and report.first_submitted_at is not None
    return render_template(
        "reports/read.html",
        sheet=sheet,
        shows_lines=report is not None and (is_sent or me.unit_id == sheet.unit.id),
        history=history(web.db(), report) if report and is_sent else [],
        may_accept=report is not None and _refusal(report, Step.ACCEPT) is None,
        may_return=report is not None and _refusal(report, Step.RETURN) is None,
        form=form or ReturnForm(formdata=None),
        marks=marks or {},
        problem=problem,
    )


def _refusal(report: MonthlyReport, step: Step) -> str | None:
    return refuse_decide(report, report.submitted_by_id, web.me(), step)


def _sheet(period: ReportPeriod, unit: Unit) -> Sheet:
    return sheet_of(web.db(), period, unit, terms(), as_sent=unit.id != web.me().unit_id)


def _version() -> int | None:
    return whole_number(request.form.get("version"))


def _decided(
    report: MonthlyReport,
    decide: Callable[[], None],
    words: str,
    form: ReturnForm | None = None,
    marks: Mapping[int, Mark] | None = None,
) -> web.Answer:
    try:
        decide()
    except Refused as refusal:
        web.db().rollback()
        return read_page(_sheet(report.period, report.unit), form, str(refusal), marks), 409
    web.db().commit()
    flash(f"{report.unit.short} {report.period.name} 月报{words}", "ok")
    default = url_for("reports.show", period_id=report.period_id, unit_id=report.unit_id)
    return web.see_other(web.back_to(default))
