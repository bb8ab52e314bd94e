"""任务台账 over HTTP: the list with its filter, its workbook, and what the office decides."""

from collections.abc import Callable
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, flash, render_template, request, send_file, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker import web, workbook
from tracker.errors import Stale
from tracker.forms import ChineseForm
from tracker.milestones import actions, choices
from tracker.milestones.actions import Bulk, in_bulk
from tracker.milestones.forms import (
    OPENED,
    EarlierDayForm,
    ReturnForm,
    chosen,
    number,
    read_filter,
    version_of,
)
from tracker.milestones.ledger import HEADERS, SHEET, WIDTHS, ledger_rows
from tracker.milestones.models import Milestone
from tracker.milestones.queries import (
    SORTS,
    Filter,
    LedgerRow,
    ledger,
    ledger_count,
    milestones_by_id,
    milestones_of,
    whole_ledger,
)
from tracker.milestones.rules import Light, Step, light, light_words, refuse_decide
from tracker.paging import PAGE_SIZE, Page, page_number
from tracker.plan.rules import PartyRole

blueprint = Blueprint("milestones", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_TOLD = 8
"""Refused rows that a message tells one by one; the cookie that carries it is small."""
ARGUMENTS = ("unit", "deadline", "section", "item", "light", "role", "text", "sort", "page")


@dataclass(frozen=True)
class Line:
    """A row of the list with its light."""

    row: LedgerRow
    light: Light
    words: str


@blueprint.get("/milestones")
@web.business_only
def index() -> str:
    """The ledger."""
    return _ledger_page(_wanted())


@blueprint.get("/milestones.xlsx")
@web.business_only
def export() -> Response:
    """The ledger as a workbook, with the filter of the page."""
    day = web.day()
    rows = whole_ledger(web.db(), web.campaign(), _wanted(), day)
    file = SpooledTemporaryFile(max_size=1 << 20)  # noqa: SIM115  # send_file closes it
    workbook.write(file, SHEET, HEADERS, ledger_rows(rows, day), widths=WIDTHS)
    file.seek(0)
    name = f"{SHEET}-{day.today:%Y%m%d}.xlsx"
    return send_file(file, XLSX, as_attachment=True, download_name=name)


@blueprint.post("/milestones/acceptances")
@web.office_only
def accept_many() -> web.Answer:
    """办结 the ticked rows."""

    def accept(milestone: Milestone) -> None:
        actions.accept(web.db(), milestone, by=web.me(), at=web.clock().now())

    return _bulk(accept)


@blueprint.post("/milestones/returns")
@web.office_only
def return_many() -> web.Answer:
    """退回 the ticked rows, all for one reason."""
    form = ReturnForm()

    def send_back(milestone: Milestone) -> None:
        actions.send_back(
            web.db(), milestone, form.reason.data or "", by=web.me(), at=web.clock().now(), day=web.day()
        )

    return _bulk(send_back, form)


@blueprint.post("/milestones/earlier-days")
@web.office_only
def set_earlier_days() -> web.Answer:
    """提前期限 of the ticked rows, or of all that the filter shows."""
    form = EarlierDayForm()

    def set_day(milestone: Milestone) -> None:
        if form.day.data:  # asked for by the form
            actions.set_earlier_day(web.db(), milestone, form.day.data, by=web.me(), at=web.clock().now())

    return _bulk(set_day, form, may_all=True)


@blueprint.post("/milestones/backfill-closures")
@web.office_only
def close_backfills() -> web.Answer:
    """补录办结 of the ticked rows, or of all that the filter shows."""

    def close(milestone: Milestone) -> None:
        actions.close_backfill(web.db(), milestone, by=web.me(), at=web.clock().now())

    return _bulk(close, may_all=True)


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
            version=_version(),
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
            version=_version(),
        )

    return _decide(milestone, step, "已退回", form)


def _wanted() -> Filter:
    """The filter of the address; people of a unit see their own rows only."""
    arguments = request.args
    place = choices.place_named(web.db(), web.campaign(), arguments.get("item", "").strip())
    return read_filter(arguments, unit_id=_unit_id(arguments.get("unit", "").strip()), place=place)


def _unit_id(asked: str) -> int | None:
    """The unit asked for by id or by name; of another unit, its people are told that it is not there."""
    own = web.me().unit_id if web.me().role.is_unit else None
    found = number(asked)
    if asked and not asked.isdigit():
        found = choices.unit_named(web.db(), web.campaign(), asked)
    if own is not None and found not in (None, own):
        abort(404)
    return found if own is None else own


def _ledger_page(wanted: Filter, **typed: Any) -> str:
    """The list; `typed` is what a bulk form held that could not be taken."""
    session, campaign, day = web.db(), web.campaign(), web.day()
    number_wanted = page_number(request.args.get("page"))
    rows = ledger(session, campaign, wanted, day, offset=(number_wanted - 1) * PAGE_SIZE)
    total = ledger_count(session, campaign, wanted, day)
    lines = [Line(row, light(row, day.today, day.near_through), light_words(row, day)) for row in rows]
    page = Page(lines, total, number_wanted, url_for("milestones.index"), _arguments())
    units = choices.unit_choices(session, campaign)
    given = {"return_form": ReturnForm(None), "day_form": EarlierDayForm(None), "ticked": {}, **typed}
    return render_template(
        "milestones/index.html",
        page=page,
        wanted=wanted,
        units=units,
        unit_name=choices.unit_short(session, campaign, wanted.unit_id or 0),
        deadlines=choices.deadline_choices(session, campaign),
        sections=choices.section_choices(session, campaign),
        lights=list(Light),
        roles=(PartyRole.LEAD, PartyRole.SUPPORT),
        opened=OPENED,
        sorts={name: _url("milestones.index", sort=name) for name in SORTS},
        address=_url,
        is_office=web.me().role.is_office,
        **given,
    )


def _url(endpoint: str, **changed: str) -> str:
    """An address of the ledger with the filter of the present one."""
    arguments = _arguments()
    if changed:
        arguments.pop("page", None)
    query = urlencode(arguments | {name: [value] for name, value in changed.items()}, doseq=True)
    return f"{url_for(endpoint)}?{query}" if query else url_for(endpoint)


def _arguments() -> dict[str, list[str]]:
    """The arguments of the present address that the ledger knows."""
    return {name: request.args.getlist(name) for name in ARGUMENTS if request.args.get(name)}


def _bulk(
    act: Callable[[Milestone], None], form: ChineseForm | None = None, *, may_all: bool = False
) -> web.Answer:
    """Do `act` to the ticked rows, tell what was done and what was not, and go back to the list."""
    ticked = chosen(request.form.getlist("id"))
    is_all = may_all and request.form.get("all") == "1"
    wanted = _wanted()
    problem = "" if ticked or is_all else "请先勾选要办理的节点"
    if not (form is None or form.validate()) or problem:
        typed = {_FORM_NAMES[type(form)]: form} if form else {}
        return _ledger_page(wanted, problem=problem, ticked=ticked, is_all=is_all, **typed), 422
    if is_all:
        milestones = milestones_of(web.db(), web.campaign(), wanted, web.day())
    else:
        milestones = milestones_by_id(web.db(), web.campaign(), list(ticked))

    def act_on_seen(milestone: Milestone) -> None:
        if ticked.get(milestone.id) not in (None, milestone.version) and not is_all:
            raise Stale
        act(milestone)

    outcome = in_bulk(milestones, act_on_seen)
    web.db().commit()
    flash(outcome_words(outcome), "near" if outcome.refused else "ok")
    return web.see_other(web.back_to(_url("milestones.index")))


def outcome_words(outcome: Bulk) -> str:
    """办理 12 项；3 项未办：11-1 芒康县：原因。"""
    words = f"办理 {outcome.done_count} 项"
    if not outcome.refused:
        return words
    told = [
        f"{milestone.task.code} {milestone.unit.short}：{reason}"
        for milestone, reason in outcome.refused[:MOST_TOLD]
    ]
    rest = "……" if len(outcome.refused) > MOST_TOLD else ""
    return f"{words}；{len(outcome.refused)} 项未办：{'；'.join(told)}{rest}"


def _milestone(milestone_id: int) -> Milestone:
    """A milestone of the campaign in hand; any other does not exist."""
    return next(iter(milestones_by_id(web.db(), web.campaign(), [milestone_id])), None) or abort(404)


def _version() -> int | None:
    """The version that the person saw, when the form tells it."""
    return version_of(request.form.get("version", ""))


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
