"""统一身份登录: to the city's identity platform, and back."""

import logging
from urllib.parse import urlsplit

from flask import flash, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker import web
from tracker.people import actions, oidc
from tracker.people.forms import SignInForm
from tracker.people.oidc import Errand, NotProvedError, NotReachedError, Provider
from tracker.people.views import sessions
from tracker.people.views.entrance import ask_code, begin, blueprint, sign_in_page

ERRAND_SECONDS = 10 * 60
"""How long one may take at the platform."""
LONGEST_TARGET = 1000
"""Signs of an address to come back to that the cookie has room for."""
log = logging.getLogger(__name__)

Page = str | Response | tuple[str, int]


@blueprint.get("/sign-in/oidc")
def oidc_start() -> Page:
    """用统一身份平台登录: a link and no form, which the pages' CSP would not let go elsewhere."""
    provider, target = _provider(), request.args.get("next", "")
    if provider is None:
        return _back("本系统没有开通统一身份登录，请输入用户名和密码。")
    if current_user.is_authenticated:
        return redirect(url_for("desk.home"))
    if _is_elsewhere():
        return redirect(web.core().config.base_url + url_for("people.oidc_start", next=target, here=1))
    errand = oidc.set_out()
    try:
        address = oidc.address(provider, errand)
    except NotReachedError as error:
        return _out_of_order(error, target)
    is_kept = web.is_own_path(target) and len(target) <= LONGEST_TARGET
    session["oidc"] = [errand.state, errand.nonce, errand.verifier, sessions.seconds(), target * is_kept]
    return redirect(address)


@blueprint.get("/sign-in/oidc/return")
def oidc_return() -> Page:
    """Back from the platform; what it is asked now, no open transaction waits for."""
    provider, (errand, target) = _provider(), _errand()
    answer = request.args.to_dict()
    if provider is None or errand is None or not oidc.is_answer_to(errand, answer):
        return _back("登录已过期或已在别处重新开始，请再登录一次。")
    at = web.clock().now()
    try:
        claimed = oidc.named_person(provider, errand, answer, at=web.clock().real_now())
    except NotReachedError as error:
        return _out_of_order(error, target)
    except NotProvedError as refused:
        actions.refuse_oidc(web.db(), str(refused), at=at)
        web.db().commit()
        return _refused(str(refused), target)
    found = actions.enter_by_oidc(web.db(), claimed, at=at, today=web.clock().today())
    if found.user is None:
        web.db().commit()
        return _refused(found.reason, target)
    return (ask_code if found.is_half else begin)(found.user, target, is_by_oidc=True)


def _provider() -> Provider | None:
    config = web.core().config
    if not config.oidc_issuer:
        return None
    return Provider(
        config.oidc_issuer, config.oidc_client_id, config.oidc_client_secret, config.oidc_claim,
        redirect_url=config.base_url + url_for("people.oidc_return"),
    )  # fmt: skip


def _errand() -> tuple[Errand | None, str]:
    """What this browser set out for, once, and the page to go to; None when it did not, or too long ago."""
    state, nonce, verifier, since, target = session.pop("oidc", None) or ("", "", "", 0, "")
    is_fresh = state and sessions.seconds() - since <= ERRAND_SECONDS
    return (Errand(state, nonce, verifier) if is_fresh else None), target


def _is_elsewhere() -> bool:
    """Whether the page was asked under another name than the platform sends back to, which would not find
    the cookie again; `here` stops a proxy that hides the name from sending round in circles."""
    own = urlsplit(web.core().config.base_url).hostname
    return "here" not in request.args and urlsplit(f"//{request.host}").hostname != own


def _back(words: str) -> Response:
    flash(words, "near")
    return web.see_other(url_for("people.sign_in"))


def _refused(reason: str, target: str) -> tuple[str, int]:
    flash(f"没有登录：{reason}。", "error")
    return sign_in_page(SignInForm(formdata=None), target), 403


def _out_of_order(error: NotReachedError, target: str) -> tuple[str, int]:
    log.warning("the identity platform gives no answer: %s", error)
    flash("统一身份平台现在没有答复，请稍后再试，或用本系统的用户名和密码登录。", "near")
    return sign_in_page(SignInForm(formdata=None), target), 503
