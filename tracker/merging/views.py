"""合并 over HTTP: into which unit, what it would do, and done."""

from flask import Blueprint, flash, render_template, request, url_for

from tracker import web
from tracker.errors import Refused, Stale
from tracker.merging.actions import merge as join
from tracker.merging.forms import MergeForm
from tracker.merging.queries import hurdles_of, outlook_of, takers
from tracker.merging.rules import reason_not_to_join, reason_to_wait
from tracker.people.rules.managing import Power
from tracker.people.views.roll import may
from tracker.people.views.units import find_unit
from tracker.units.models import Unit

blueprint = Blueprint("merging", __name__)


@blueprint.get("/people/units/<int:unit_id>/merging")
@may(Power.STOP)
def ask(unit_id: int) -> web.Answer:
    """Into which unit; once that is chosen, what the merger would do."""
    unit = find_unit(unit_id)
    form = MergeForm(takers(web.db(), unit), formdata=request.args)
    if "into" in request.args and not form.validate():
        return _page(unit, form), 422
    return _page(unit, form)


@blueprint.post("/people/units/<int:unit_id>/merging")
@may(Power.STOP)
def merge(unit_id: int) -> web.Answer:
    """合并, as it was shown."""
    unit = find_unit(unit_id)
    form = MergeForm(takers(web.db(), unit))
    if not form.validate() or form.chosen is None:
        return _page(unit, form), 422
    other = form.chosen
    try:
        done = join(
            web.db(), unit, other, by=web.me(), at=web.clock().now(), day=web.day(),
            seen=request.form.get("seen", ""),
        )  # fmt: skip
    except Stale as stale:
        web.db().rollback()
        return _page(unit, form, problem=str(stale)), 409
    except Refused as refusal:
        web.db().rollback()
        return _page(unit, form, problem=str(refusal)), 409
    web.db().commit()
    flash(f"{unit.short}已并入{other.short}：{done.people} 人、{done.milestones} 个未办节点已转过去。", "ok")
    return web.see_other(url_for("people.units"))


def _page(unit: Unit, form: MergeForm, problem: str = "") -> str:
    other = form.chosen
    reason = reason_to_wait(hurdles_of(web.db(), unit))
    if other is not None:
        reason = reason_not_to_join(unit, other) or reason
    outlook = outlook_of(web.db(), unit, other, web.day()) if other and not reason else None
    return render_template(
        "merging/merge.html",
        unit=unit, other=other, form=form, outlook=outlook, reason=reason, problem=problem,
    )  # fmt: skip
