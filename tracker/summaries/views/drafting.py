"""The office makes a summary, changes it, and finalises it."""

from collections.abc import Callable, Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker import web
from tracker.errors import Refused, refusal_words
from tracker.reports.queries import period_of_month
from tracker.reports.rules import month_of
from tracker.summaries import actions
from tracker.summaries.actions import Words
from tracker.summaries.forms import FinalForm, SummaryForm, text_faults, typed_texts
from tracker.summaries.models import Summary
from tracker.summaries.rules import SummaryState
from tracker.summaries.views.reading import blueprint, find_summary, list_page, summary_page


@blueprint.post("/summaries")
@web.office_only
def create() -> web.Answer:
    """Make a summary of a month from what was submitted until now."""
    first, day = month_of(request.form.get("month", "")), web.day()
    month = period_of_month(web.db(), web.campaign(), first) if first and first <= day.today else None
    if month is None:
        return list_page("请选择月份"), 422
    try:
        summary = actions.draft(web.db(), web.campaign(), month, by=web.me(), at=web.clock().now(), day=day)
    except Refused as refusal:
        return list_page(f"{month.name}：{refusal}"), 409
    web.db().commit()
    flash("草稿已生成；请逐项核对、修改文字", "ok")
    return web.see_other(url_for("summaries.edit", summary_id=summary.id))


@blueprint.get("/summaries/<int:summary_id>/edit")
@web.office_only
def edit(summary_id: int) -> web.Answer:
    """A draft to be changed."""
    summary = find_summary(summary_id)
    if summary.state is not SummaryState.DRAFT:
        return redirect(url_for("summaries.show", summary_id=summary.id))
    return _edit_page(summary, SummaryForm(None, obj=summary))


@blueprint.post("/summaries/<int:summary_id>/draft")
@web.office_only
def update(summary_id: int) -> web.Answer:
    """Save a draft that was changed."""
    summary, form, texts = find_summary(summary_id), SummaryForm(), typed_texts(request.form)
    faults = text_faults(texts)
    if not form.validate() or faults:
        return _edit_page(summary, form, texts, faults), 422
    words = Words(
        form.title.data or "", form.addressee.data or "", form.opening.data or "", form.closing.data or "",
        texts,
    )  # fmt: skip
    try:
        actions.edit(web.db(), summary, words, by=web.me(), at=web.clock().now(), version=web.seen_version())
        web.db().commit()
    except (Refused, StaleDataError) as refusal:
        web.db().rollback()
        problem = refusal_words(refusal)
        return _edit_page(find_summary(summary_id), form, texts, problem=problem), 409
    flash("草稿已保存，核对以后定稿", "ok")
    return web.see_other(url_for("summaries.show", summary_id=summary_id))


@blueprint.post("/summaries/<int:summary_id>/refresh")
@web.office_only
def refresh(summary_id: int) -> web.Answer:
    """Take what was submitted since."""
    counted: list[int] = []

    def step(summary: Summary) -> None:
        now, day = web.clock().now(), web.day()
        counted.append(
            actions.refresh(web.db(), summary, by=web.me(), at=now, day=day, version=web.seen_version())
        )

    answer = _taken(summary_id, step)
    if counted and not isinstance(answer, tuple):
        flash(f"已重新取数，{counted[0]} 条有变动；改过的文字保留", "ok")
    return answer


@blueprint.post("/summaries/<int:summary_id>/finalisation")
@web.office_only
def finalise(summary_id: int) -> web.Answer:
    """定稿."""
    form = FinalForm()
    if not form.validate():
        return summary_page(find_summary(summary_id), final_form=form), 422

    def step(summary: Summary) -> None:
        reference, now = form.reference.data or "", web.clock().now()
        actions.finalise(web.db(), summary, reference, by=web.me(), at=now, version=web.seen_version())
        flash("已定稿，内容不再变", "ok")

    return _taken(summary_id, step)


@blueprint.post("/summaries/<int:summary_id>/deletion")
@web.office_only
def discard(summary_id: int) -> Response:
    """删除 a draft."""
    actions.discard(
        web.db(), find_summary(summary_id), by=web.me(), at=web.clock().now(), version=web.seen_version()
    )
    web.db().commit()
    flash("草稿已删除", "ok")
    return web.see_other(url_for("summaries.index"))


def _taken(summary_id: int, step: Callable[[Summary], None]) -> web.Answer:
    """Take a step; where it is refused the page says why."""
    try:
        step(find_summary(summary_id))
        web.db().commit()
    except (Refused, StaleDataError) as refusal:
        web.db().rollback()
        problem = refusal_words(refusal)
        return summary_page(find_summary(summary_id), problem), 409
    return web.see_other(url_for("summaries.show", summary_id=summary_id))


def _edit_page(
    summary: Summary,
    form: SummaryForm,
    texts: Mapping[int, str] | None = None,
    faults: Mapping[int, str] | None = None,
    problem: str = "",
) -> str:
    if summary.state is not SummaryState.DRAFT and not problem:
        abort(409)
    return render_template(
        "summaries/edit.html", summary=summary, form=form, texts=texts or {}, faults=faults or {},
        problem=problem,
    )  # fmt: skip
