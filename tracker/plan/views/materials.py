"""应备材料: what a task's sentence asks for, as the office wants it."""

from flask import abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.plan import actions
from tracker.plan.forms import (
    LONGEST_NAME,
    MaterialForm,
    MaterialNameForm,
)
from tracker.plan.models import Material, Task
from tracker.plan.queries import (
    campaign_id_of_task,
    material_by_id,
    task_with_materials,
)
from tracker.plan.rules import MaterialKind
from tracker.plan.views.plan import blueprint


@blueprint.get("/tasks/<int:task_id>/materials")
@web.office_only
def materials(task_id: int) -> str:
    """应备材料 of a task."""
    return materials_page(_task(task_id))


@blueprint.post("/tasks/<int:task_id>/materials")
@web.office_only
def add_material(task_id: int) -> web.Answer:
    """Ask for one more."""
    task = _task(task_id)
    form = MaterialForm(taken=[slot.name for slot in task.materials])
    if not form.validate():
        return materials_page(task, form=form), 422
    name, kind = form.material.data or "", MaterialKind(form.material_kind.data)
    actions.add_material(
        web.db(), task, name, kind, is_per_year=bool(form.is_per_year.data), by=web.me(),
        at=web.clock().now(),
    )  # fmt: skip
    return _kept(task, f"已增加“{name}”")


@blueprint.post("/materials/<int:material_id>/name")
@web.office_only
def rename_material(material_id: int) -> web.Answer:
    """改名."""
    slot = _slot(material_id)
    form = MaterialNameForm(taken=[other.name for other in slot.task.materials if other is not slot])
    if not form.validate():
        return materials_page(slot.task, renaming={slot.id: form}), 422
    name, seen = form.material.data or "", request.form.get("seen")
    actions.rename_material(web.db(), slot, name, by=web.me(), at=web.clock().now(), seen=seen)
    return _kept(slot.task, f"已改名为“{name}”")


@blueprint.post("/materials/<int:material_id>/dropping")
@web.office_only
def drop_material(material_id: int) -> web.Answer:
    """停用."""
    slot = _slot(material_id)
    actions.drop_material(web.db(), slot, by=web.me(), at=web.clock().now())
    return _kept(slot.task, f"已停用“{slot.name}”")


@blueprint.post("/materials/<int:material_id>/restoration")
@web.office_only
def restore_material(material_id: int) -> web.Answer:
    """恢复."""
    slot = _slot(material_id)
    actions.restore_material(web.db(), slot, by=web.me(), at=web.clock().now())
    return _kept(slot.task, f"已恢复“{slot.name}”")


def materials_page(
    task: Task, *, form: MaterialForm | None = None, renaming: dict[int, MaterialNameForm] | None = None
) -> str:
    """The slots of a task with their forms, but for the one that was typed and not taken."""
    return render_template(
        "plan/materials.html",
        task=task,
        kept_count=sum(not slot.is_dropped for slot in task.materials),
        sisters={sister.code: sister.id for sister in task.item.tasks},
        form=form or MaterialForm(None),
        renaming=renaming or {},
        longest=LONGEST_NAME,
    )


def _task(task_id: int) -> Task:
    """A task of the jurisdiction; any other does not exist."""
    web.follow(campaign_id_of_task(web.db(), task_id) or abort(404))
    return task_with_materials(web.db(), task_id)


def _slot(material_id: int) -> Material:
    """A material of a task of the jurisdiction, with its task's others."""
    slot = material_by_id(web.db(), material_id) or abort(404)
    _task(slot.task_id)
    return slot


def _kept(task: Task, words: str) -> Response:
    web.db().commit()
    flash(f"{task.code}：{words}", "ok")
    return web.see_other(url_for("plan.materials", task_id=task.id))
