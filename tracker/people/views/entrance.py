"""Coming in and going out, and one's own password."""

from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from tracker import web
from tracker.errors import Refused
from tracker.people import actions, kept, passwords, queries
from tracker.people.actions import Answer, Attempt
from tracker.people.forms import CodeForm, PasswordForm, SignInForm
from tracker.people.models import User
from tracker.people.queries.locks import address_closed_until
from tracker.people.rules.locks import LockPolicy
from tracker.people.rules.passwords import WARNING_DAYS
from tracker.people.rules.second_factor import HALF_SECONDS, WRONG_CODE
from tracker.people.views import sessions

blueprint = Blueprint("people", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Whether the server answers; asks no database."""
    return Response("ok", mimetype="text/plain")


@blueprint.get("/sign-in")
def sign_in() -> str | Response:
    """登录."""
    if current_user.is_authenticated:
        return redirect(url_for("desk.home"))
    return sign_in_page(SignInForm(formdata=None))


@blueprint.post("/sign-in")
def enter() -> str | Response | tuple[str, int]:
    """Sign in, and go where one wanted to go."""
    form = SignInForm()
    if not form.validate():
        return sign_in_page(form), 422
    answer = _try(form)
    if answer.user is None:
        web.db().commit()
        form.username.errors = [_refusal(answer)]
        return sign_in_page(form), 422
    if answer.is_half:
        return ask_code(answer.user)
    return begin(answer.user)


@blueprint.post("/sign-in/code")
def enter_code() -> str | Response | tuple[str, int]:
    """The second step: a code of the telephone, or a recovery code."""
    (user, is_by_oidc), form = _half_entered(), CodeForm()
    if user is None:
        flash("登录已过期，请重新输入用户名和密码。", "near")
        return web.see_other(url_for("people.sign_in"))
    if not form.validate():
        return _code_page(form), 422
    attempt = Attempt(
        user.username, True, web.clock().now(), web.clock().today(), request.remote_addr or "", is_by_oidc
    )
    answer = actions.try_code(
        web.db(), attempt, form.code.data or "",
        key=sessions.key(), policy=lock_policy(), code_at=web.clock().real_now(),
    )  # fmt: skip
    if answer.user is None:
        web.db().commit()
        closed = answer.locked_until or answer.address_locked_until or answer.reason
        form.code.errors = [_refusal(answer) if closed else WRONG_CODE]
        return _code_page(form), 422
    return begin(answer.user, is_by_oidc=is_by_oidc)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """退出."""
    actions.leave(web.db(), web.me(), g.sign_in_id, at=web.clock().now())
    web.db().commit()
    logout_user()
    session.clear()
    flash("已退出。", "ok")
    return web.see_other(url_for("people.sign_in"))


@blueprint.get("/password")
def password() -> str:
    """修改密码."""
    return _password_page(PasswordForm(formdata=None))


@blueprint.post("/password")
def change_password() -> Response | tuple[str, int]:
    """Change one's own password."""
    form = PasswordForm()
    if not form.validate():
        return _password_page(form), 422
    if wait := actions.reason_to_wait(web.me(), policy=lock_policy(), at=web.clock().now()):
        form.old_password.errors = [wait]
        return _password_page(form), 422
    known = actions.known_of(web.db(), web.me())
    web.db().rollback()  # hashing takes a while, and nobody else is to wait for it
    try:
        change = actions.check_change(
            known, old=form.old_password.data or "", new=form.new_password.data or ""
        )
    except Refused as refused:
        is_wrong = str(refused) == actions.WRONG_OLD
        if is_wrong:
            actions.count_wrong(
                web.db(), web.me(), "password_refused", policy=lock_policy(), at=web.clock().now()
            )
            web.db().commit()
        field = form.old_password if is_wrong else form.new_password
        field.errors = [str(refused)]
        return _password_page(form), 422
    actions.change_password(web.db(), web.me(), change, at=web.clock().now())
    sessions.begin(web.me())
    web.db().commit()
    flash("密码已修改；在其他设备上的登录已失效。", "ok")
    return web.see_other(url_for("desk.home"))


def begin(user: User, target: str = "", *, is_by_oidc: bool = False) -> str | Response:
    """Begin the session, and go on: to what was left, to `target`, or to what the form says."""
    sessions.begin(user, is_by_oidc=is_by_oidc)
    web.db().commit()
    if not is_by_oidc:
        _warn_of_old_password(user)
    return _welcome(user, target or request.form.get("next", ""))


def ask_code(user: User, target: str = "", *, is_by_oidc: bool = False) -> str:
    """The page of the second step. The cookie knows for five minutes that the first was right; a new
    password makes it void."""
    sessions.drop_old()
    web.db().commit()
    session.clear()
    session["half"] = [user.username, sessions.seconds(), _mark(user), is_by_oidc]
    g.pop("csrf_token", None)
    return _code_page(CodeForm(formdata=None), target)


def _half_entered() -> tuple[User | None, bool]:
    """Whose first step was right, and whether the identity platform vouched for it."""
    username, since, mark, *way = session.get("half") or ("", 0, "")
    if not username or sessions.seconds() - since > HALF_SECONDS:
        return None, False
    user = queries.user_named(web.db(), username)
    return (user if user and _mark(user) == mark else None), any(way)


def _mark(user: User) -> str:
    return sha256(user.password_hash.encode()).hexdigest()[:16]


def _code_page(form: CodeForm, target: str = "") -> str:
    goes_to = target or request.values.get("next", "")
    return render_template("people/code.html", form=form, kept=request.form.get("kept", ""), next=goes_to)


def _try(form: SignInForm) -> Answer:
    """Hold the password against the account, then take down the attempt; the caller commits.

    The slow hash is made before SQLite's write lock is taken.
    """
    username, at, address = form.username.data or "", web.clock().now(), request.remote_addr or ""
    with web.core().database.session() as reading:
        found = queries.user_named(reading, username)
        is_shut = address_closed_until(reading, address, policy=lock_policy(), at=at) is not None
    stored = found.password_hash if found else ""
    is_right = not is_shut and passwords.matches(stored, form.password.data or "")
    attempt = Attempt(username, is_right, at, web.clock().today(), address)
    return actions.try_to_enter(web.db(), attempt, policy=lock_policy())


def lock_policy() -> LockPolicy:
    """What wrong passwords and codes lead to here."""
    config = web.core().config
    return LockPolicy(
        config.lock_after, config.lock_minutes, config.address_lock_after, config.address_lock_minutes
    )


def _refusal(answer: Answer) -> str:
    config = web.core().config
    if answer.address_locked_until is not None:
        until = _city_time(answer.address_locked_until)
        return f"您的网络地址登录失败次数过多，{until} 以前不能从这个地址登录；到时间自动解开"
    if answer.locked_until is not None:
        until = _city_time(answer.locked_until)
        locked = f"密码连续输错 {config.lock_after} 次，账号已锁定至 {until}"
        return f"{locked}；到时间自动解开，也可以找市食安办或安全管理员重置密码"
    if answer.reason:
        return answer.reason
    return f"用户名或密码不正确；连续输错 {config.lock_after} 次将锁定 {config.lock_minutes} 分钟"


def _city_time(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(web.clock().zone)):%H:%M}"


def sign_in_page(form: SignInForm, target: str = "") -> str:
    """The sign-in page; `target`, or what the request says, is where it leads."""
    return render_template(
        "people/sign_in.html",
        form=form,
        kept=request.form.get("kept", ""),
        next=target or request.values.get("next", ""),
        unified=sessions.unified(),
    )


def _warn_of_old_password(user: User) -> None:
    left = sessions.password_days_left(user)
    if left is not None and 0 < left <= WARNING_DAYS:
        flash(f"密码还有 {left} 天到期，请到“我的账号”修改。", "near")


def _password_page(form: PasswordForm) -> str:
    trouble = sessions.password_trouble(web.me())
    return render_template("people/password.html", form=form, trouble=trouble)


def _welcome(user: User, target: str) -> str | Response:
    """What was left when the session ended, for the same person; else the page asked for."""
    sealed = request.form.get("kept", "")
    form = kept.opened(sealed) if sealed else None
    if form and form.user_id == user.id and not sessions.is_held_up(user):
        return render_template("people/kept.html", kept=form)
    if sealed:
        flash("上次未提交的内容不属于现在登录的账号，或已过期，没有保留。", "near")
    return web.see_other(target if web.is_own_path(target) else url_for("desk.home"))
