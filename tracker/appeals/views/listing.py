"""申请: the list, of all units or of the own, and the page of one."""

from typing import Any

from flask import render_template, request, url_for

from tracker import web
from tracker.appeals import queries
from tracker.appeals.forms import GrantForm, read_filter
from tracker.appeals.models import Appeal
from tracker.appeals.rules import AppealKind, AppealState, refuse_answer, refuse_grant, refuse_withdraw
from tracker.appeals.views.finding import blueprint, find_appeal
from tracker.forms import ChineseForm
from tracker.paging import PAGE_SIZE, Page, page_number

ARGUMENTS = ("state", "kind", "page")


@blueprint.get("/appeals")
@web.business_only
def index() -> str:
    """The list."""
    return list_page()


@blueprint.get("/appeals/<int:appeal_id>")
@web.business_only
def show(appeal_id: int) -> str:
    """One appeal with its answer, or the form to answer it."""
    return appeal_page(find_appeal(appeal_id, is_to_read=True))


def list_page(
    problem: str = "", ticked: frozenset[int] = frozenset(), form: ChineseForm | None = None
) -> str:
    """The list; `ticked` and `form` are what a bulk form held that could not be taken."""
    session, campaign, reader = web.db(), web.campaign(), web.me()
    wanted = read_filter(request.args, unit_id=None if reader.role.reads_all else reader.unit_id)
    number = page_number(request.args.get("page"))
    rows = queries.appeals(session, campaign, wanted, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    total = queries.appeal_count(session, campaign, wanted)
    return render_template(
        "appeals/index.html",
        page=Page(rows, total, number, url_for("appeals.index"), _arguments()),
        wanted=wanted,
        counts=queries.state_counts(session, campaign, wanted.unit_id),
        kinds=list(AppealKind),
        states=list(AppealState),
        answerable={row.id for row in rows if refuse_answer(row, reader) is None},
        problem=problem,
        ticked=ticked,
        form=form,
        address=list_url,
    )


def appeal_page(appeal: Appeal, problem: str = "", form: ChineseForm | None = None) -> str:
    """One appeal as it stands; `form` is an answer that could not be taken."""
    return render_template(
        "appeals/show.html",
        appeal=appeal,
        form=form or GrantForm(formdata=None),
        problem=problem,
        answer_refusal=refuse_answer(appeal, web.me()),
        grant_refusal=refuse_grant(appeal.kind, appeal.milestone),
        withdraw_refusal=refuse_withdraw(appeal, appeal.assignment.unit_id, web.me()),
        back=web.back_to(url_for("appeals.index")),
    )


def list_url(endpoint: str, **changed: str) -> str:
    """An address of the list with the filter of the present one; an empty value takes it away."""
    arguments: dict[str, Any] = {**_arguments()}
    if changed:
        arguments.pop("page", None)
    given = {name: value for name, value in (arguments | changed).items() if value}
    return url_for(endpoint, **given)


def _arguments() -> dict[str, list[str]]:
    return {name: request.args.getlist(name) for name in ARGUMENTS if request.args.get(name)}
