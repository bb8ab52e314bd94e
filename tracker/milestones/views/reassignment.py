"""改派 over HTTP."""

from flask import abort, flash, render_template, url_for

from tracker import web
from tracker.assignments.models import Assignment
from tracker.errors import Refused
from tracker.milestones.forms import ReassignForm
from tracker.milestones.reassigning import reassign as give
from tracker.milestones.views.ledger import blueprint
from tracker.people.queries import staffed_units
from tracker.units.queries import unit_book


@blueprint.post("/assignments/<int:assignment_id>/reassignment")
@web.office_only
def reassign(assignment_id: int) -> web.Answer:
    """Give a unit's share of a task to another unit."""
    share = web.db().get(Assignment, assignment_id) or abort(404)
    web.follow(share.campaign_id)
    form = ReassignForm(unit_book(web.db(), web.campaign().jurisdiction_id))
    back = web.back_to(url_for("desk.task", task_id=share.task_id))
    if not form.validate() or form.chosen is None:
        return _page(share, form, back), 422
    words = f"{share.task.code}：{share.unit.short}的任务已改派给{form.chosen.short}"
    try:
        give(
            web.db(), share, form.chosen, form.reason.data or "",
            by=web.me(), at=web.clock().now(), day=web.day(),
        )  # fmt: skip
    except Refused as refusal:
        web.db().rollback()
        return _page(share, form, back, problem=str(refusal)), 409
    web.db().commit()
    flash(words, "ok")
    return web.see_other(back)


@blueprint.app_template_global("unit_names")
def unit_names() -> list[str]:
    """The short names of the units that can be given a task."""
    home = web.me().unit.jurisdiction_id
    return web.kept("unit names", lambda: [unit.short for unit in staffed_units(web.db(), home)])


def _page(share: Assignment, form: ReassignForm, back: str, problem: str = "") -> str:
    return render_template("milestones/reassign.html", share=share, form=form, back=back, problem=problem)
