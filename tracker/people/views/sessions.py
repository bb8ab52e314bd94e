"""Sessions: who is signed in, when a session ends by itself, and what every request must pass."""

import secrets
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from flask import Flask, current_app, flash, g, make_response, render_template, request, session, url_for
from flask_login import LoginManager, current_user, login_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from tracker import web
from tracker.db import Database
from tracker.people import actions, kept, oidc
from tracker.people.actions import Device
from tracker.people.forms import SignInForm
from tracker.people.models import User
from tracker.people.queries.sign_ins import row_of_session
from tracker.people.rules import Role, reason_not_to_enter
from tracker.people.rules.passwords import days_left
from tracker.people.rules.sessions import SessionPolicy, browser_words, is_over
from tracker.values import SettingError

FOR_MACHINES = frozenset({"static", "people.healthz", "operations.readyz", "operations.figures"})
"""What has no session at all."""
OPEN = FOR_MACHINES | {
    "people.sign_in", "people.enter", "people.enter_code", "reminders.calendar", "forgotten.ask_form",
    "forgotten.ask", "forgotten.new_password", "forgotten.set_password", "people.oidc_start",
    "people.oidc_return",
}  # fmt: skip
"""The only pages that nobody has to sign in for; a calendar and a link for a new password ask for the secret
in their address."""
REMEMBERED = "_user_id"
"""Where Flask-Login looks in the cookie; here it holds the person's number and the session's id."""
PASSWORD_PAGES = frozenset({"people.password", "people.change_password", "people.sign_out"})
"""The only pages for a person whose password was issued or has run out."""


FACTOR_PAGES = frozenset({"people.second_factor", "people.begin_factor", "people.confirm_factor"})
"""The only pages besides for a person whose role must have a second factor, and who has none."""


def install(app: Flask) -> None:
    """Put the guard before every request of the application.

    Raises:
        SettingError: a second factor is demanded of a role that does not exist, or the identity platform's
            extra is not installed.
    """
    if app.extensions["tracker"].config.oidc_issuer and not oidc.is_installed():
        raise SettingError(
            "设置了 TRACKER_OIDC_ISSUER，但没有安装 Authlib：请运行 pip install 'tracker[oidc]'"
        )
    unknown = [name for name in app.extensions["tracker"].config.totp_roles if name not in set(Role)]
    if unknown:
        known = "、".join(role.value for role in Role)
        raise SettingError(f"设置 TRACKER_TOTP_ROLES 里没有“{unknown[0]}”这个角色；可用：{known}")
    manager = LoginManager(app)
    manager.session_protection = None  # offices change their outside address in the middle of a day
    manager.user_loader(_load_user)
    app.before_request(_guard)
    app.register_error_handler(CSRFError, _show_lost_token)


def begin(user: User, *, is_by_oidc: bool = False) -> None:
    """Start a session of `user` with a new id in place of whatever this browser had; the caller commits."""
    drop_old()
    token, agent = secrets.token_urlsafe(32), request.user_agent.string
    device = Device(token, request.remote_addr or "", browser_words(agent))
    made = actions.begin(web.db(), user, device, policy=policy(), at=web.clock().now())
    session.clear()
    g.pop("csrf_token", None)
    login_user(user)
    session[REMEMBERED] = f"{user.id}:{token}"
    g.sign_in_id = made.id
    if is_by_oidc:
        session["by_oidc"] = True


def drop_old() -> None:
    """End the session that this browser had, if any; the caller commits."""
    _, _, token = str(session.get(REMEMBERED) or "").partition(":")
    if token:
        actions.drop(web.db(), token)


def unified() -> str:
    """The words of the button that leads to the identity platform; empty where there is none."""
    config = web.core().config
    return config.oidc_name if config.oidc_issuer else ""


def key() -> str:
    """The installation's secret key, which what is stored encrypted is encrypted with."""
    return str(current_app.secret_key)


def seconds() -> int:
    """The present moment for a cookie."""
    return int(web.clock().now().timestamp())


def policy() -> SessionPolicy:
    """How long sessions last here, and how many there may be."""
    config = web.core().config
    return SessionPolicy(config.idle_minutes, config.session_hours, config.sessions_per_person)


def is_held_up(user: User) -> bool:
    """Whether something must be set up before anything else."""
    return bool(password_trouble(user)) or needs_factor(user)


def needs_factor(user: User) -> bool:
    """Whether the role must have a second factor, and the person has none."""
    return not user.has_second_factor and user.role.value in web.core().config.totp_roles


def password_trouble(user: User) -> str:
    """Why nothing but a new password is let through, or nothing; who came without one is not asked for it."""
    if session.get("by_oidc"):
        return ""
    if user.must_change_password:
        return "您使用的是发放的一次性密码，请先设置自己的密码。"
    left = password_days_left(user)
    days = web.core().config.password_days
    return f"密码已使用满 {days} 天，请先设置新密码。" if left is not None and left <= 0 else ""


def password_days_left(user: User) -> int | None:
    """How many days the password may still be used."""
    chosen = user.password_set_at
    set_on = web.clock().day_of(chosen) if chosen else None
    return days_left(set_on, web.core().config.password_days, web.clock().today())


def _load_user(remembered: str) -> User | None:
    """The person, the campaign in hand and what the bell counts: every page needs them, one trip brings
    all."""
    found = row_of_session(web.db(), web.WITH_CAMPAIGN, remembered, slug=web.wanted_campaign())
    if found is None:
        return None
    user, g.sign_in_id, seen_at, ends_at, g.campaign, g.unread_count = found
    at, today = web.clock().now(), web.clock().today()
    if is_over(seen_at, ends_at, policy(), at):
        g.ended_session = True
        return None
    if reason_not_to_enter(is_active=user.is_active, valid_until=user.valid_until, today=today):
        return None
    if at - seen_at >= policy().seen_step:
        web.afterwards(partial(_note_seen, web.core().database, g.sign_in_id, at))
    return cast(User, user)


def _note_seen(database: Database, sign_in_id: int, at: datetime) -> None:
    """In a transaction of its own, so that a page that is only read stays a reader. A database that is
    busy for so long costs the session a minute, nothing else."""
    with suppress(OperationalError), database.transaction() as session:
        actions.note_seen(session, sign_in_id, at=at)


def _guard() -> Response | None:
    if request.endpoint in OPEN:
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if request.endpoint not in PASSWORD_PAGES and password_trouble(web.me()):
        return _go(url_for("people.password"))
    if needs_factor(web.me()) and request.endpoint not in PASSWORD_PAGES | FACTOR_PAGES:
        return _go(url_for("people.second_factor"))
    return None


def _ask_to_sign_in() -> Response:
    """The way to the sign-in page: with what was typed, or with the page to come back to."""
    remembered = str(session.get(REMEMBERED) or "")
    if remembered:
        session.clear()
        g.pop("csrf_token", None)
    form = kept.posted(int(remembered.partition(":")[0])) if remembered else None
    if remembered:
        flash("登录已超时，请重新登录。" if "ended_session" in g else "登录已失效，请重新登录。", "near")
    if form is None:
        return _go(f"{url_for('people.sign_in')}?{urlencode({'next': _page_here()})}")
    flash("刚才填写的内容没有丢，登录后可以接着提交。", "near")
    page = render_template(
        "people/sign_in.html", form=SignInForm(formdata=None), kept=form.sealed(), next="", unified=unified()
    )
    return _whole_page(page, 401)


def _show_lost_token(error: CSRFError) -> Any:
    """A form older than the session, as in a second tab after signing in again: shown to be sent again.

    Only when the browser says that the form was a page of ours.
    """
    if request.endpoint in ("people.enter", "people.enter_code"):
        flash("页面已过期，或浏览器没有启用 Cookie，请再登录一次。", "near")
        return _go(url_for("people.sign_in"))
    is_ours = request.headers.get("Origin", "") == f"{request.scheme}://{request.host}"
    if not is_ours:
        return web.show_error(400, *web.ERROR_PAGES[400])
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    form = kept.posted(web.me().id)
    if form is None:
        return web.show_error(400, *web.ERROR_PAGES[400])
    return _whole_page(render_template("people/kept.html", kept=form), 400)


def _page_here() -> str:
    """The address to return to: the page itself, or the page that its form or fragment was on."""
    if request.method in ("GET", "HEAD") and not web.is_htmx():
        return request.full_path.rstrip("?")
    parts = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    own = parts.netloc == request.host
    return parts._replace(scheme="", netloc="", fragment="").geturl() if own else "/"


def _go(url: str) -> Response:
    """Off to another page; htmx would put the page into the fragment's place, so it is told to go."""
    if not web.is_htmx():
        return web.see_other(url)
    answer = make_response("", 200)
    answer.headers["HX-Redirect"] = url
    return answer


def _whole_page(html: str, code: int) -> Response:
    answer = make_response(html, code)
    if web.is_htmx():
        answer.headers["HX-Retarget"] = "body"
        answer.headers["HX-Reswap"] = "innerHTML"
    return answer
