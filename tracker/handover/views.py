"""停用 over HTTP: what lies with the person, who takes it over, and done."""

from flask import Blueprint, flash, render_template, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.handover import actions, units
from tracker.handover.forms import SuccessorForm
from tracker.handover.queries import burden_of, successors
from tracker.handover.rules import Burden, burden_words, needs_successor
from tracker.people.models import User
from tracker.people.rules.managing import Power
from tracker.people.views.roll import find_person, may
from tracker.people.views.units import find_unit

blueprint = Blueprint("handover", __name__)


@blueprint.get("/people/<int:user_id>/disabling")
@may(Power.STOP)
def ask(user_id: int) -> str:
    """What stops when the account does, and who could take it over."""
    user = find_person(user_id, Power.STOP)
    form = SuccessorForm(successors(web.db(), user, web.day().today), formdata=None)
    return _page(user, form, burden_of(web.db(), user, web.day().today))


@blueprint.post("/people/<int:user_id>/disabling")
@may(Power.STOP)
def disable(user_id: int) -> web.Answer:
    """停用, with a successor where one is needed."""
    user, today = find_person(user_id, Power.STOP), web.day().today
    burden = burden_of(web.db(), user, today)
    form = SuccessorForm(successors(web.db(), user, today))
    is_asked = needs_successor(user.role, burden)
    if is_asked and not form.validate():
        return _page(user, form, burden), 422
    done = actions.disable(
        web.db(), user, form.person, is_vacant=is_asked, by=web.me(), at=web.clock().now(), today=today
    )
    web.db().commit()
    flash(f"{user.name}（{user.username}）已停用，登录立即失效。{_words(form.person, done)}", "ok")
    return web.see_other(url_for("people.edit", user_id=user.id))


@blueprint.post("/people/units/<int:unit_id>/disabling")
@may(Power.STOP)
def stop_unit(unit_id: int) -> Response:
    """停用单位."""
    unit = find_unit(unit_id)
    units.stop_unit(web.db(), unit, by=web.me(), at=web.clock().now(), today=web.day().today)
    web.db().commit()
    flash(f"{unit.short}已停用；它的记录都保留。", "ok")
    return web.see_other(url_for("people.units"))


@blueprint.post("/people/units/<int:unit_id>/enabling")
@may(Power.STOP)
def start_unit(unit_id: int) -> Response:
    """恢复使用 of a unit."""
    unit = find_unit(unit_id)
    units.start_unit(web.db(), unit, by=web.me(), at=web.clock().now())
    web.db().commit()
    flash(f"{unit.short}已恢复使用。", "ok")
    return web.see_other(url_for("people.units"))


def _page(user: User, form: SuccessorForm, burden: Burden) -> str:
    is_asked = needs_successor(user.role, burden)
    words = burden_words(burden) if is_asked else ""
    return render_template("handover/disable.html", user=user, form=form, burden=burden, words=words)


def _words(successor: User | None, done: actions.HandedOver) -> str:
    if successor is None:
        return ""
    return f"{done.share_count} 项任务、{done.mail_count} 封未发邮件交给{successor.name}。"
