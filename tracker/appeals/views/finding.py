"""The blueprint, and the rows that an address names among those that the person may see."""

from flask import Blueprint, abort

from tracker import web
from tracker.appeals.models import Appeal
from tracker.appeals.queries import appeals_by_id
from tracker.assignments.models import Assignment
from tracker.assignments.queries import assignment_by_id
from tracker.assignments.rules import may_act_for
from tracker.errors import Refused
from tracker.milestones.models import Milestone
from tracker.milestones.queries import milestones_by_id

blueprint = Blueprint("appeals", __name__)


def find_milestone(milestone_id: int) -> Milestone:
    """A milestone of the own unit, for the office of any; others do not exist."""
    web.follow((web.db().get(Milestone, milestone_id) or abort(404)).campaign_id)
    found = next(iter(milestones_by_id(web.db(), web.campaign(), [milestone_id])), None) or abort(404)
    _guard(found.unit_id, is_for_all=web.me().role.is_office)
    return found


def find_assignment(assignment_id: int) -> Assignment:
    """An assignment of the own unit, for the office of any; others do not exist."""
    web.follow((web.db().get(Assignment, assignment_id) or abort(404)).campaign_id)
    found = assignment_by_id(web.db(), web.campaign(), assignment_id) or abort(404)
    _guard(found.unit_id, is_for_all=web.me().role.is_office)
    return found


def find_appeal(appeal_id: int, *, is_to_read: bool = False) -> Appeal:
    """An appeal of the own unit, for the office, and to read for who reads all, of any."""
    web.follow((web.db().get(Appeal, appeal_id) or abort(404)).campaign_id)
    found = next(iter(appeals_by_id(web.db(), web.campaign(), [appeal_id])), None) or abort(404)
    _guard(found.assignment.unit_id, is_for_all=web.me().role.is_office or is_to_read)
    return found


def refuse_readers(unit_id: int) -> None:
    """Tell who only reads that asking is not for them, before anything else is asked of them."""
    if not may_act_for(unit_id, web.me()):
        raise Refused("只有本单位联络员可以办理")


def _guard(unit_id: int, *, is_for_all: bool) -> None:
    if unit_id != web.me().unit_id and not (is_for_all and web.me().role.reads_all):
        abort(404)
