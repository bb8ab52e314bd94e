"""The blueprint, the orders that the person may see, and steps that may be refused."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from tracker import web
from tracker.errors import Refused, refusal_words
from tracker.supervision.models import Order
from tracker.supervision.queries import order_by_id
from tracker.supervision.rules import OrderState

blueprint = Blueprint("supervision", __name__)


def find_order(order_id: int) -> Order:
    """An order of the own unit, for who reads all of any; drafts are the office's alone."""
    web.follow((web.db().get(Order, order_id) or abort(404)).campaign_id)
    order, me = order_by_id(web.db(), web.campaign(), order_id) or abort(404), web.me()
    is_seen = me.role.reads_all or order.unit_id == me.unit_id
    if not is_seen or (order.state is OrderState.DRAFT and not me.role.is_office):
        abort(404)
    return order


def taken(
    order_id: int, step: Callable[[], None], words: str, page: Callable[..., str], **typed: Any
) -> web.Answer:
    """Take a step and go back to the order; where it is refused the page says why, with what was typed."""
    try:
        step()
        web.db().commit()
    except (Refused, StaleDataError, IntegrityError) as refusal:
        web.db().rollback()
        problem = refusal_words(refusal)
        return page(find_order(order_id), problem=problem, **typed), 409
    flash(words, "ok")
    return web.see_other(url_for("supervision.show", order_id=order_id))
