"""我的账号: who one is here, and where one is signed in."""

from flask import abort, flash, g, render_template, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.people import actions
from tracker.people.queries.sign_ins import sign_ins_of
from tracker.people.views import sessions
from tracker.people.views.entrance import blueprint


@blueprint.get("/account")
def account() -> str:
    """我的账号, with 我的登录."""
    running = sign_ins_of(web.db(), web.me(), sessions.policy(), web.clock().now())
    return render_template(
        "people/account.html", sign_ins=running, own_id=g.sign_in_id, policy=sessions.policy()
    )


@blueprint.post("/account/sign-ins/<int:sign_in_id>/ending")
def end_sign_in(sign_in_id: int) -> Response:
    """退出 one of one's own sessions; one that is over already is gone, which is what was wanted."""
    running = sign_ins_of(web.db(), web.me(), sessions.policy(), web.clock().now())
    found = next((one for one in running if one.id == sign_in_id), None)
    if found is None:
        abort(404)
    actions.end(web.db(), found, by=web.me(), at=web.clock().now())
    web.db().commit()
    flash("该处登录已退出。", "ok")
    return web.see_other(url_for("people.account"))


@blueprint.post("/account/sign-ins/ending")
def end_others() -> Response:
    """退出 everywhere but here."""
    count = actions.end_others(web.db(), web.me(), g.sign_in_id, at=web.clock().now())
    web.db().commit()
    flash(f"已退出其他 {count} 处登录。" if count else "没有其他登录。", "ok")
    return web.see_other(url_for("people.account"))
