"""签收: a unit takes note of its assignments, one or all of them."""

from flask import flash, url_for

from tracker import web
from tracker.appeals.views.finding import blueprint, find_assignment
from tracker.assignments.actions import acknowledge
from tracker.assignments.queries import unacknowledged


@blueprint.post("/assignments/<int:assignment_id>/acknowledgement")
@web.business_only
def acknowledge_one(assignment_id: int) -> web.Answer:
    """签收 one task."""
    assignment = find_assignment(assignment_id)
    acknowledge(web.db(), assignment, by=web.me(), at=web.clock().now())
    web.db().commit()
    flash(f"{assignment.task.code} {assignment.unit.short}：已签收", "ok")
    return web.see_other(web.back_to(url_for("desk.task", task_id=assignment.task_id)))


@blueprint.post("/desk/acknowledgements")
@web.only(lambda role: role.is_unit or role.is_office)
def acknowledge_all() -> web.Answer:
    """签收 all that the own unit has not acknowledged yet."""
    waiting = unacknowledged(web.db(), web.campaign(), web.me().unit_id)
    at = web.clock().now()
    for assignment in waiting:
        acknowledge(web.db(), assignment, by=web.me(), at=at)
    web.db().commit()
    flash(f"已签收 {len(waiting)} 项任务" if waiting else "没有要签收的任务", "ok")
    return web.see_other(web.back_to(url_for("desk.show")))
