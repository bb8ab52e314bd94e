"""我的任务 and the task page over HTTP."""

from collections.abc import Callable
from itertools import groupby
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.comments.queries import Thread, thread
from tracker.desk import queries
from tracker.desk.outline import Outline, outline
from tracker.desk.queries import Counts, View
from tracker.desk.rows import DeskRow
from tracker.desk.rules import Heading, tick_refusal
from tracker.desk.task import task_page
from tracker.desk.words import TaskWords, task_words
from tracker.errors import Refused
from tracker.forms import whole_number
from tracker.milestones import actions
from tracker.milestones.models import Milestone
from tracker.milestones.queries import milestone_of_unit
from tracker.milestones.rules import Facts, Light
from tracker.paging import Page, page_number
from tracker.people.queries import handlers
from tracker.people.rules import Role
from tracker.plan.queries import campaign_id_of_task

blueprint = Blueprint("desk", __name__)

HOMES = {
    Role.OFFICE_ADMIN: "board.show",
    Role.OFFICE: "board.show",
    Role.LEADER: "board.show",
    Role.REVIEWER: "board.show",
    Role.LIAISON: "desk.show",
    Role.UNIT_HEAD: "desk.show",
    Role.SYSTEM_ADMIN: "people.index",
}


@blueprint.get("/")
def home() -> Response:
    """The first page of each role."""
    return web.see_other(url_for(HOMES.get(web.me().role, "manual.show")))


@blueprint.get("/desk")
@web.only(lambda role: role.is_unit or role.is_office)
def show() -> str:
    """The desk of the signed-in person's unit."""
    view = request.args.get("view", View.TO_DO)
    number = page_number(request.args.get("page"))
    found = queries.desk(web.db(), web.campaign(), view, number, _words(), reader=web.me(), day=web.day())
    page = Page(found.rows, found.row_count, found.number, request.path, request.args.to_dict(flat=False))
    return render_template(
        "desk/show.html",
        page=page,
        groups=_grouped(found.rows),
        **_frame_of_rows(found.counts, view, here=request.full_path),
    )


@blueprint.get("/tasks/<int:task_id>")
@web.business_only
def task(task_id: int) -> str:
    """One task: the whole indicator, who else is on it and how far, and what happened."""
    if task_id not in _words():
        web.follow(campaign_id_of_task(web.db(), task_id) or abort(404))
    plan = web.kept(f"outline of task {task_id}", lambda: outline(web.db(), task_id))
    is_history_whole = request.args.get("history") == "all"
    found = task_page(web.db(), plan, web.me(), web.day().today, is_history_whole=is_history_whole)
    if found is None:
        abort(404)
    return render_template(
        "desk/task.html", found=found, thread=_thread(plan), here=request.path, today=web.day().today
    )


@blueprint.post("/milestones/<int:milestone_id>/submission")
@web.business_only
def submit(milestone_id: int) -> web.Answer:
    """Tick."""
    milestone = _own_milestone(milestone_id)
    return _step(
        milestone,
        lambda: actions.submit(
            web.db(), milestone, by=web.me(), at=web.clock().now(), today=web.day().today, version=_version()
        ),
        "已提交，等待市食安办审核",
    )


@blueprint.post("/milestones/<int:milestone_id>/withdrawal")
@web.business_only
def take_back(milestone_id: int) -> web.Answer:
    """Take the tick back."""
    milestone = _own_milestone(milestone_id)
    return _step(
        milestone,
        lambda: actions.take_back(web.db(), milestone, by=web.me(), at=web.clock().now(), version=_version()),
        "已撤回",
    )


def _thread(plan: Outline) -> Thread:
    is_whole = request.args.get("comments") == "all"
    office_id = web.campaign().office_unit_id
    return thread(web.db(), plan.id, plan.item.id, office_id, web.me(), is_whole=is_whole)


def _grouped(rows: list[DeskRow]) -> list[tuple[Heading, list[DeskRow]]]:
    """The rows of a page under their headings, in the order of the page."""
    return [(heading, list(group)) for heading, group in groupby(rows, key=lambda row: row.heading)]


def _own_milestone(milestone_id: int) -> Milestone:
    """A milestone of the signed-in person's own unit; any other does not exist for them."""
    milestone = milestone_of_unit(web.db(), web.me().unit_id, milestone_id) or abort(404)
    web.follow(milestone.campaign_id)
    return milestone


def _step(milestone: Milestone, step: Callable[[], None], done: str) -> web.Answer:
    """Do the step and answer: htmx gets the row again, a plain form goes back to its page."""
    try:
        step()
    except Refused as refusal:
        if not web.is_htmx():
            raise
        web.db().rollback()
        return _row_again(milestone, problem=str(refusal)), 409
    web.db().commit()
    if web.is_htmx():
        return _row_again(milestone)
    flash(f"{milestone.task.code} {milestone.deadline.label}：{done}", "ok")
    return web.see_other(web.back_to(url_for("desk.show")))


def _row_again(milestone: Milestone, problem: str = "") -> str:
    """The row of the milestone with the counts that changed with it."""
    row = queries.desk_row(web.db(), milestone.assignment_id, _words(), reader=web.me(), day=web.day())
    here = web.back_to(url_for("desk.show"))
    view = parse_qs(urlsplit(here).query).get("view", [View.TO_DO])[0]
    found = queries.counts(web.db(), web.campaign(), web.me().unit_id, web.day())
    return render_template(
        "desk/_row_again.html", row=row, problem=problem, **_frame_of_rows(found, view, here=here)
    )


def _words() -> dict[int, TaskWords]:
    """What the plan says of each task."""
    campaign = web.campaign()
    return web.kept(f"task words of {campaign.id}", lambda: task_words(web.db(), campaign))


def _version() -> int | None:
    return whole_number(request.form.get("version"))


def _frame_of_rows(counts: Counts, view: str, *, here: str) -> dict[str, Any]:
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
    own = web.me().unit_id
    is_shared = len(handlers(web.db(), [own], web.day().today).get(own, ())) > 1
    return {
        "unit": web.me().unit,
        "counts": counts,
        "pills": [*pills, (View.MINE, "我经办", None)] if is_shared else pills,
        "view": view,
        "here": here,
        "addresses": {
            "task": web.pattern("desk.task", "task_id"),
            "submit": web.pattern("desk.submit", "milestone_id"),
            "take_back": web.pattern("desk.take_back", "milestone_id"),
        },
    }


@blueprint.app_template_global("tick_refusal")
def _tick_refusal(milestone: Facts) -> str | None:
    """Why the box of an own milestone cannot be clicked now, or None."""
    return tick_refusal(milestone, web.me().unit_id, web.me(), web.day().today)
