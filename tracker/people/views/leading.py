"""分管领导, a page of 单位与人员."""

from flask import flash, render_template, request, url_for

from tracker import web
from tracker.errors import Refused
from tracker.forms import whole_number
from tracker.people import queries
from tracker.people.leading import mark_of, put_in_charge
from tracker.people.models import User
from tracker.people.rules.managing import Power
from tracker.people.views.entrance import blueprint
from tracker.people.views.roll import may
from tracker.units.models import Jurisdiction, Unit


@blueprint.get("/people/leaders")
@may(Power.EDIT)
def leaders() -> str:
    """Every unit with the leader in charge of it."""
    return _page(queries.leaders_in_charge(web.db(), _city().id))


@blueprint.post("/people/leaders")
@may(Power.EDIT)
def put_leaders() -> web.Answer:
    """All of them as they were chosen; a unit that the form does not name keeps its leader."""
    units = queries.staffed_units(web.db(), _city().id)
    present = queries.leaders_in_charge(web.db(), _city().id)
    offered = {leader.id: leader for leader in _offered(present)}
    typed = {unit: request.form[f"unit-{unit.id}"] for unit in units if f"unit-{unit.id}" in request.form}
    chosen = {unit: offered.get(whole_number(raw) or 0) for unit, raw in typed.items()}
    unknown = [unit.short for unit in typed if typed[unit] and chosen[unit] is None]
    if unknown:
        return _page(_by_unit(chosen), problem=f"请从列表中选择分管领导：{'、'.join(unknown)}"), 422
    try:
        count = put_in_charge(
            web.db(), _city(), chosen, by=web.me(), at=web.clock().now(), seen=request.form.get("seen", "")
        )
    except Refused as refusal:
        web.db().rollback()
        return _page(_by_unit(chosen), problem=str(refusal)), 409
    web.db().commit()
    flash(f"已保存，改动 {count} 个单位的分管领导" if count else "没有改动", "ok")
    return web.see_other(url_for("people.leaders"))


def _page(chosen: dict[int, User], *, problem: str = "") -> str:
    present = queries.leaders_in_charge(web.db(), _city().id)
    return render_template(
        "people/leaders.html",
        units=queries.staffed_units(web.db(), _city().id),
        offered=_offered(present),
        chosen=chosen,
        seen=mark_of(present),
        problem=problem,
    )


def _offered(present: dict[int, User]) -> list[User]:
    """The active leaders, and whoever is in charge already."""
    active = queries.leaders(web.db(), _city().id)
    return active + [leader for leader in dict.fromkeys(present.values()) if leader not in active]


def _by_unit(chosen: dict[Unit, User | None]) -> dict[int, User]:
    return {unit.id: leader for unit, leader in chosen.items() if leader}


def _city() -> Jurisdiction:
    return web.me().unit.jurisdiction
