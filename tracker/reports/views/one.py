"""One report to read, and the office's decision about it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, flash, render_template, request, url_for

from tracker import web
from tracker.errors import Refused
from tracker.forms import whole_number
from tracker.reports import actions
from tracker.reports.forms import CorrectionForm, HeadForm, Mark, ReturnForm, typed_marks
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.reading import reading_of
from tracker.reports.rules import (
    Step,
    refuse_approve,
    refuse_correct,
    refuse_decide,
    refuse_scan,
    refuse_take_back,
)
from tracker.reports.sheet import history
from tracker.reports.views.finding import blueprint, find_period, find_report, find_unit, terms
from tracker.units.models import Unit


@blueprint.get("/reports/<int:period_id>/units/<int:unit_id>")
@web.business_only
def show(period_id: int, unit_id: int) -> str:
    """One unit's report of a month, to read, also as it was submitted before (`?number=1`); the office
    decides here."""
    unit = find_unit(unit_id)
    return read_page(find_period(period_id), unit)


@blueprint.post("/reports/<int:period_id>/units/<int:unit_id>/acceptance")
@web.office_only
def accept(period_id: int, unit_id: int) -> web.Answer:
    """Accept the report."""
    report = find_report(period_id, unit_id)
    return _decided(
        report,
        lambda: actions.accept(
            web.db(), report, by=web.me(), at=web.clock().now(), version=web.seen_version()
        ),
        "已采信",
    )


@blueprint.post("/reports/<int:period_id>/units/<int:unit_id>/return")
@web.office_only
def send_back(period_id: int, unit_id: int) -> web.Answer:
    """Return the report with a reason."""
    report, form = find_report(period_id, unit_id), ReturnForm()
    marks = typed_marks(request.form)
    if not form.validate_on_submit() or any(mark.fault for mark in marks.values()):
        return read_page(report.period, report.unit, form, marks=marks), 422
    reason, reasons = form.reason.data or "", {item_id: mark.reason for item_id, mark in marks.items()}
    return _decided(
        report,
        lambda: actions.send_back(
            web.db(), report, reason, by=web.me(), at=web.clock().now(), terms=terms(),
            version=web.seen_version(), marks=reasons,
        ),
        "已退回",
        form=form,
        marks=marks,
    )  # fmt: skip


def read_page(
    period: ReportPeriod,
    unit: Unit,
    form: ReturnForm | None = None,
    problem: str = "",
    marks: Mapping[int, Mark] | None = None,
    correction: CorrectionForm | None = None,
    head_form: HeadForm | None = None,
    upload_problem: str = "",
) -> str:
    """The report to read. What a unit has not sent yet is nobody else's."""
    number = whole_number(request.args.get("number"))
    reading = reading_of(web.db(), period, unit, terms(), web.me(), number)
    report = reading.report
    if number and reading.shown is None:
        abort(404)
    return render_template(
        "reports/read.html",
        reading=reading,
        history=history(web.db(), report) if report and report.versions else [],
        may_accept=_may(report, Step.ACCEPT) and reading.is_latest,
        may_return=_may(report, Step.RETURN) and reading.is_latest,
        may_correct=report is not None and _refusal_to_correct(report) is None and reading.is_latest,
        form=form or ReturnForm(formdata=None),
        may_scan=refuse_scan(unit.id, web.me(), is_submitted=bool(reading.versions)) is None,
        upload_problem=upload_problem,
        may_approve=report is not None and _refusal_to_approve(report) is None,
        may_take_back=report is not None and refuse_take_back(report, unit.id, web.me()) is None,
        head_form=head_form or HeadForm(formdata=None),
        correction=correction or CorrectionForm(formdata=None),
        marks=marks or {},
        behalf={"unit": unit.id} if unit.id != web.me().unit_id else {},
        problem=problem,
    )


def _may(report: MonthlyReport | None, step: Step) -> bool:
    return report is not None and refuse_decide(report, report.sender_ids, web.me(), step) is None


def _refusal_to_approve(report: MonthlyReport) -> str | None:
    return refuse_approve(report, report.unit_id, web.me(), Step.APPROVE)


def _refusal_to_correct(report: MonthlyReport) -> str | None:
    return refuse_correct(report, report.unit_id, web.me(), Step.CORRECT)


def taken(
    report: MonthlyReport, step: Callable[[], None], words: str, goes_to: str, **typed: Any
) -> web.Answer:
    """Take a step and go on; where it is refused the report's page says why, with what was typed."""
    try:
        step()
    except Refused as refusal:
        web.db().rollback()
        return read_page(report.period, report.unit, problem=str(refusal), **typed), 409
    web.db().commit()
    flash(words, "ok")
    return web.see_other(goes_to)


def _decided(report: MonthlyReport, decide: Callable[[], None], words: str, **typed: Any) -> web.Answer:
    default = url_for("reports.show", period_id=report.period_id, unit_id=report.unit_id)
    told = f"{report.unit.short} {report.period.name} 月报{words}"
    return taken(report, decide, told, web.back_to(default), **typed)
