"""Filing: files come in under a task, and go under its expected materials."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, render_template, request, url_for

from tracker import web
from tracker.assignments.models import Assignment
from tracker.behalf import unit_in_hand
from tracker.errors import Refused
from tracker.evidence import actions, queries
from tracker.evidence.actions import Added
from tracker.evidence.queries import Slot
from tracker.evidence.rules import guessed_place, refuse_add
from tracker.evidence.shelf import own_shelf
from tracker.files.actions import Received
from tracker.forms import whole_number
from tracker.uploads import taken_in

blueprint = Blueprint("evidence", __name__)


@blueprint.post("/tasks/<int:task_id>/evidence")
@web.business_only
def add(task_id: int) -> web.Answer:
    """上传: any number of files under one task; what cannot be taken is told, the others are kept."""
    assignment = _assignment(task_id)
    if reason := refuse_add(assignment.unit_id, assignment.left_on, web.me()):
        raise Refused(reason)  # before anything is stored
    delivery = taken_in("file")
    slots = queries.slots_of(web.db(), task_id)
    done, problems = _add_each(assignment, delivery.received, slots)
    web.db().commit()
    return _answer(assignment, done, delivery.problems + problems)


def _add_each(
    assignment: Assignment, received: Sequence[Received], slots: Sequence[Slot]
) -> tuple[list[str], list[str]]:
    done, problems = [], []
    for each in received:
        try:
            places = _wanted_places(slots) or _likely_place(assignment, each, slots)
            added = actions.add(
                web.db(), assignment, each, places, by=web.me(), at=web.clock().now(), today=web.day().today
            )
        except Refused as refusal:
            problems.append(str(refusal))
        else:
            done.append(_words(added, places))
    return done, problems


def _wanted_places(slots: Sequence[Slot]) -> list[Slot]:
    wanted = {whole_number(raw) for raw in request.form.getlist("material")}
    return [slot for slot in slots if slot.id in wanted]


def _likely_place(assignment: Assignment, received: Received, slots: Sequence[Slot]) -> list[Slot]:
    """Where a file belongs when nobody said so: by its name, else where something is missing."""
    covered = queries.covered_years(web.db(), assignment.unit_id, [assignment.task_id], is_own=True)
    missing = [slot for slot in slots if not covered.get(slot.id)]
    place = guessed_place(received.name, slots, missing)
    if place is None:
        raise Refused("这项任务没有应备材料，请联系市食安办添加后再上传")
    return [slot for slot in slots if slot is place]


def _words(added: Added, places: Sequence[Slot]) -> str:
    """已上传《耕地台账》→ 耕地台账；内容与 12-1 的材料相同."""
    evidence, names = added.evidence, "、".join(slot.name for slot in places)
    here = {slot.task_id for slot in places}
    if added.is_reused:
        codes = [
            placement.material.task.code
            for placement in evidence.placements
            if placement.material_id not in {slot.id for slot in places}
        ]
        where = f"已在 {'、'.join(dict.fromkeys(codes))} 提交过" if codes else "已经在这里"
        return f"《{evidence.title}》{where}，没有重复存放，直接归入“{names}”"
    own = {placement.material.task.code for placement in evidence.placements if placement.task_id in here}
    elsewhere = [
        place for place in queries.places_of_content(web.db(), evidence.file_id, web.me()) if place not in own
    ]
    twin = f"；相同内容已在 {'、'.join(elsewhere)} 提交过" if elsewhere else ""
    return f"《{evidence.title}》已归入“{names}”{twin}"


def _answer(assignment: Assignment, done: list[str], problems: list[str]) -> web.Answer:
    """The shelf again for a script; for a plain form its page, with what was done and what was not."""
    code = 200 if done else 422
    if web.is_htmx():
        shelf = own_shelf(web.db(), assignment, web.me(), web.day().today)
        return render_template("evidence/_shelf.html", shelf=shelf, done=done, problems=problems), code
    for words in done:
        flash(words, "ok")
    for problem in problems:
        flash(problem, "error")
    return web.see_other(web.back_to(url_for("desk.task", task_id=assignment.task_id)))


def _assignment(task_id: int) -> Assignment:
    """The share under which the signed-in person may file; any other does not exist for them."""
    unit = unit_in_hand()
    assignment = queries.assignment_to_file(web.db(), task_id, unit.id, web.me()) or abort(404)
    web.follow(assignment.campaign_id)
    return assignment
