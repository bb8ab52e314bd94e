"""通报 over HTTP."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker import web
from tracker.circulars import actions, queries
from tracker.circulars.actions import Words
from tracker.circulars.forms import AboutForm, CircularForm, lines
from tracker.circulars.models import Circular
from tracker.circulars.paper import letter_of, template_letter, words_of
from tracker.circulars.rules import CircularState, Step, refuse_step
from tracker.downloads import send_document
from tracker.errors import Refused, refusal_words
from tracker.forms import whole_number
from tracker.paging import PAGE_SIZE, Page, page_number
from tracker.plan.models import Deadline
from tracker.reports.models import ReportPeriod
from tracker.reports.queries import begun_periods, period_of_month
from tracker.reports.rules import month_of
from tracker.stationery.rules import DocumentKind
from tracker.stationery.views.sending import document_on, letter_writer, send_sample, send_template

blueprint = Blueprint("circulars", __name__)


@blueprint.get("/circulars")
@web.business_only
def index() -> str:
    """The list; the office begins a new one here."""
    return _list()


@blueprint.post("/circulars")
@web.office_only
def create() -> web.Answer:
    """Draft a circular from the figures of this moment."""
    about = _about(AboutForm())
    if about is None:
        return _list("请选择月份或者节点"), 422
    circular = actions.draft(
        web.db(), web.campaign(), about, by=web.me(), at=web.clock().now(), day=web.day()
    )
    web.db().commit()
    flash("草稿已生成，数据已经固定；请核对名单和文字", "ok")
    return web.see_other(url_for("circulars.edit", circular_id=circular.id))


@blueprint.get("/circulars/<int:circular_id>")
@web.business_only
def show(circular_id: int) -> str:
    """One circular to read."""
    circular = _find(circular_id)
    may_edit = refuse_step(circular.state, Step.EDIT, web.me()) is None
    return render_template("circulars/show.html", circular=circular, may_edit=may_edit)


@blueprint.get("/circulars/<int:circular_id>.docx")
@web.business_only
def document(circular_id: int) -> Response:
    """The circular as it goes out on paper."""
    circular, today = _find(circular_id), web.day().today
    words, built_in = words_of(circular, today), letter_writer(letter_of(circular, today))
    file = document_on(DocumentKind.CIRCULAR, words, built_in, circular.issued_at)
    return send_document(file, f"通报-{circular.name}", f"circular-{circular.id}")


@blueprint.get("/circulars/template.docx")
@web.administrators_only
def template() -> Response:
    """The built-in layout as a template to begin with."""
    return send_template(DocumentKind.CIRCULAR, letter_writer(template_letter(web.campaign())))


@blueprint.get("/circulars/sample.docx")
@web.administrators_only
def sample() -> Response:
    """The newest circular on the template in use."""
    newest = next(iter(queries.circulars(web.db(), web.campaign(), has_drafts=True, limit=1)), None)
    words = words_of(newest, web.day().today) if newest else None
    return send_sample(DocumentKind.CIRCULAR, words, letter_writer(template_letter(web.campaign())))


@blueprint.get("/circulars/<int:circular_id>/edit")
@web.office_only
def edit(circular_id: int) -> web.Answer:
    """A draft to be changed."""
    circular = _find(circular_id)
    if circular.state is not CircularState.DRAFT:
        return redirect(url_for("circulars.show", circular_id=circular.id))
    form = CircularForm(
        None,
        title=circular.title,
        opening=circular.opening,
        praised="\n".join(circular.praised),
        criticized="\n".join(circular.criticized),
        closing=circular.closing,
    )
    return render_template("circulars/edit.html", circular=circular, form=form)


@blueprint.post("/circulars/<int:circular_id>/draft")
@web.office_only
def update(circular_id: int) -> web.Answer:
    """Save a draft that was changed."""
    circular, form = _find(circular_id), CircularForm()
    if not form.validate():
        return render_template("circulars/edit.html", circular=circular, form=form), 422
    words = Words(
        form.title.data or "", form.opening.data or "", lines(form.praised.data),
        lines(form.criticized.data), form.closing.data or "",
    )  # fmt: skip
    try:
        actions.edit(web.db(), circular, words, by=web.me(), at=web.clock().now(), version=web.seen_version())
        web.db().flush()
    except (Refused, StaleDataError) as refusal:
        web.db().rollback()
        problem = refusal_words(refusal)
        page = render_template("circulars/edit.html", circular=_find(circular_id), form=form, problem=problem)
        return page, 409
    return _done(url_for("circulars.show", circular_id=circular_id), "草稿已保存，核对以后点“编号印发”")


@blueprint.post("/circulars/<int:circular_id>/issue")
@web.office_only
def issue(circular_id: int) -> web.Answer:
    """印发."""
    return _step(circular_id, actions.issue, url_for("circulars.show", circular_id=circular_id), "已编号印发")


@blueprint.post("/circulars/<int:circular_id>/deletion")
@web.office_only
def discard(circular_id: int) -> web.Answer:
    """删除 a draft."""
    return _step(circular_id, actions.discard, url_for("circulars.index"), "草稿已删除")


def _step(circular_id: int, action: Callable[..., None], goes_to: str, words: str) -> Response:
    action(web.db(), _find(circular_id), by=web.me(), at=web.clock().now(), version=web.seen_version())
    return _done(goes_to, words)


def _done(goes_to: str, words: str) -> Response:
    web.db().commit()
    flash(words, "ok")
    return web.see_other(goes_to)


def _find(circular_id: int) -> Circular:
    """A circular of the own city; drafts are the office's alone."""
    web.follow((web.db().get(Circular, circular_id) or abort(404)).campaign_id)
    circular = queries.circular_by_id(web.db(), web.campaign(), circular_id) or abort(404)
    if circular.state is CircularState.DRAFT and not web.me().role.is_office:
        abort(404)
    return circular


def _about(form: AboutForm) -> ReportPeriod | Deadline | None:
    """The month or the gate that a form names, if it has begun."""
    first, today = month_of(form.month.data or ""), web.day().today
    if first is not None and first <= today:
        return period_of_month(web.db(), web.campaign(), first)
    gate_id = whole_number(form.gate.data)
    return next((gate for gate in queries.gates(web.db(), web.campaign()) if gate.id == gate_id), None)


def _list(problem: str = "") -> str:
    session, campaign, has_drafts = web.db(), web.campaign(), web.me().role.is_office
    number = page_number(request.args.get("page"))
    rows = queries.circulars(
        session, campaign, has_drafts=has_drafts, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    total = queries.circular_count(session, campaign, has_drafts=has_drafts)
    return render_template(
        "circulars/index.html",
        page=Page(rows, total, number, url_for("circulars.index"), {}),
        months=begun_periods(session, campaign, web.day().today),
        gates=queries.gates(session, campaign),
        problem=problem,
    )
