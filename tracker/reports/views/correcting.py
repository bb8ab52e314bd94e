"""更正: an accepted report is taken up again by its unit, or left as it was after all."""

from collections.abc import Callable

from flask import flash, request, url_for

from tracker import web
from tracker.behalf import unit_in_hand
from tracker.errors import Refused
from tracker.forms import whole_number
from tracker.reports import actions
from tracker.reports.forms import CorrectionForm
from tracker.reports.models import MonthlyReport
from tracker.reports.rules import Step, refuse_correct
from tracker.reports.views.finding import blueprint, find_report
from tracker.reports.views.one import read_page
from tracker.reports.views.unit import behalf


@blueprint.post("/reports/<int:period_id>/correction")
@web.business_only
def correct(period_id: int) -> web.Answer:
    """Take an accepted report up again, with a reason."""
    report, form = find_report(period_id, unit_in_hand().id), CorrectionForm()
    if refusal := refuse_correct(report, report.unit_id, web.me(), Step.CORRECT):
        return read_page(report.period, report.unit, problem=refusal, correction=form), 409
    if not form.validate_on_submit():
        return read_page(report.period, report.unit, correction=form), 422
    reason, now, seen = form.correction.data or "", web.clock().now(), _version()
    return _done(
        report,
        lambda: actions.correct(web.db(), report, reason, by=web.me(), at=now, version=seen),
        "可以更正了，提交以后是新的一版",
        form,
    )


@blueprint.post("/reports/<int:period_id>/correction/withdrawal")
@web.business_only
def abandon(period_id: int) -> web.Answer:
    """Leave the accepted report as it was."""
    report, now, seen = find_report(period_id, unit_in_hand().id), web.clock().now(), _version()
    return _done(
        report,
        lambda: actions.abandon(web.db(), report, by=web.me(), at=now, version=seen),
        "已放弃更正，月报仍是采信的那一版",
    )


def _done(
    report: MonthlyReport, step: Callable[[], None], words: str, form: CorrectionForm | None = None
) -> web.Answer:
    try:
        step()
    except Refused as refusal:
        web.db().rollback()
        return read_page(report.period, report.unit, problem=str(refusal), correction=form), 409
    web.db().commit()
    flash(words, "ok")
    return web.see_other(url_for("reports.own", period_id=report.period_id, **behalf(report.unit)))


def _version() -> int | None:
    return whole_number(request.form.get("version"))
