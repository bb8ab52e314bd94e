"""What a unit asks, or the office in its name."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, url_for
from sqlalchemy.orm.exc import StaleDataError

from tracker import web
from tracker.appeals import actions
from tracker.appeals.forms import ExtensionForm, ObjectionForm, WaiverForm
from tracker.appeals.models import Appeal
from tracker.appeals.queries import proofs
from tracker.appeals.rules import Ground
from tracker.appeals.task import own_appeals
from tracker.appeals.views.finding import (
    blueprint,
    find_appeal,
    find_assignment,
    find_milestone,
    refuse_readers,
)
from tracker.assignments.models import Assignment
from tracker.errors import Refused, refusal_words
from tracker.evidence.models import Evidence
from tracker.milestones.models import Milestone


@blueprint.get("/milestones/<int:milestone_id>/appeals")
@web.business_only
def new(milestone_id: int) -> str:
    """One milestone with all that can be asked about it; the office asks here in a unit's name."""
    milestone = find_milestone(milestone_id)
    refuse_readers(milestone.unit_id)
    return _page(milestone.assignment, milestone)


@blueprint.post("/milestones/<int:milestone_id>/waiver")
@web.business_only
def ask_waiver(milestone_id: int) -> web.Answer:
    """申请合理缺项."""
    milestone, form = find_milestone(milestone_id), WaiverForm()
    refuse_readers(milestone.unit_id)
    if not form.validate():
        return _page(milestone.assignment, milestone, waiver_form=form), 422

    def ask() -> Appeal:
        return actions.ask_waiver(
            web.db(),
            milestone,
            form.reason.data or "",
            by=web.me(),
            at=web.clock().now(),
            proof=_chosen(form.proof_id, milestone),
            version=web.seen_version(),
        )

    return _ask(ask, milestone.assignment_id, milestone_id, waiver_form=form)


@blueprint.post("/milestones/<int:milestone_id>/extension")
@web.business_only
def ask_extension(milestone_id: int) -> web.Answer:
    """申请延期."""
    milestone, form = find_milestone(milestone_id), ExtensionForm()
    refuse_readers(milestone.unit_id)
    new_day = form.new_day.data if form.validate() else None
    if new_day is None:
        return _page(milestone.assignment, milestone, extension_form=form), 422

    def ask() -> Appeal:
        return actions.ask_extension(
            web.db(),
            milestone,
            new_day,
            form.reason.data or "",
            by=web.me(),
            at=web.clock().now(),
            today=web.day().today,
            version=web.seen_version(),
        )

    return _ask(ask, milestone.assignment_id, milestone_id, extension_form=form)


@blueprint.post("/assignments/<int:assignment_id>/objection")
@web.business_only
def object_to(assignment_id: int) -> web.Answer:
    """提出异议."""
    assignment, form = find_assignment(assignment_id), ObjectionForm()
    refuse_readers(assignment.unit_id)
    if not form.validate():
        return _page(assignment, None, objection_form=form), 422

    def ask() -> Appeal:
        ground, reason = Ground(form.ground.data or ""), form.reason.data or ""
        return actions.object_to(web.db(), assignment, ground, reason, by=web.me(), at=web.clock().now())

    return _ask(ask, assignment_id, None, objection_form=form)


@blueprint.post("/appeals/<int:appeal_id>/withdrawal")
@web.business_only
def withdraw(appeal_id: int) -> web.Answer:
    """撤回."""
    appeal = find_appeal(appeal_id)
    actions.withdraw(web.db(), appeal, by=web.me(), at=web.clock().now(), version=web.seen_version())
    web.db().commit()
    flash(f"{appeal.task.code} {appeal.subject}：申请已撤回", "ok")
    return web.see_other(web.back_to(_task_url(appeal.assignment)))


def _ask(ask: Callable[[], Appeal], assignment_id: int, milestone_id: int | None, **typed: Any) -> web.Answer:
    """Ask, and go back; where the rules refuse it the page says why, with what was typed."""
    try:
        appeal = ask()
        web.db().commit()
    except (Refused, StaleDataError) as refusal:
        web.db().rollback()
        milestone = find_milestone(milestone_id) if milestone_id else None
        problem = refusal_words(refusal)
        return _page(find_assignment(assignment_id), milestone, problem=problem, **typed), 409
    flash(f"{appeal.task.code} {appeal.subject}：已提出，等待市食安办答复", "ok")
    return web.see_other(web.back_to(_task_url(appeal.assignment)))


def _chosen(proof_id: int | None, milestone: Milestone) -> Evidence | None:
    """The proof among those that the form offers.

    Raises:
        Refused: it is another unit's, or there is none any more.
    """
    if proof_id is None:
        return None
    offered = proofs(web.db(), milestone.task_id, milestone.unit_id)
    found = next((one for one in offered if one.id == proof_id), None)
    if found is None:
        raise Refused("没有这份证明材料，请重新选择")
    return found


def _page(assignment: Assignment, milestone: Milestone | None, problem: str = "", **typed: Any) -> str:
    """All that can be asked about a milestone, or about an assignment alone."""
    own = own_appeals(web.db(), assignment, reader=web.me(), today=web.day().today)
    return render_template(
        "appeals/ask.html",
        own=own,
        assignment=assignment,
        milestone=milestone,
        problem=problem,
        back=web.back_to(_task_url(assignment)),
        **{"waiver_form": None, "extension_form": None, "objection_form": None, **typed},
    )


def _task_url(assignment: Assignment) -> str:
    return url_for("desk.task", task_id=assignment.task_id)
