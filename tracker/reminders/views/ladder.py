"""提醒阶梯, a page of 创建设置."""

from flask import abort, flash, render_template, request, url_for

from tracker import web
from tracker.errors import Refused
from tracker.reminders import settings
from tracker.reminders.forms import LadderForm
from tracker.reminders.queries.ladder import ladders_of
from tracker.reminders.rules.ladder import FARTHEST, MOST_TIMES, LadderKind
from tracker.reminders.views.inbox import blueprint


@blueprint.get("/plan/settings/ladder")
@web.administrators_only
def ladder() -> str:
    """The ladder of every kind."""
    return _page()


@blueprint.post("/plan/settings/ladder/<kind>")
@web.administrators_only
def save_ladder(kind: str) -> web.Answer:
    """All rungs of a kind as they were typed."""
    wanted = LadderKind(kind) if kind in set(LadderKind) else abort(404)
    form = LadderForm()
    if not form.validate():
        return _page({wanted: form}), 422
    try:
        settings.set_ladder(
            web.db(), web.campaign(), wanted, form.kept, by=web.me(), at=web.clock().now(),
            seen=request.form.get("seen", ""),
        )  # fmt: skip
    except Refused as refusal:
        web.db().rollback()
        return _page({wanted: form}, problem=str(refusal)), 409
    web.db().commit()
    flash(f"{wanted.label}的提醒阶梯已保存，从下一次提醒起生效", "ok")
    return web.see_other(url_for("reminders.ladder"))


def _page(typed: dict[LadderKind, LadderForm] | None = None, *, problem: str = "") -> str:
    """Every ladder as it stands, but for the one that was typed and not taken; an empty row adds one."""
    ladders = ladders_of(web.db(), web.campaign())
    forms = {kind: (typed or {}).get(kind) or LadderForm.of(ladders[kind]) for kind in LadderKind}
    for form in forms.values():
        if not form.rungs.entries or form.rungs.entries[-1].form.days.data is not None:
            form.rungs.append_entry({"is_on": True, "to_liaison": True})
    return render_template(
        "reminders/ladder.html",
        campaign=web.campaign(),
        ladders=ladders,
        forms=forms,
        farthest=FARTHEST,
        most_times=MOST_TIMES,
        problem=problem,
    )
