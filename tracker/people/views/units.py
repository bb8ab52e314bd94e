"""单位: add one, rename one."""

from flask import abort, flash, render_template, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.errors import Refused, Stale
from tracker.people import actions
from tracker.people.forms import NewUnitForm, UnitForm
from tracker.people.rules.managing import Power
from tracker.people.views.entrance import blueprint
from tracker.people.views.roll import may
from tracker.units.models import Unit
from tracker.units.rules import UnitKind


@blueprint.get("/people/units/new")
@may(Power.ADD)
def new_unit() -> str:
    """新增单位."""
    return render_template("people/unit_new.html", form=NewUnitForm(formdata=None))


@blueprint.post("/people/units")
@may(Power.ADD)
def create_unit() -> Response | tuple[str, int]:
    """Add a unit."""
    form, jurisdiction = NewUnitForm(), web.me().unit.jurisdiction
    if not form.validate():
        return render_template("people/unit_new.html", form=form), 422
    try:
        unit = actions.add_unit(
            web.db(), jurisdiction, form.name.data or "", form.short.data or "", UnitKind(form.kind.data),
            by=web.me(), at=web.clock().now(),
        )  # fmt: skip
    except Refused as refused:
        form.name.errors = [str(refused)]
        return render_template("people/unit_new.html", form=form), 422
    web.db().commit()
    flash(f"已新增{unit.short}；请为它新增联络员，并在“创建设置”加入集合，或由市食安办改派任务。", "ok")
    return web.see_other(url_for("people.units"))


@blueprint.get("/people/units/<int:unit_id>")
@may(Power.EDIT)
def edit_unit(unit_id: int) -> str:
    """One unit with its names."""
    unit = find_unit(unit_id)
    return _page(unit, UnitForm(formdata=None, obj=unit))


@blueprint.post("/people/units/<int:unit_id>")
@may(Power.EDIT)
def rename_unit(unit_id: int) -> Response | tuple[str, int]:
    """改名; a form filled in before somebody else's change is shown again."""
    unit, form = find_unit(unit_id), UnitForm()
    if not form.validate():
        return _page(unit, form), 422
    try:
        actions.rename_unit(
            web.db(), unit, form.name.data or "", form.short.data or "",
            by=web.me(), at=web.clock().now(), seen=form.seen.data or "",
        )  # fmt: skip
    except Stale:
        form.name.errors = [f"名称已被他人改为“{unit.name}”，您填写的还没有保存；核对后再次保存"]
        return _page(unit, form), 409
    except Refused as refused:
        form.name.errors = [str(refused)]
        return _page(unit, form), 422
    web.db().commit()
    flash(f"已保存：{unit.name}（{unit.short}）；原来的名称留作别名。", "ok")
    return web.see_other(url_for("people.units"))


def _page(unit: Unit, form: UnitForm) -> str:
    return render_template("people/unit.html", unit=unit, form=form)


def find_unit(unit_id: int) -> Unit:
    """A unit of the jurisdiction, or 404."""
    unit = web.db().get(Unit, unit_id)
    if unit is None or unit.jurisdiction_id != web.me().unit.jurisdiction_id:
        abort(404)
    return unit
