"""What the office answers, to one or to many."""

from collections.abc import Callable

from flask import flash, request, url_for
from sqlalchemy.orm.exc import StaleDataError

from tracker import web
from tracker.appeals import actions
from tracker.appeals.forms import GrantForm, RefusalForm
from tracker.appeals.models import Appeal
from tracker.appeals.queries import appeals_by_id
from tracker.appeals.rules import Answer
from tracker.appeals.views.finding import blueprint, find_appeal
from tracker.appeals.views.listing import appeal_page, list_page, list_url
from tracker.errors import Refused, refusal_words
from tracker.milestones.bulk import in_bulk, outcome_words
from tracker.milestones.forms import chosen

Form = GrantForm | RefusalForm


@blueprint.post("/appeals/<int:appeal_id>/grant")
@web.office_only
def grant(appeal_id: int) -> web.Answer:
    """同意 one."""
    return _answer(appeal_id, Answer.GRANT, GrantForm())


@blueprint.post("/appeals/<int:appeal_id>/refusal")
@web.office_only
def refuse(appeal_id: int) -> web.Answer:
    """不同意 one, with the reason."""
    return _answer(appeal_id, Answer.REFUSE, RefusalForm())


@blueprint.post("/appeals/grants")
@web.office_only
def grant_many() -> web.Answer:
    """同意 the ticked rows."""
    return _answer_many(Answer.GRANT, GrantForm())


@blueprint.post("/appeals/refusals")
@web.office_only
def refuse_many() -> web.Answer:
    """不同意 the ticked rows, all for one reason."""
    return _answer_many(Answer.REFUSE, RefusalForm())


def _answer(appeal_id: int, answer: Answer, form: Form) -> web.Answer:
    """Answer one; what the rules refuse is shown as it is now, with what was typed."""
    appeal = find_appeal(appeal_id)
    if not form.validate():
        return appeal_page(appeal, form=form), 422
    try:
        _act(answer, form)(appeal, web.seen_version())
        web.db().commit()
    except (Refused, StaleDataError) as refusal:
        web.db().rollback()
        problem = refusal_words(refusal)
        return appeal_page(find_appeal(appeal_id), problem, form), 409
    flash(f"{appeal.task.code} {appeal.unit.short} {appeal.subject}：已{answer.label}", "ok")
    return web.see_other(web.back_to(url_for("appeals.index")))


def _answer_many(answer: Answer, form: Form) -> web.Answer:
    """Answer the ticked rows and go back to the list; where rows are refused, the list says why."""
    ticked = chosen(request.form.getlist("id"))
    problem = "" if ticked else "请先勾选要答复的申请"
    if not form.validate() or problem:
        return list_page(problem, frozenset(ticked), form), 422
    act = _act(answer, form)
    found = appeals_by_id(web.db(), web.campaign(), list(ticked))
    outcome = in_bulk(found, lambda appeal: act(appeal, ticked[appeal.id]))
    web.db().commit()
    flash(outcome_words(answer, outcome), "near" if outcome.refused else "ok")
    if not outcome.refused:
        return web.see_other(web.back_to(list_url("appeals.index")))
    refused = frozenset(appeal.id for appeal, _ in outcome.refused)
    return list_page(ticked=refused, form=form), 200 if outcome.done_count else 409


def _act(answer: Answer, form: Form) -> Callable[[Appeal, int | None], None]:
    """The action of an answer with the words of the form."""
    action = actions.grant if answer is Answer.GRANT else actions.refuse

    def act(appeal: Appeal, seen: int | None) -> None:
        words = form.answer.data or ""
        action(web.db(), appeal, words, by=web.me(), at=web.clock().now(), version=seen)

    return act
