"""督办: the list, of all units or of the own, and the page of one order."""

from typing import Any

from flask import render_template, request, url_for

from tracker import web
from tracker.assignments.rules import may_act_for
from tracker.forms import ChineseForm
from tracker.paging import PAGE_SIZE, Page, page_number
from tracker.people.queries import staffed_units
from tracker.supervision import queries
from tracker.supervision.contacts import contacts_of_order
from tracker.supervision.forms import AnswerForm, ContactForm, NewDayForm, ReplyForm, read_filter
from tracker.supervision.models import Order
from tracker.supervision.rules import (
    OrderState,
    Step,
    is_late,
    refuse_answer_extension,
    refuse_ask_extension,
    refuse_check,
    refuse_step,
)
from tracker.supervision.views.finding import blueprint, find_order

ARGUMENTS = ("state", "unit", "page")


@blueprint.get("/orders")
@web.business_only
def index() -> str:
    """The list; the office begins a new order here."""
    session, campaign, me, today = web.db(), web.campaign(), web.me(), web.day().today
    own = None if me.role.reads_all else me.unit_id
    wanted = read_filter(request.args, unit_id=own, has_drafts=me.role.is_office)
    number = page_number(request.args.get("page"))
    rows = queries.orders(session, campaign, wanted, today, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    total = queries.order_count(session, campaign, wanted, today)
    counts = queries.state_counts(session, campaign, wanted, today)
    late = queries.Filter(is_late=True, unit_id=wanted.unit_id)
    return render_template(
        "supervision/index.html",
        page=Page(rows, total, number, url_for("supervision.index"), _arguments()),
        wanted=wanted,
        counts=counts,
        late_count=queries.order_count(session, campaign, late, today),
        states=[state for state in OrderState if me.role.is_office or state is not OrderState.DRAFT],
        units=staffed_units(session, campaign.jurisdiction_id) if me.role.reads_all else [],
        is_late=lambda order: is_late(order, today),
        address=_list_url,
    )


@blueprint.get("/orders/<int:order_id>")
@web.business_only
def show(order_id: int) -> str:
    """One order with what the person may do about it."""
    return order_page(find_order(order_id))


def order_page(
    order: Order,
    problem: str = "",
    *,
    reply_form: ChineseForm | None = None,
    answer_form: ChineseForm | None = None,
    extension_form: ChineseForm | None = None,
    extension_answer_form: ChineseForm | None = None,
    contact_form: ChineseForm | None = None,
) -> str:
    """One order as it stands; the forms are those that could not be taken."""
    me, today = web.me(), web.day().today
    may_reply = refuse_step(order, Step.REPLY, me) is None
    return render_template(
        "supervision/show.html",
        order=order,
        problem=problem,
        is_late=is_late(order, today),
        is_on_behalf=may_act_for(order.unit_id, me) and me.unit_id != order.unit_id,
        may={step.value: refuse_step(order, step, me) is None for step in Step if step is not Step.DRAFT},
        check_refusal=_check_refusal(order),
        extension_refusal=refuse_ask_extension(order, me, today, is_pending=order.asked is not None),
        extension_answer_refusal=_extension_answer_refusal(order),
        proofs=queries.proofs(web.db(), order.campaign_id, order.unit_id) if may_reply else [],
        reply_form=reply_form or ReplyForm(formdata=None),
        answer_form=answer_form or AnswerForm(formdata=None),
        extension_form=extension_form or NewDayForm(formdata=None),
        extension_answer_form=extension_answer_form or AnswerForm(formdata=None),
        contact_form=contact_form or ContactForm(formdata=None),
        contacts=contacts_of_order(web.db(), order),
        history=queries.history(web.db(), order),
        step_label=lambda verb: Step(verb).label,
        back=web.back_to(url_for("supervision.index")),
    )


def _check_refusal(order: Order) -> str | None:
    replied_by = order.reply.by_id if order.reply else None
    return refuse_check(order, Step.CLOSE, web.me(), replied_by_id=replied_by)


def _extension_answer_refusal(order: Order) -> str | None:
    if order.asked is None:
        return "没有待答复的延期申请"
    return refuse_answer_extension(order, Step.GRANT_EXTENSION, web.me(), asked_by_id=order.asked.by_id)


def _list_url(**changed: str) -> str:
    """The list with the filter of the present one; an empty value takes it away."""
    arguments: dict[str, Any] = {**_arguments()}
    arguments.pop("page", None)
    return url_for(
        "supervision.index", **{name: value for name, value in (arguments | changed).items() if value}
    )


def _arguments() -> dict[str, list[str]]:
    return {name: request.args.getlist(name) for name in ARGUMENTS if request.args.get(name)}
