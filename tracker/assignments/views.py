"""A unit's share of a task over HTTP."""

from flask import Blueprint, abort, flash, render_template, url_for

from tracker import web
from tracker.assignments import actions
from tracker.assignments.forms import HandlerForm
from tracker.assignments.models import Assignment
from tracker.assignments.rules import refuse_hand_to
from tracker.errors import Refused
from tracker.people.queries import handlers

blueprint = Blueprint("assignments", __name__)


@blueprint.post("/assignments/<int:assignment_id>/handler")
@web.business_only
def hand_to(assignment_id: int) -> web.Answer:
    """指定经办人."""
    share = _share(assignment_id)
    has_left = share.left_on is not None
    if reason := refuse_hand_to(share.unit_id, web.me(), None, has_left=has_left):
        raise Refused(reason)
    today = web.day().today
    form = HandlerForm(handlers(web.db(), [share.unit_id], today).get(share.unit_id, ()))
    back = web.back_to(url_for("desk.task", task_id=share.task_id))
    if not form.validate():
        return render_template("assignments/handler.html", share=share, form=form, back=back), 422
    actions.hand_to(web.db(), share, form.handler, by=web.me(), at=web.clock().now(), today=today)
    web.db().commit()
    name = form.handler.name if form.handler else actions.EVERYBODY
    flash(f"{share.task.code} {share.unit.short}：经办人为{name}", "ok")
    return web.see_other(back)


def _share(assignment_id: int) -> Assignment:
    """A share of the signed-in person's own unit, or any of the jurisdiction for who reads everything."""
    share = web.db().get(Assignment, assignment_id) or abort(404)
    web.follow(share.campaign_id)
    return share if web.me().role.reads_all or share.unit_id == web.me().unit_id else abort(404)
