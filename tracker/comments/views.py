"""留言 over HTTP."""

from flask import Blueprint, abort, render_template, url_for

from tracker import web
from tracker.assignments.audience import audience, may_open
from tracker.comments import actions
from tracker.comments.forms import CommentForm
from tracker.comments.rules import refuse_write
from tracker.errors import Refused
from tracker.plan.models import Task
from tracker.units.queries import unit_book

blueprint = Blueprint("comments", __name__)


@blueprint.post("/tasks/<int:task_id>/comments")
@web.business_only
def write(task_id: int) -> web.Answer:
    """Say something about a task."""
    task = _task(task_id)
    if reason := refuse_write(web.me().role):
        raise Refused(reason)
    units = audience(web.db(), task.item_id, web.campaign().office_unit_id)
    form = CommentForm(unit_book(web.db(), web.campaign().jurisdiction_id, only={unit.id for unit in units}))
    if not form.validate():
        names = [unit.short for unit in units]
        return render_template("comments/write.html", task=task, form=form, names=names), 422
    comment = actions.write(
        web.db(), task, form.text.data or "", form.called, by=web.me(), at=web.clock().now()
    )
    web.db().commit()
    return web.see_other(url_for("desk.task", task_id=task.id, _anchor=f"comment-{comment.id}"))


def _task(task_id: int) -> Task:
    """A task whose page the signed-in person may open; any other does not exist for them."""
    task = web.db().get(Task, task_id) or abort(404)
    web.follow(task.campaign_id)
    return task if may_open(web.db(), task.item_id, web.me()) else abort(404)
