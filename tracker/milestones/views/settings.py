"""The parts of 创建设置 that change who owes what."""

from flask import abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.errors import Refused
from tracker.forms import whole_number
from tracker.milestones import settings
from tracker.milestones.settings import Consequence
from tracker.milestones.views.ledger import blueprint
from tracker.plan.forms import LiveForm
from tracker.plan.views.settings import members_form, members_seen, settings_page
from tracker.units.models import Unit, UnitGroup
from tracker.units.queries import units_of


@blueprint.post("/plan/groups/<int:group_id>/members")
@web.administrators_only
def set_members(group_id: int) -> web.Answer:
    """Say who belongs to a group; where the plan names them, what it does is shown before it is done."""
    campaign = web.campaign()
    group = web.db().get(UnitGroup, group_id)
    if group is None or group.jurisdiction_id != campaign.jurisdiction_id:
        abort(404)
    units = units_of(web.db(), campaign.jurisdiction_id)
    form = members_form(group, units, typed=True)
    if not form.validate():
        return settings_page(typed={group_id: form}), 422
    if confirmed := _numbers("confirmed"):
        form.units.data = confirmed
    members = [unit for unit in units if unit.id in (form.units.data or [])]
    seen = _numbers("seen")
    at, today = web.clock().now(), web.day().today
    try:
        if not group.is_presumed and not confirmed:
            changes = settings.try_members(
                web.db(), group, members, by=web.me(), at=at, today=today, seen=seen
            )
            return _consequences(group, members, changes)
        done = settings.set_members(web.db(), group, members, by=web.me(), at=at, today=today, seen=seen)
    except Refused as refusal:
        web.db().rollback()
        return settings_page(typed={group_id: form}, problem=str(refusal)), 409
    changed = {
        "新增 {} 个节点": sum(one.milestones_added for one in done),
        "{} 项分工已退出": sum(one.assignments_left for one in done),
        "{} 项分工已恢复": sum(one.assignments_back for one in done),
    }
    told = "，".join(words.format(count) for words, count in changed.items() if count) or "分工没有变动"
    return _saved(f"{group.name}：现有 {len(members)} 个单位；{told}")


@blueprint.post("/plan/live-day")
@web.administrators_only
def move_live_on() -> web.Answer:
    """Correct 上线日期."""
    form = LiveForm()
    if not form.validate() or form.live_on.data is None:
        return settings_page(live_form=form), 422
    try:
        settings.move_live_on(
            web.db(), web.campaign(), form.live_on.data, by=web.me(), at=web.clock().now(),
            today=web.day().today,
        )  # fmt: skip
    except Refused as refusal:
        web.db().rollback()
        return settings_page(live_form=form, problem=str(refusal)), 409
    return _saved("上线日期已保存")


def _numbers(field: str) -> list[int]:
    """The ids that a hidden field holds as one word: 26.27.28."""
    parts = map(whole_number, request.form.get(field, "").split("."))
    return [part for part in parts if part is not None]


def _consequences(group: UnitGroup, members: list[Unit], changes: list[Consequence]) -> web.Answer:
    if not changes:
        flash(f"{group.name}：成员没有变动", "ok")
        return web.see_other(url_for("plan.settings"))
    return render_template(
        "milestones/members.html", group=group, members=members, changes=changes, seen=members_seen(group)
    )


def _saved(words: str) -> Response:
    web.db().commit()
    flash(words, "ok")
    return web.see_other(url_for("plan.settings"))
