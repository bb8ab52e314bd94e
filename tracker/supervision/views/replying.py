"""What the unit does about an order, or the office in its name."""

from tracker import web
from tracker.assignments.rules import may_act_for
from tracker.errors import Refused
from tracker.evidence.models import Evidence
from tracker.supervision import actions, queries
from tracker.supervision.forms import NewDayForm, ReplyForm
from tracker.supervision.models import Order
from tracker.supervision.views.finding import blueprint, find_order, taken
from tracker.supervision.views.listing import order_page


@blueprint.post("/orders/<int:order_id>/acknowledgement")
@web.business_only
def acknowledge(order_id: int) -> web.Answer:
    """签收."""
    order = _own_order(order_id)

    def step() -> None:
        actions.acknowledge(web.db(), order, by=web.me(), at=web.clock().now(), version=web.seen_version())

    return taken(order_id, step, "已签收", order_page)


@blueprint.post("/orders/<int:order_id>/reply")
@web.business_only
def reply(order_id: int) -> web.Answer:
    """反馈."""
    order, form = _own_order(order_id), ReplyForm()
    if not form.validate():
        return order_page(order, reply_form=form), 422

    def step() -> None:
        proofs, text = _chosen(order, form.proof_ids), form.text.data or ""
        actions.reply(
            web.db(), order, text, proofs, by=web.me(), at=web.clock().now(), version=web.seen_version()
        )

    return taken(order_id, step, "已反馈，等待市食安办核查", order_page, reply_form=form)


@blueprint.post("/orders/<int:order_id>/extension")
@web.business_only
def ask_extension(order_id: int) -> web.Answer:
    """申请延期."""
    order, form = _own_order(order_id), NewDayForm()
    new_day = form.new_day.data if form.validate() else None
    if new_day is None:
        return order_page(order, extension_form=form), 422

    def step() -> None:
        actions.ask_extension(
            web.db(), order, new_day, form.reason.data or "", by=web.me(), at=web.clock().now(),
            today=web.day().today, version=web.seen_version(),
        )  # fmt: skip

    return taken(order_id, step, "已申请延期，等待市食安办答复", order_page, extension_form=form)


def _own_order(order_id: int) -> Order:
    """The order, if the person may act for its unit; who only reads is told so."""
    order = find_order(order_id)
    if not may_act_for(order.unit_id, web.me()):
        raise Refused("只有承办单位联络员可以办理")
    return order


def _chosen(order: Order, ids: list[int]) -> list[Evidence]:
    offered = {one.id: one for one in queries.proofs(web.db(), order.campaign_id, order.unit_id)}
    if any(number not in offered for number in ids):
        raise Refused("没有这份佐证材料，请重新选择")
    return [offered[number] for number in ids]
