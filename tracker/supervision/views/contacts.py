"""催办: what a unit has overdue with every contact about it, and the form to write one down."""

from flask import abort, flash, render_template, request, url_for

from tracker import behalf, web
from tracker.forms import clean_text, whole_number
from tracker.supervision.contacts import contacts_of_unit, note_contact
from tracker.supervision.forms import ContactForm
from tracker.supervision.models import Order
from tracker.supervision.overdue import overdue_items
from tracker.supervision.queries import orders_of_unit
from tracker.supervision.rules import Way
from tracker.supervision.views.finding import blueprint, find_order
from tracker.supervision.views.listing import order_page
from tracker.units.models import Unit


@blueprint.get("/orders/overdue")
@web.business_only
def overdue() -> str:
    """What a unit has overdue, the orders about it, and the contacts; the address may say what a contact
    that is to be written down was about."""
    about = str(clean_text(request.args.get("about", "")))
    return _page(_unit(), ContactForm(None, about=about) if about else None)


@blueprint.post("/orders/contacts")
@web.office_only
def add_contact() -> web.Answer:
    """Write down a contact with a unit, under an order or not."""
    order_id, form = whole_number(request.form.get("order")), ContactForm()
    order = find_order(order_id) if order_id else None
    unit = order.unit if order else behalf.unit_in_hand()
    if not form.validate():
        return (order_page(order, contact_form=form) if order else _page(unit, form)), 422
    note_contact(
        web.db(), web.campaign(), unit, Way(form.way.data),
        person=form.person.data or "", about=form.about.data or "", answer=form.reply.data or "",
        by=web.me(), at=web.clock().now(), order=order,
    )  # fmt: skip
    web.db().commit()
    flash(f"{unit.short}：催办已记录", "ok")
    return web.see_other(_url(order, unit))


def _url(order: Order | None, unit: Unit) -> str:
    if order is not None:
        return url_for("supervision.show", order_id=order.id)
    return url_for("supervision.overdue", unit=unit.id)


def _unit() -> Unit:
    """The own unit; for who reads all the one that the address names."""
    me, unit_id = web.me(), whole_number(request.args.get("unit"))
    if unit_id in (None, me.unit_id):
        return me.unit
    unit = web.db().get(Unit, unit_id) if me.role.reads_all else None
    if unit is None or unit.jurisdiction_id != me.unit.jurisdiction_id:
        abort(404)
    return unit


def _page(unit: Unit, form: ContactForm | None = None) -> str:
    session, campaign = web.db(), web.campaign()
    return render_template(
        "supervision/overdue.html",
        unit=unit,
        items=overdue_items(session, campaign, unit, web.day()),
        orders=orders_of_unit(session, campaign, unit.id),
        contacts=contacts_of_unit(session, campaign, unit.id),
        contact_form=form or ContactForm(formdata=None),
    )
