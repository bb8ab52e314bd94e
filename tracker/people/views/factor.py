"""动态口令: set up, confirm, new recovery codes, take away."""

from flask import flash, render_template, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.people import actions, totp
from tracker.people.forms import CodeForm
from tracker.people.queries.sign_ins import recovery_codes_left
from tracker.people.rules.managing import Power
from tracker.people.rules.second_factor import WRONG_CODE
from tracker.people.views import sessions
from tracker.people.views.entrance import blueprint, lock_policy
from tracker.people.views.roll import find_person, may


@blueprint.get("/account/second-factor")
def second_factor() -> str:
    """动态口令."""
    return _page(CodeForm(formdata=None))


@blueprint.post("/account/second-factor")
def begin_factor() -> Response:
    """开始设置: a new secret."""
    actions.begin_factor(web.db(), web.me(), key=sessions.key())
    web.db().commit()
    return web.see_other(url_for("people.second_factor"))


@blueprint.post("/account/second-factor/confirmation")
def confirm_factor() -> str | tuple[str, int]:
    """启用, with a first code; the recovery codes are in the answer itself, and nowhere else."""
    form = CodeForm()
    if not form.validate():
        return _page(form), 422
    codes = actions.confirm_factor(
        web.db(), web.me(), form.code.data or "",
        key=sessions.key(), at=web.clock().now(), code_at=web.clock().real_now(),
    )  # fmt: skip
    if codes is None:
        form.code.errors = ["动态口令不正确；请核对手机的时间，再输入现在显示的 6 位数字"]
        return _page(form), 422
    web.db().commit()
    return render_template("people/recovery_codes.html", codes=codes, done="动态口令已启用")


@blueprint.post("/account/second-factor/codes")
def renew_codes() -> str | tuple[str, int]:
    """重新生成恢复码."""
    form = CodeForm()
    if not _is_proved(form):
        return _page(form), 422
    codes = actions.renew_codes(web.db(), web.me(), at=web.clock().now())
    web.db().commit()
    return render_template("people/recovery_codes.html", codes=codes, done="恢复码已重新生成，原来的作废")


@blueprint.post("/account/second-factor/removal")
def remove_factor() -> Response | tuple[str, int]:
    """停用 one's own, with a code."""
    form = CodeForm()
    if not _is_proved(form):
        return _page(form), 422
    actions.remove_factor(web.db(), web.me(), by=web.me(), at=web.clock().now())
    web.db().commit()
    flash("动态口令已停用。", "ok")
    return web.see_other(url_for("people.second_factor"))


@blueprint.post("/people/<int:user_id>/second-factor/removal")
@may(Power.REMOVE_FACTOR)
def remove_factor_of(user_id: int) -> Response:
    """解除 that of somebody who lost the telephone."""
    user = find_person(user_id, Power.REMOVE_FACTOR)
    actions.remove_factor(web.db(), user, by=web.me(), at=web.clock().now())
    web.db().commit()
    flash(f"{user.name}（{user.username}）的动态口令已解除，下次登录只用密码。", "ok")
    return web.see_other(url_for("people.edit", user_id=user.id))


def _is_proved(form: CodeForm) -> bool:
    """Whether the form has a good code; wrong ones are counted for good."""
    if not form.validate():
        return False
    if not web.me().has_second_factor:
        form.code.errors = [WRONG_CODE]
        return False
    problem = actions.prove(
        web.db(), web.me(), form.code.data or "",
        key=sessions.key(), policy=lock_policy(), at=web.clock().now(), code_at=web.clock().real_now(),
    )  # fmt: skip
    if problem:
        web.db().commit()
        form.code.errors = [problem]
    return problem is None


def _page(form: CodeForm) -> str:
    user = web.me()
    if not user.has_second_factor:
        form.code.description = "手机验证器上现在显示的 6 位数字"
    secret = None if user.has_second_factor else actions.secret_of(web.db(), user, key=sessions.key())
    address = totp.address(secret, user.username) if secret else ""
    return render_template(
        "people/second_factor.html",
        form=form,
        secret=totp.in_groups(secret) if secret else "",
        address=address,
        picture=totp.picture(address) if address else "",
        left=recovery_codes_left(web.db(), user),
        is_demanded=user.role.value in web.core().config.totp_roles,
    )
