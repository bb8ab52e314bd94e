"""What the office says to a reply, and to a later day that was asked for."""

from collections.abc import Callable

from tracker import web
from tracker.supervision import actions
from tracker.supervision.forms import AnswerForm, ReasonForm
from tracker.supervision.rules import Verdict
from tracker.supervision.views.finding import blueprint, find_order, taken
from tracker.supervision.views.listing import order_page


@blueprint.post("/orders/<int:order_id>/closure")
@web.office_only
def close(order_id: int) -> web.Answer:
    """办结."""
    return _check(order_id, actions.close, AnswerForm(), "已办结")


@blueprint.post("/orders/<int:order_id>/return")
@web.office_only
def send_back(order_id: int) -> web.Answer:
    """退办."""
    return _check(order_id, actions.send_back, ReasonForm(), "已退办")


@blueprint.post("/orders/<int:order_id>/extension/grant")
@web.office_only
def grant_extension(order_id: int) -> web.Answer:
    """同意延期."""
    return _answer(order_id, Verdict.GRANTED, AnswerForm(), "已同意延期")


@blueprint.post("/orders/<int:order_id>/extension/refusal")
@web.office_only
def refuse_extension(order_id: int) -> web.Answer:
    """不同意延期."""
    return _answer(order_id, Verdict.REFUSED, ReasonForm(), "已答复不同意延期")


def _check(
    order_id: int, action: Callable[..., None], form: AnswerForm | ReasonForm, words: str
) -> web.Answer:
    order = find_order(order_id)
    if not form.validate():
        return order_page(order, answer_form=form), 422

    def step() -> None:
        answer = form.answer.data or ""
        action(web.db(), order, answer, by=web.me(), at=web.clock().now(), version=web.seen_version())

    return taken(order_id, step, words, order_page, answer_form=form)


def _answer(order_id: int, verdict: Verdict, form: AnswerForm | ReasonForm, words: str) -> web.Answer:
    order = find_order(order_id)
    if not form.validate():
        return order_page(order, extension_answer_form=form), 422

    def step() -> None:
        answer = form.answer.data or ""
        actions.answer_extension(
            web.db(), order, verdict, answer, by=web.me(), at=web.clock().now(), version=web.seen_version()
        )

    return taken(order_id, step, words, order_page, extension_answer_form=form)
