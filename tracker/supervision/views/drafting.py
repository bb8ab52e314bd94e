"""The office drafts an order about what a unit has overdue, and issues it."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker import web
from tracker.errors import Refused, refusal_words
from tracker.forms import whole_number
from tracker.milestones.forms import chosen
from tracker.milestones.queries import milestones_by_id
from tracker.milestones.rules import Light, light
from tracker.milestones.views.ledger import ledger_page, wanted_filter
from tracker.people.queries import staffed_units
from tracker.supervision import actions
from tracker.supervision.actions import Words
from tracker.supervision.forms import OrderForm
from tracker.supervision.models import Order
from tracker.supervision.overdue import OverdueItem, chosen_items, overdue_items
from tracker.supervision.queries import last_signer
from tracker.supervision.rules import OrderState, Urgency
from tracker.supervision.views.finding import blueprint, find_order, taken
from tracker.supervision.views.listing import order_page
from tracker.units.models import Unit

USUAL_DAYS = 5
"""Working days that an order gives unless the office says otherwise."""
USUAL_REQUIREMENT = "请明确责任领导和经办人，逐项对照基本任务抓紧办理，补齐佐证材料，按时限办结。"


@blueprint.get("/orders/new")
@web.office_only
def new() -> web.Answer:
    """What the unit has overdue, to choose from; those of no order are chosen already, or the one that
    the address names."""
    unit = _unit(request.args.get("unit"))
    items = _items(unit)
    named = {f"m{number}" for number in request.args.getlist("milestone")}
    ticked = named or {item.key for item in items if not item.order}
    form = _form(
        unit,
        title=f"{unit.short}创建工作逾期事项",
        source="逾期事项",
        requirement=USUAL_REQUIREMENT,
        due_on=web.day().calendar.add_working_days(web.day().today, USUAL_DAYS),
        urgency=Urgency.NORMAL.value, items=sorted(ticked),
    )  # fmt: skip
    return _page(unit, items, form)


@blueprint.post("/orders/choice")
@web.office_only
def choose() -> web.Answer:
    """Begin an order with the ticked overdue rows of the ledger, which are one unit's."""
    ticked = chosen(request.form.getlist("id"))
    rows = milestones_by_id(web.db(), web.campaign(), list(ticked))
    late = [one for one in rows if light(one, web.day().today, web.day().near_through) is Light.LATE]
    problem = ""
    if not rows:
        problem = "请先勾选要督办的逾期节点"
    elif len(late) < len(rows):
        problem = f"勾选的节点里有 {len(rows) - len(late)} 项没有逾期，督办单只列逾期节点"
    elif len({one.unit_id for one in late}) > 1:
        problem = "一张督办单只对一个单位，请先按单位筛选，再勾选同一个单位的节点"
    if problem:
        return ledger_page(wanted_filter(), problem=problem, ticked=ticked), 422
    milestones = [one.id for one in late]
    return web.see_other(url_for("supervision.new", unit=late[0].unit_id, milestone=milestones))


@blueprint.post("/orders")
@web.office_only
def create() -> web.Answer:
    """Save a new draft."""
    unit = _unit(request.values.get("unit"))
    return _save(unit, None)


@blueprint.get("/orders/<int:order_id>/edit")
@web.office_only
def edit(order_id: int) -> web.Answer | Response:
    """A draft to be changed."""
    order = find_order(order_id)
    if order.state is not OrderState.DRAFT:
        return redirect(url_for("supervision.show", order_id=order.id))
    form = _form(
        order.unit,
        title=order.title, source=order.source, requirement=order.requirement, due_on=order.due_on,
        urgency=order.urgency.value, signer=order.signer,
        items=[f"m{one.milestone_id}" if one.milestone_id else f"r{one.period_id}" for one in order.items],
        supporters=[unit.id for unit in order.supporters],
    )  # fmt: skip
    return _page(order.unit, _items(order.unit), form, order)


@blueprint.post("/orders/<int:order_id>/draft")
@web.office_only
def update(order_id: int) -> web.Answer:
    """Save a draft that was changed."""
    order = find_order(order_id)
    return _save(order.unit, order)


@blueprint.post("/orders/<int:order_id>/deletion")
@web.office_only
def discard(order_id: int) -> web.Answer:
    """删除 a draft."""
    actions.discard(
        web.db(), find_order(order_id), by=web.me(), at=web.clock().now(), version=web.seen_version()
    )
    web.db().commit()
    flash("草稿已删除", "ok")
    return web.see_other(url_for("supervision.index"))


@blueprint.post("/orders/<int:order_id>/issue")
@web.office_only
def issue(order_id: int) -> web.Answer:
    """交办: number the order and give it to the unit."""
    order = find_order(order_id)

    def step() -> None:
        actions.issue(web.db(), order, by=web.me(), at=web.clock().now(), version=web.seen_version())

    return taken(order_id, step, f"已编号并交办{order.unit.short}", order_page)


def _save(unit: Unit, order: Order | None) -> web.Answer:
    items, form = _items(unit), _form(unit, is_typed=True)
    due_on = form.due_on.data if form.validate() else None
    if due_on is None:
        return _page(unit, items, form, order), 422
    about, words = chosen_items(items, form.items.data or ()), _words(form, due_on)
    me, at, today = web.me(), web.clock().now(), web.day().today
    try:
        if order is None:
            order = actions.draft(web.db(), web.campaign(), unit, words, about, by=me, at=at, today=today)
        else:
            actions.edit(web.db(), order, words, about, by=me, at=at, today=today, version=web.seen_version())
        web.db().commit()
    except (Refused, StaleDataError) as refusal:
        web.db().rollback()
        problem = refusal_words(refusal)
        return _page(unit, items, form, order, problem), 409
    flash("草稿已保存，核对以后点“编号交办”", "ok")
    return web.see_other(url_for("supervision.show", order_id=order.id))


def _words(form: OrderForm, due_on: Any) -> Words:
    units = {unit.id: unit for unit in _units()}
    return Words(
        title=form.title.data or "",
        source=form.source.data or "",
        requirement=form.requirement.data or "",
        urgency=Urgency(form.urgency.data),
        signer=form.signer.data or "",
        due_on=due_on,
        supporters=[units[unit_id] for unit_id in form.supporters.data or ()],
    )


def _form(unit: Unit, *, is_typed: bool = False, **values: Any) -> OrderForm:
    form = OrderForm() if is_typed else OrderForm(None, **values)
    form.supporters.choices = [(one.id, one.short) for one in _units() if one.id != unit.id]
    return form


def _page(
    unit: Unit, items: list[OverdueItem], form: OrderForm, order: Order | None = None, problem: str = ""
) -> str:
    return render_template(
        "supervision/edit.html", unit=unit, items=items, form=form, order=order, problem=problem,
        last_signer=last_signer(web.db(), web.campaign().jurisdiction_id),
    )  # fmt: skip


def _items(unit: Unit) -> list[OverdueItem]:
    return overdue_items(web.db(), web.campaign(), unit, web.day())


def _units() -> list[Unit]:
    return staffed_units(web.db(), web.campaign().jurisdiction_id)


def _unit(raw: str | None) -> Unit:
    """The unit that is named, of the own city."""
    unit_id = whole_number(raw)
    return next((unit for unit in _units() if unit.id == unit_id), None) or abort(404)
