"""我的任务 and the task page over HTTP."""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, abort, flash, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker import web
from tracker.appeals.queries import appeals_of_task
from tracker.appeals.rules import was_handed_in
from tracker.appeals.task import OwnAppeals, proofs_among
from tracker.assignments.queries import share_of
from tracker.assignments.rules import is_on_behalf, may_act_for
from tracker.behalf import unit_in_hand
from tracker.comments.queries import Thread, thread
from tracker.desk import queries
from tracker.desk.outline import Outline, outline
from tracker.desk.queries import Around, Counts, View
from tracker.desk.rows import DeskRow, Plan
from tracker.desk.rules import Heading, tick_refusal
from tracker.desk.task import Attached, TaskPage, attached, task_page
from tracker.errors import Refused, refusal_words
from tracker.evidence.queries import Filing, Paper, filings_of_task, papers_of_task
from tracker.evidence.shelf import next_span, others_shelves, shelf_of
from tracker.milestones import actions
from tracker.milestones.models import Milestone
from tracker.milestones.queries import milestone_of_city, milestone_of_unit
from tracker.milestones.rules import Facts, Light
from tracker.paging import Page, page_number
from tracker.people.rules import Role
from tracker.plan.queries import campaign_id_of_task
from tracker.units.models import Unit

blueprint = Blueprint("desk", __name__)


class Addresses(NamedTuple):
    """What the rows lead to, as patterns for a number."""

    task: str
    file: str
    row: str
    submit: str
    take_back: str
    order: str


HOMES = {
    Role.OFFICE_ADMIN: "board.show",
    Role.OFFICE: "board.show",
    Role.LEADER: "board.show",
    Role.REVIEWER: "board.show",
    Role.LIAISON: "desk.show",
    Role.UNIT_HEAD: "desk.show",
    Role.SYSTEM_ADMIN: "people.index",
    Role.SECURITY_ADMIN: "people.index",
    Role.AUDIT_ADMIN: "audit.index",
}


@blueprint.get("/")
def home() -> Response:
    """The first page of each role."""
    return web.see_other(url_for(HOMES.get(web.me().role, "manual.show")))


@blueprint.get("/desk")
@web.only(lambda role: role.is_unit or role.is_office)
def show() -> str:
    """The desk of the signed-in person's unit, or of the unit in whose name the office acts."""
    view = request.args.get("view", View.TO_DO)
    number, unit = page_number(request.args.get("page")), unit_in_hand()
    around = queries.around(web.db(), web.campaign(), unit.id, web.day().today)
    found = queries.desk(
        web.db(), web.campaign(), view, number, _plan(),
        unit_id=unit.id, has_papers=around.has_papers, has_orders=around.has_orders, reader=web.me(),
        day=web.day(),
    )  # fmt: skip
    page = Page(found.rows, found.row_count, found.number, request.path, request.args.to_dict(flat=False))
    return render_template(
        "desk/show.html",
        page=page,
        groups=_grouped(found.rows),
        has_steps=found.has_steps,
        unacknowledged=around.unacknowledged,
        **_frame_of_rows(found.counts, around, view, unit, here=request.full_path),
    )


@blueprint.get("/desk/rows/<int:assignment_id>")
@web.only(lambda role: role.is_unit or role.is_office)
def row(assignment_id: int) -> str:
    """One row as it stands now, for the page that has changed its materials."""
    assignment = share_of(web.db(), assignment_id, web.me()) or abort(404)
    web.follow(assignment.campaign_id)
    return _row_again(assignment.id, assignment.unit)


@blueprint.get("/tasks/<int:task_id>")
@web.business_only
def task(task_id: int) -> str:
    """One task: the whole indicator, who else is on it and how far, and what happened."""
    if task_id not in _plan().words:
        web.follow(campaign_id_of_task(web.db(), task_id) or abort(404))
    plan = web.kept(f"outline of task {task_id}", lambda: outline(web.db(), task_id))
    is_history_whole = request.args.get("history") == "all"
    today, unit = web.day().today, unit_in_hand()
    there = attached(web.db(), task_id, web.campaign().id, unit.id, today)
    found = task_page(web.db(), plan, web.me(), unit, today, there, is_history_whole=is_history_whole)
    if found is None:
        abort(404)
    papers = papers_of_task(web.db(), task_id, web.me()) if there.has_papers else []
    return render_template(
        "desk/task.html",
        found=found,
        thread=_thread(plan, there),
        here=request.full_path.rstrip("?"),
        others=others_shelves(papers, found.own.unit_id if found.own else None),
        filings=_filings(found, there),
        **_own(found, papers, there),
    )


def _own(found: TaskPage, papers: list[Paper], there: Attached) -> dict[str, Any]:
    """What the page shows of the share that it is about, and what was asked about it and by others."""
    own, me, plan, today = found.own, web.me(), _plan(), web.day().today
    if own is None and not me.role.reads_all:
        return {"others_appeals": ()}
    whose = None if me.role.reads_all else me.unit_id
    asked = appeals_of_task(web.db(), found.task.id, whose) if there.has_appeals else []
    others = [one for one in asked if one.assignment.unit_id != me.unit_id]
    if own is None:
        return {"others_appeals": others}
    days = [column.due_on for column in found.task.columns]
    return {
        "others_appeals": others,
        "own_appeals": OwnAppeals(
            own,
            [one for one in asked if one.assignment_id == own.id],
            proofs_among(papers, own.unit_id),
            was_handed_in(own.cells),
            me,
            today,
        ),
        "shelf": shelf_of(
            own, plan.slots.get(own.task_id, ()), next_span(plan.starts_on, days, today), papers, me
        ),
    }


def _filings(found: TaskPage, there: Attached) -> Mapping[int, Filing] | None:
    """How many of its materials each unit has handed in, by unit, where the page tells it."""
    if not found.tells_filings:
        return None
    plan = _plan()
    return filings_of_task(
        web.db(), found.task.id, web.me(), plan.slots, plan.starts_on, has_papers=there.has_papers
    )


@blueprint.post("/milestones/<int:milestone_id>/submission")
@web.business_only
def submit(milestone_id: int) -> web.Answer:
    """Tick."""
    milestone = _milestone_in_hand(milestone_id)
    return _step(
        milestone,
        lambda: actions.submit(
            web.db(),
            milestone,
            by=web.me(),
            at=web.clock().now(),
            today=web.day().today,
            version=web.seen_version(),
        ),
        "已提交，等待市食安办审核",
    )


@blueprint.post("/milestones/<int:milestone_id>/withdrawal")
@web.business_only
def take_back(milestone_id: int) -> web.Answer:
    """Take the tick back."""
    milestone = _milestone_in_hand(milestone_id)
    return _step(
        milestone,
        lambda: actions.take_back(
            web.db(), milestone, by=web.me(), at=web.clock().now(), version=web.seen_version()
        ),
        "已撤回",
    )


def _thread(plan: Outline, there: Attached) -> Thread:
    is_whole = request.args.get("comments") == "all"
    office_id = web.campaign().office_unit_id
    return thread(
        web.db(), plan.id, plan.item.id, office_id, web.me(),
        is_whole=is_whole, has_comments=there.has_comments,
    )  # fmt: skip


def _grouped(rows: list[DeskRow]) -> list[tuple[Heading, list[DeskRow]]]:
    """The rows of a page under their headings, in the order of the page."""
    return [(heading, list(group)) for heading, group in groupby(rows, key=lambda row: row.heading)]


def _milestone_in_hand(milestone_id: int) -> Milestone:
    """A milestone of the signed-in person's own unit, for the office of any unit; any other does not
    exist for them."""
    me = web.me()
    milestone = milestone_of_unit(web.db(), me.unit_id, milestone_id)
    if milestone is None and me.role.is_office:
        milestone = milestone_of_city(web.db(), me.unit.jurisdiction_id, milestone_id)
    if milestone is None:
        abort(404)
    web.follow(milestone.campaign_id)
    return milestone


def _step(milestone: Milestone, step: Callable[[], None], done: str) -> web.Answer:
    """Do the step and answer: htmx gets the row again, a plain form goes back to its page; who is refused
    gets the row as it is now, with the reason."""
    try:
        step()
        web.db().commit()
    except (Refused, StaleDataError) as refusal:
        web.db().rollback()
        problem = refusal_words(refusal)
        return _row_again(milestone.assignment_id, milestone.unit, problem), 409
    if web.is_htmx():
        return _row_again(milestone.assignment_id, milestone.unit)
    code = milestone.task.code
    whose = f"{milestone.unit.short}（市食安办代）" if is_on_behalf(milestone.unit_id, web.me()) else ""
    flash(f"{whose}{code} {milestone.deadline.label}：{done}", "ok")
    return web.see_other(web.back_to(url_for("desk.show")))


def _row_again(assignment_id: int, unit: Unit, problem: str = "") -> str:
    """The row of an assignment: with the counts that changed with it for htmx, else as a page."""
    around = queries.around(web.db(), web.campaign(), unit.id, web.day().today)
    row, counts = queries.row_again(
        web.db(), web.campaign(), assignment_id, _plan(),
        unit_id=unit.id, has_papers=around.has_papers, has_orders=around.has_orders, reader=web.me(),
        day=web.day(),
    )  # fmt: skip
    here = web.back_to(url_for("desk.show"))
    view = parse_qs(urlsplit(here).query).get("view", [View.TO_DO])[0]
    template = "desk/_row_again.html" if web.is_htmx() else "desk/row.html"
    return render_template(
        template, row=row, problem=problem, **_frame_of_rows(counts, around, view, unit, here=here)
    )


def _plan() -> Plan:
    """What the plan says of each task."""
    db, campaign = web.db(), web.campaign()
    return web.kept(f"tasks of {campaign.id}", lambda: queries.plan_of(db, campaign))


def _frame_of_rows(counts: Counts, around: Around, view: str, unit: Unit, *, here: str) -> dict[str, Any]:
    """What the row partials need besides the rows."""
    pills = (
        (View.TO_DO, "要我办", counts.to_do),
        (View.RETURNED, "退回", counts.returned),
        (View.LATE, "逾期", counts.by_light[Light.LATE]),
        (View.NEAR, "7 个工作日内", counts.by_light[Light.NEAR]),
        (View.HANDED_IN, "已提交/办结", counts.handed_in),
        (View.ALL, "全部", counts.total),
        (View.LEAD, "牵头", None),
        (View.SUPPORT, "配合", None),
    )
    suffix = f"?unit={unit.id}" if is_on_behalf(unit.id, web.me()) else ""
    return {
        "unit": unit,
        "behalf": {"unit": unit.id} if is_on_behalf(unit.id, web.me()) else {},
        "may_file": may_act_for(unit.id, web.me()),
        "counts": counts,
        "pills": [*pills, (View.MINE, "我经办", None)] if around.handlers > 1 else pills,
        "view": view,
        "here": here,
        "addresses": Addresses(
            task=web.pattern("desk.task", "task_id") + suffix,
            file=web.pattern("evidence.add", "task_id"),
            row=web.pattern("desk.row", "assignment_id"),
            submit=web.pattern("desk.submit", "milestone_id"),
            take_back=web.pattern("desk.take_back", "milestone_id"),
            order=web.pattern("supervision.show", "order_id"),
        ),
    }


@blueprint.app_template_global("tick_refusal")
def _tick_refusal(milestone: Facts) -> str | None:
    """Why the box of a milestone of the unit in hand cannot be clicked now, or None."""
    return tick_refusal(milestone, unit_in_hand().id, web.me(), web.day().today)
