"""忘记密码 over HTTP: open pages for who cannot sign in, and the list of the administrator."""

import time
from functools import partial
from threading import Thread

from flask import Blueprint, abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.errors import Refused
from tracker.forgotten import actions, queries
from tracker.forgotten.actions import Link
from tracker.forgotten.forms import AskForm
from tracker.forgotten.mails import Envelope, Head, Recipient, password_link, send
from tracker.forgotten.models import PasswordRequest
from tracker.forgotten.rules import BY_HAND, SAME_ANSWER, VOID
from tracker.outbox.smtp import SmtpSender
from tracker.people import actions as people
from tracker.people.forms import NewPasswordForm
from tracker.people.rules.managing import Power, reason_not_to_manage
from tracker.people.views.roll import find_person, may, show_slips

blueprint = Blueprint("forgotten", __name__)
SECONDS_TO_ANSWER = 0.1
"""What a request takes, many times what there is to do for it: the time does not tell who has an account."""


@blueprint.get("/forgotten")
def ask_form() -> str:
    """忘记密码."""
    return render_template("forgotten/ask.html", form=AskForm(formdata=None), can_mail=_can_mail())


@blueprint.post("/forgotten")
def ask() -> Response | tuple[str, int]:
    """Ask; the answer is the same for every name."""
    form, began = AskForm(), time.monotonic()
    if not form.validate():
        return render_template("forgotten/ask.html", form=form, can_mail=_can_mail()), 422
    link = actions.ask(
        web.db(), form.username.data or "", can_mail=_can_mail(),
        at=web.clock().now(), today=web.clock().today(), origin=request.remote_addr or "",
    )  # fmt: skip
    step = _sending(link) if link else None
    web.db().commit()
    if step:
        Thread(target=step, daemon=True).start()  # a slow mail server would tell that there is an account
    time.sleep(max(0, began + SECONDS_TO_ANSWER - time.monotonic()))
    flash(SAME_ANSWER if _can_mail() else BY_HAND, "ok")
    return web.see_other(url_for("people.sign_in"))


@blueprint.get("/forgotten/<token>")
def new_password(token: str) -> str | Response:
    """重设密码, for who has the link."""
    found = queries.of_link(web.db(), token, at=web.clock().now())
    if found is None:
        return _void()
    return _new_page(found, NewPasswordForm(formdata=None), token)


@blueprint.post("/forgotten/<token>")
def set_password(token: str) -> Response | tuple[str, int]:
    """Take the new password; the link is void with that."""
    found, form = queries.of_link(web.db(), token, at=web.clock().now()), NewPasswordForm()
    if found is None:
        return _void()
    if not form.validate():
        return _new_page(found, form, token), 422
    known = people.known_of(web.db(), found.user)
    web.db().rollback()  # hashing takes a while, and nobody else is to wait for it
    try:
        new_hash = people.check_new(known, form.new_password.data or "")
    except Refused as refused:
        form.new_password.errors = [str(refused)]
        return _new_page(found, form, token), 422
    found = queries.of_link(web.db(), token, at=web.clock().now(), lock=True)
    if found is None:
        return _void()
    actions.set_by_link(web.db(), found, new_hash, at=web.clock().now())
    web.db().commit()
    flash("密码已重设，请用新密码登录；原来的登录已全部失效。", "ok")
    return web.see_other(url_for("people.sign_in"))


@blueprint.get("/password-requests")
@may(Power.RESET)
def index() -> str:
    """找回密码申请 that wait for an administrator."""
    found = queries.waiting_by_hand(web.db(), web.me().unit.jurisdiction_id)
    role = web.me().role
    rows = [one for one in found if not reason_not_to_manage(role, Power.RESET, one.user.role)]
    return render_template("forgotten/index.html", rows=rows)


@blueprint.post("/password-requests/<int:request_id>/answer")
@may(Power.RESET)
def answer(request_id: int) -> str:
    """重置, shown once on a slip."""
    found = _find(request_id)
    password = actions.answer(web.db(), found, by=web.me(), at=web.clock().now())
    web.db().commit()
    return show_slips([(found.user, password)], "密码已重置")


@blueprint.post("/password-requests/<int:request_id>/dismissal")
@may(Power.RESET)
def dismiss(request_id: int) -> Response:
    """不予办理."""
    found = _find(request_id)
    actions.dismiss(web.db(), found, by=web.me(), at=web.clock().now())
    web.db().commit()
    flash(f"{found.user.name}的申请已销去。", "ok")
    return web.see_other(url_for("forgotten.index"))


def _sending(link: Link) -> "partial[None]":
    """The mail, made while the request is there, to be sent once it is over."""
    config, campaign, user = web.core().config, web.newest_campaign(), link.user
    head = Head(campaign.title if campaign else "任务跟踪", campaign.office_phone if campaign else "")
    address = f"{config.base_url}{url_for('forgotten.new_password', token=link.token)}"
    mail = password_link(Recipient(user.unit.short, user.name), address, head)
    at = web.clock().now()
    envelope = Envelope(user.email, config.mail_from, at, f"password-{user.id}-{int(at.timestamp())}")
    return partial(send, mail, envelope, SmtpSender(config.smtp_url))


def _can_mail() -> bool:
    return bool(web.core().config.smtp_url)


def _void() -> Response:
    flash(VOID, "near")
    return web.see_other(url_for("forgotten.ask_form"))


def _new_page(found: PasswordRequest, form: NewPasswordForm, token: str) -> str:
    return render_template("forgotten/new_password.html", form=form, token=token, user=found.user)


def _find(request_id: int) -> PasswordRequest:
    found = queries.one_by_hand(web.db(), web.me().unit.jurisdiction_id, request_id)
    if found is None:
        abort(404)
    find_person(found.user_id, Power.RESET)
    return found
