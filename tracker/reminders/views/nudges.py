"""催办 over HTTP."""

from collections.abc import Sequence

from flask import abort, flash, url_for

from tracker import web
from tracker.assignments.audience import may_open
from tracker.assignments.rules import DEPARTMENTS, reads_others
from tracker.errors import Refused
from tracker.milestones.bulk import Bulk
from tracker.milestones.models import Milestone
from tracker.milestones.queries import milestones_by_id
from tracker.milestones.rules import Step
from tracker.milestones.views.decisions import bulk
from tracker.reminders import actions, mails
from tracker.reminders.views.inbox import blueprint


@blueprint.post("/milestones/<int:milestone_id>/nudge")
@web.business_only
def nudge(milestone_id: int) -> web.Answer:
    """催一下: urge one unit."""
    milestone = _milestone(milestone_id)
    outcome = _nudge([milestone])
    for _, reason in outcome.refused:
        raise Refused(reason)
    web.db().commit()
    named = f"{milestone.task.code} {milestone.unit.short} {milestone.deadline.label}"
    flash(f"{named}：已催办，邮件写入提醒发件箱", "ok")
    return web.see_other(web.back_to(url_for("desk.task", task_id=milestone.task_id)))


@blueprint.post("/milestones/nudges")
@web.office_only
def nudge_many() -> web.Answer:
    """催办 the ticked rows of the ledger, one mail a person."""
    return bulk(Step.NUDGE, _nudge)


def _nudge(milestones: Sequence[Milestone]) -> Bulk[Milestone]:
    day = web.day()
    head = mails.letterhead([web.campaign()], web.core().config.base_url, day.today)
    return actions.nudge(
        web.db(), web.campaign(), milestones, by=web.me(), at=web.clock().now(), day=day, head=head
    )


def _milestone(milestone_id: int) -> Milestone:
    """A milestone whose light the signed-in person sees on a task page; any other does not exist."""
    web.follow((web.db().get(Milestone, milestone_id) or abort(404)).campaign_id)
    (milestone,) = milestones_by_id(web.db(), web.campaign(), [milestone_id])
    me, unit = web.me(), milestone.unit
    is_seen = reads_others(me.role, me.unit.kind) or unit.id == me.unit_id or unit.kind in DEPARTMENTS
    return milestone if is_seen and may_open(web.db(), milestone.task.item_id, me) else abort(404)
