"""What the office decides: accept, return, set an earlier day, close 待补录; one row or many."""

from collections.abc import Callable, Mapping

from flask import abort, flash, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError

from tracker import web
from tracker.errors import Stale
from tracker.forms import ChineseForm
from tracker.milestones import actions
from tracker.milestones.bulk import ALL_ROWS, Bulk, in_bulk, outcome_words
from tracker.milestones.forms import EarlierDayForm, ReturnForm, chosen
from tracker.milestones.models import Milestone
from tracker.milestones.queries import Filter, milestones_by_id, milestones_of
from tracker.milestones.rules import Step, refuse_decide
from tracker.milestones.views.ledger import blueprint, ledger_page, ledger_url, wanted_filter
from tracker.people.rules import Role


@blueprint.post("/milestones/submissions")
@web.only(lambda role: role.is_office or role is Role.LIAISON)
def submit_many() -> web.Answer:
    """勾选 the ticked rows of the own unit, or for the office in a unit's name."""

    def tick(milestone: Milestone) -> None:
        now, today = web.clock().now(), web.day().today
        actions.submit(web.db(), milestone, by=web.me(), at=now, today=today)

    return bulk(Step.SUBMIT, each(tick))


@blueprint.post("/milestones/withdrawals")
@web.only(lambda role: role.is_office or role is Role.LIAISON)
def take_back_many() -> web.Answer:
    """撤回 the ticked rows."""

    def take_back(milestone: Milestone) -> None:
        actions.take_back(web.db(), milestone, by=web.me(), at=web.clock().now())

    return bulk(Step.TAKE_BACK, each(take_back))


@blueprint.post("/milestones/acceptances")
@web.office_only
def accept_many() -> web.Answer:
    """办结 the ticked rows."""

    def accept(milestone: Milestone) -> None:
        actions.accept(web.db(), milestone, by=web.me(), at=web.clock().now())

    return bulk(Step.ACCEPT, each(accept))


@blueprint.post("/milestones/returns")
@web.office_only
def return_many() -> web.Answer:
    """退回 the ticked rows, all for one reason."""
    form = ReturnForm()

    def send_back(milestone: Milestone) -> None:
        actions.send_back(
            web.db(), milestone, form.reason.data or "", by=web.me(), at=web.clock().now(), day=web.day()
        )

    return bulk(Step.RETURN, each(send_back), form)


@blueprint.post("/milestones/earlier-days")
@web.office_only
def set_earlier_days() -> web.Answer:
    """提前期限 of the ticked rows, or of all that the filter shows."""
    form = EarlierDayForm()

    def set_day(milestone: Milestone) -> None:
        if form.day.data:  # asked for by the form
            now, day = web.clock().now(), web.day()
            actions.set_earlier_day(web.db(), milestone, form.day.data, by=web.me(), at=now, day=day)

    return bulk(Step.SET_EARLIER, each(set_day), form)


@blueprint.post("/milestones/backfill-closures")
@web.office_only
def close_backfills() -> web.Answer:
    """补录办结 of the ticked rows, or of all that the filter shows."""

    def close(milestone: Milestone) -> None:
        actions.close_backfill(web.db(), milestone, by=web.me(), at=web.clock().now())

    return bulk(Step.CLOSE_BACKFILL, each(close))


@blueprint.post("/milestones/<int:milestone_id>/acceptance")
@web.office_only
def accept(milestone_id: int) -> web.Answer:
    """办结 one."""
    milestone = _milestone(milestone_id)

    def step() -> None:
        actions.accept(
            web.db(),
            milestone,
            by=web.me(),
            at=web.clock().now(),
            version=web.seen_version(),
        )

    return _decide(milestone, step, "已办结", ReturnForm())


@blueprint.post("/milestones/<int:milestone_id>/return")
@web.office_only
def send_back(milestone_id: int) -> web.Answer:
    """退回 one, with a reason; this also takes an acceptance back."""
    milestone = _milestone(milestone_id)
    form = ReturnForm()
    if not form.validate():
        return _decision_page(milestone, form), 422

    def step() -> None:
        actions.send_back(
            web.db(),
            milestone,
            form.reason.data or "",
            by=web.me(),
            at=web.clock().now(),
            day=web.day(),
            version=web.seen_version(),
        )

    return _decide(milestone, step, "已退回", form)


def each(act: Callable[[Milestone], None]) -> Callable[[list[Milestone]], Bulk[Milestone]]:
    """Do `act` to row after row."""
    return lambda milestones: in_bulk(milestones, act)


def bulk(
    step: Step, act: Callable[[list[Milestone]], Bulk[Milestone]], form: ChineseForm | None = None
) -> web.Answer:
    """Do `act`, which is the step, to the ticked rows and go back to the list; where rows are refused,
    the list says why, with what was typed and those rows still ticked."""
    ticked = chosen(request.form.getlist("id"))
    is_all = step in ALL_ROWS and request.form.get("all") == "1"
    wanted = wanted_filter()
    problem = "" if ticked or is_all else "请先勾选要办理的节点"
    typed = {_FORM_NAMES[type(form)]: form} if form else {}
    if not (form is None or form.validate()) or problem:
        return ledger_page(wanted, problem=problem, ticked=ticked, is_all=is_all, **typed), 422
    milestones, stale = _rows_to_act_on(ticked, wanted, is_all=is_all)
    outcome = act(milestones)
    outcome.refused.extend((milestone, str(Stale())) for milestone in stale)
    web.db().commit()
    flash(outcome_words(step, outcome), "near" if outcome.refused else "ok")
    if not outcome.refused:
        return web.see_other(web.back_to(ledger_url("milestones.index")))
    refused = {milestone.id for milestone, _ in outcome.refused}
    is_all = is_all and not outcome.done_count
    return ledger_page(wanted, ticked=refused, is_all=is_all, **typed), 200 if outcome.done_count else 409


def _rows_to_act_on(
    ticked: Mapping[int, int | None], wanted: Filter, *, is_all: bool
) -> tuple[list[Milestone], list[Milestone]]:
    """The rows of the filter, or those ticked that are as the person saw them and those that are not;
    rows of other units do not exist for a unit's people."""
    if is_all:
        return milestones_of(web.db(), web.campaign(), wanted, web.day()), []
    milestones = [
        one
        for one in milestones_by_id(web.db(), web.campaign(), list(ticked))
        if wanted.unit_id in (None, one.unit_id)
    ]
    stale = [one for one in milestones if ticked[one.id] not in (None, one.version)]
    return [one for one in milestones if one not in stale], stale


def _milestone(milestone_id: int) -> Milestone:
    """A milestone of a campaign of the jurisdiction; any other does not exist."""
    web.follow((web.db().get(Milestone, milestone_id) or abort(404)).campaign_id)
    return next(iter(milestones_by_id(web.db(), web.campaign(), [milestone_id])), None) or abort(404)


def _decide(milestone: Milestone, step: Callable[[], None], done: str, form: ReturnForm) -> web.Answer:
    """Do the step; a row that somebody changed meanwhile is shown as it is now, with what was typed."""
    try:
        step()
        web.db().commit()
    except (Stale, StaleDataError):
        web.db().rollback()
        return _decision_page(_milestone(milestone.id), form, problem=str(Stale())), 409
    flash(f"{milestone.task.code} {milestone.unit.short} {milestone.deadline.label}：{done}", "ok")
    return web.see_other(web.back_to(url_for("desk.task", task_id=milestone.task_id)))


def _decision_page(milestone: Milestone, form: ReturnForm, problem: str = "") -> str:
    """One milestone as it stands, with the form to decide on it."""
    return render_template(
        "milestones/decision.html",
        milestone=milestone,
        form=form,
        problem=problem,
        back=web.back_to(url_for("desk.task", task_id=milestone.task_id)),
        accept_refusal=refuse_decide(milestone, milestone.submitted_by_id, web.me(), Step.ACCEPT),
        return_refusal=refuse_decide(milestone, milestone.submitted_by_id, web.me(), Step.RETURN),
    )


_FORM_NAMES: dict[type[ChineseForm], str] = {ReturnForm: "return_form", EarlierDayForm: "day_form"}
