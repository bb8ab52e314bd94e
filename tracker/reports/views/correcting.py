"""更正: an accepted report is taken up again by its unit, or left as it was after all."""

from tracker import web
from tracker.behalf import unit_in_hand
from tracker.reports import actions
from tracker.reports.forms import CorrectionForm
from tracker.reports.rules import Step, refuse_correct
from tracker.reports.views.finding import blueprint, find_report
from tracker.reports.views.one import read_page, taken
from tracker.reports.views.unit import own_address


@blueprint.post("/reports/<int:period_id>/correction")
@web.business_only
def correct(period_id: int) -> web.Answer:
    """Take an accepted report up again, with a reason."""
    report, form = find_report(period_id, unit_in_hand().id), CorrectionForm()
    if refusal := refuse_correct(report, report.unit_id, web.me(), Step.CORRECT):
        return read_page(report.period, report.unit, problem=refusal, correction=form), 409
    if not form.validate_on_submit():
        return read_page(report.period, report.unit, correction=form), 422
    reason, now, seen = form.correction.data or "", web.clock().now(), web.seen_version()
    return taken(
        report,
        lambda: actions.correct(web.db(), report, reason, by=web.me(), at=now, version=seen),
        "可以更正了，提交以后是新的一版",
        own_address(report),
        correction=form,
    )


@blueprint.post("/reports/<int:period_id>/correction/withdrawal")
@web.business_only
def abandon(period_id: int) -> web.Answer:
    """Leave the accepted report as it was."""
    report, now, seen = find_report(period_id, unit_in_hand().id), web.clock().now(), web.seen_version()
    return taken(
        report,
        lambda: actions.abandon(web.db(), report, by=web.me(), at=now, version=seen),
        "已放弃更正，月报仍是采信的那一版",
        own_address(report),
    )
