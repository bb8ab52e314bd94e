"""审签: the unit's head approves the report, which submits it, or gives it back with words; until then the
liaison may take it back."""

from tracker import web
from tracker.behalf import unit_in_hand
from tracker.reports import actions
from tracker.reports.forms import HeadForm
from tracker.reports.rules import Step, refuse_approve
from tracker.reports.views.finding import blueprint, find_report, terms
from tracker.reports.views.one import read_page, taken
from tracker.reports.views.unit import own_address


@blueprint.post("/reports/<int:period_id>/approval")
@web.business_only
def approve(period_id: int) -> web.Answer:
    """Approve the report: this is the moment of its submission."""
    report, now, seen = find_report(period_id, unit_in_hand().id), web.clock().now(), web.seen_version()
    return taken(
        report,
        lambda: actions.approve(web.db(), report, by=web.me(), at=now, terms=terms(), version=seen),
        "月报已审签报送，等待市食安办审核",
        own_address(report),
    )


@blueprint.post("/reports/<int:period_id>/approval/return")
@web.business_only
def send_down(period_id: int) -> web.Answer:
    """Give the report back to the liaison."""
    report, form = find_report(period_id, unit_in_hand().id), HeadForm()
    if refusal := refuse_approve(report, report.unit_id, web.me(), Step.SEND_DOWN):
        return read_page(report.period, report.unit, problem=refusal, head_form=form), 409
    if not form.validate_on_submit():
        return read_page(report.period, report.unit, head_form=form), 422
    words, now, seen = form.words.data or "", web.clock().now(), web.seen_version()
    return taken(
        report,
        lambda: actions.send_down(web.db(), report, words, by=web.me(), at=now, version=seen),
        "已退回联络员修改",
        own_address(report),
        head_form=form,
    )


@blueprint.post("/reports/<int:period_id>/approval/withdrawal")
@web.business_only
def take_back(period_id: int) -> web.Answer:
    """Take the report back from the head and write on."""
    report, now, seen = find_report(period_id, unit_in_hand().id), web.clock().now(), web.seen_version()
    return taken(
        report,
        lambda: actions.take_back(web.db(), report, by=web.me(), at=now, version=seen),
        "已撤回，可以继续修改，改好后再送审签",
        own_address(report),
    )
