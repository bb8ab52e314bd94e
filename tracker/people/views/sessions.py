"""Sessions: who is signed in, when a session ends by itself, and what every request must pass."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, flash, g, make_response, render_template, request, session, url_for
from flask_login import LoginManager, current_user, login_user
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from tracker import web
from tracker.people import kept
from tracker.people.forms import SignInForm
from tracker.people.models import User
from tracker.people.queries import row_of_session

FOR_MACHINES = frozenset({"static", "people.healthz", "operations.readyz", "operations.figures"})
"""What has no session at all."""
OPEN = FOR_MACHINES | {"people.sign_in", "people.enter", "reminders.calendar"}
"""The only pages that nobody has to sign in for; a calendar asks for the secret in its address."""
PASSWORD_PAGES = frozenset({"people.password", "people.change_password", "people.sign_out"})
"""The only pages for a person whose password was issued."""
SEEN_STEP = 20
"""Seconds before the cookie is written again: idle time need not be more exact."""


def install(app: Flask) -> None:
    """Put the guard before every request of the application."""
    manager = LoginManager(app)
    manager.session_protection = None  # offices change their outside address in the middle of a day
    manager.user_loader(_load_user)
    app.before_request(_guard)
    app.register_error_handler(CSRFError, _show_lost_token)


def begin(user: User) -> None:
    """Start a session of `user` in place of whatever this browser had."""
    session.clear()
    g.pop("csrf_token", None)
    login_user(user)
    session["seen_at"] = _seconds()


def _load_user(remembered: str) -> User | None:
    """The person, the campaign in hand and what the bell counts: every page needs them, one trip brings
    all."""
    today, slug = web.clock().today(), web.wanted_campaign()
    found = row_of_session(web.db(), web.WITH_CAMPAIGN, remembered, today=today, slug=slug)
    if found is None:
        return None
    user, g.campaign, g.unread_count = found
    return user


def _guard() -> Response | None:
    if request.endpoint in FOR_MACHINES:
        return None
    _end_when_idle()
    if request.endpoint in OPEN:
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if web.me().must_change_password and request.endpoint not in PASSWORD_PAGES:
        return _go(url_for("people.password"))
    return None


def _end_when_idle() -> None:
    if "_user_id" not in session:
        return
    idle = _seconds() - session.get("seen_at", 0)
    if idle > web.core().config.idle_minutes * 60:
        g.ended_session = session["_user_id"]
        session.clear()
    elif idle >= SEEN_STEP:
        session["seen_at"] = _seconds()


def _seconds() -> int:
    return int(web.clock().now().timestamp())


def _ask_to_sign_in() -> Response:
    """The way to the sign-in page: with what was typed, or with the page to come back to."""
    remembered = str(g.get("ended_session") or session.get("_user_id") or "")
    session.pop("_user_id", None)  # of an account that was stopped or reset
    form = kept.posted(int(remembered.partition(":")[0])) if remembered else None
    if remembered:
        flash("登录已超时，请重新登录。" if "ended_session" in g else "登录已失效，请重新登录。", "near")
    if form is None:
        return _go(f"{url_for('people.sign_in')}?{urlencode({'next': _page_here()})}")
    flash("刚才填写的内容没有丢，登录后可以接着提交。", "near")
    page = render_template("people/sign_in.html", form=SignInForm(formdata=None), kept=form.sealed(), next="")
    return _whole_page(page, 401)


def _show_lost_token(error: CSRFError) -> Any:
    """A form older than the session, as in a second tab after signing in again: shown to be sent again.

    Only when the browser says that the form was a page of ours.
    """
    if request.endpoint == "people.enter":
        flash("页面已过期，或浏览器没有启用 Cookie，请再登录一次。", "near")
        return _go(url_for("people.sign_in"))
    _end_when_idle()
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
