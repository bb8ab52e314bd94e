"""单位与人员: who has an account, and what the administrators do with it."""

from collections.abc import Callable
from hashlib import sha256
from typing import ParamSpec, TypeVar

from flask import abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.errors import Refused
from tracker.forms import whole_number
from tracker.paging import PAGE_SIZE, Page, page_number
from tracker.people import actions, queries
from tracker.people.forms import AddForm, EditForm, RoleForm
from tracker.people.models import User
from tracker.people.queries import PeopleFilter
from tracker.people.queries.absence import absent, last_sign_ins
from tracker.people.queries.sign_ins import sign_ins_of
from tracker.people.rules import Role
from tracker.people.rules.absence import Absence
from tracker.people.rules.locks import is_locked
from tracker.people.rules.managing import POWERS, Power, assignable_roles, powers_over, reason_not_to_manage
from tracker.people.views import sessions
from tracker.people.views.entrance import blueprint
from tracker.units.models import Unit
from tracker.units.queries import stopped_units

P = ParamSpec("P")
T = TypeVar("T")
WAITING = "新账号待安全管理员启用，启用时发放一次性密码"


def may(power: Power) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Guard of a view: the role must have the power, and the office only where it manages people."""
    return web.only(lambda role: power in powers_of(role), is_administration=True)


def powers_of(role: Role) -> frozenset[Power]:
    """What a role may do with accounts in this installation."""
    is_out = role is Role.OFFICE_ADMIN and not web.core().config.office_manages_people
    return frozenset() if is_out else POWERS.get(role, frozenset())


@blueprint.get("/people")
@may(Power.SEE)
def index() -> str:
    """The people of the jurisdiction, by unit."""
    wanted = _wanted()
    found, absence = queries.people(_jurisdiction(), wanted), _absence()
    if absence:
        found = absent(found, absence, web.clock().now())
    total, number = queries.count_of(web.db(), found), page_number(request.args.get("page"))
    rows = list(web.db().scalars(found.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)))
    return render_template(
        "people/index.html",
        page=Page(rows, total, number, request.path, request.args.to_dict(flat=False)),
        wanted=wanted,
        absence=absence,
        absences=list(Absence),
        last_sign_ins=last_sign_ins(web.db(), rows),
        units=_units(),
        roles=list(Role),
        is_locked=lambda user: is_locked(user.locked_until, web.clock().now()),
        may_manage=lambda user: reason_not_to_manage(web.me().role, Power.SEE, user.role) is None,
        powers=powers_of(web.me().role),
        waiting_count=queries.count_of(web.db(), queries.waiting(_jurisdiction())),
    )


@blueprint.get("/people/units")
@may(Power.SEE)
def units() -> str:
    """Which units have a liaison, and which have none."""
    rows = queries.staffing(web.db(), _jurisdiction())
    missing = [row for row in rows if not row.liaisons]
    return render_template(
        "people/units.html",
        powers=powers_of(web.me().role),
        rows=missing if request.args.get("liaison") == "none" else rows,
        count=len(rows),
        stopped=stopped_units(web.db(), _jurisdiction()),
        missing_count=len(missing),
        only_missing=request.args.get("liaison") == "none",
    )


@blueprint.get("/people/new")
@may(Power.ADD)
def new() -> str:
    """新增人员."""
    form = AddForm(_units(), assignable_roles(web.me().role), formdata=None)
    form.unit_id.data = whole_number(request.args.get("unit"))
    form.role.data = Role.LIAISON.value
    return _new_page(form)


@blueprint.post("/people")
@may(Power.ADD)
def create() -> web.Answer:
    """Give somebody an account; the one-time password is in the answer itself, and nowhere else.

    Where somebody else gives the passwords the account waits.
    """
    units = _units()
    form = AddForm(units, assignable_roles(web.me().role))
    if not form.validate():
        return _new_page(form), 422
    unit = next(unit for unit in units if unit.id == form.unit_id.data)
    try:
        issued = actions.add(
            web.db(), unit, form.contact(), Role(form.role.data),
            by=web.me(), at=web.clock().now(), username=form.username.data or "",
        )  # fmt: skip
    except Refused as refused:
        form.username.errors = [str(refused)]
        return _new_page(form), 422
    web.db().commit()
    if issued[1]:
        return show_slips([issued], "已新增 1 人", hint=_hint(issued[0]))
    flash(f"已新增 {issued[0].name}（用户名 {issued[0].username}）；{WAITING}。", "ok")
    return web.see_other(url_for("people.index", unit=unit.id))


@blueprint.get("/people/<int:user_id>")
@may(Power.SEE)
def edit(user_id: int) -> str:
    """One person."""
    user = find_person(user_id, Power.SEE)
    return _edit_page(user, EditForm(user, formdata=None))


@blueprint.post("/people/<int:user_id>")
@may(Power.EDIT)
def update(user_id: int) -> Response | tuple[str, int]:
    """Change contact data; a form filled in before somebody else's change is shown again."""
    user = find_person(user_id, Power.EDIT)
    form = EditForm(user)
    if request.form.get("seen") != _version(user):
        return _edit_page(user, form, is_stale=True), 409
    if not form.validate():
        return _edit_page(user, form), 422
    try:
        actions.edit(web.db(), user, form.contact(), by=web.me(), at=web.clock().now())
    except Refused as refused:
        web.db().rollback()
        form.name.errors = [str(refused)]
        return _edit_page(user, form), 409
    web.db().commit()
    flash(f"已保存 {user.name} 的资料。", "ok")
    return web.see_other(url_for("people.index", unit=user.unit_id))


@blueprint.post("/people/<int:user_id>/password")
@may(Power.RESET)
def reset(user_id: int) -> str:
    """重置密码: a new one-time password, shown once."""
    user = find_person(user_id, Power.RESET)
    password = actions.reset_password(web.db(), user, by=web.me(), at=web.clock().now())
    web.db().commit()
    return show_slips([(user, password)], "密码已重置")


@blueprint.post("/people/<int:user_id>/enabling")
@may(Power.LET_IN)
def enable(user_id: int) -> str | Response:
    """启用: a new account gets its one-time password now."""
    user = find_person(user_id, Power.LET_IN)
    password = actions.enable(web.db(), user, by=web.me(), at=web.clock().now())
    web.db().commit()
    if password:
        return show_slips([(user, password)], "账号已启用")
    flash(f"{user.name}（{user.username}）已恢复使用。", "ok")
    return web.see_other(url_for("people.edit", user_id=user.id))


@blueprint.post("/people/enabling")
@may(Power.LET_IN)
def enable_waiting() -> str | Response:
    """启用 every new account that waits, as after an import."""
    found = web.db().scalars(queries.waiting(_jurisdiction())).all()
    mine = [user for user in found if not reason_not_to_manage(web.me().role, Power.LET_IN, user.role)]
    if not mine:
        raise Refused("没有待启用的账号")
    at = web.clock().now()
    issued = [(user, actions.enable(web.db(), user, by=web.me(), at=at)) for user in mine]
    web.db().commit()
    return show_slips(issued, f"已启用 {len(issued)} 个账号")


@blueprint.post("/people/<int:user_id>/role")
@may(Power.GIVE_ROLE)
def change_role(user_id: int) -> Response | tuple[str, int]:
    """更改角色."""
    user, form = find_person(user_id, Power.GIVE_ROLE), RoleForm()
    if not form.validate():
        return _edit_page(user, EditForm(user, formdata=None), role_form=form), 422
    actions.change_role(web.db(), user, Role(form.role.data), by=web.me(), at=web.clock().now())
    web.db().commit()
    flash(f"{user.name}的角色已改为{user.role.label}，须重新登录。", "ok")
    return web.see_other(url_for("people.edit", user_id=user.id))


@blueprint.post("/people/<int:user_id>/sign-ins/ending")
@may(Power.END_SIGN_INS)
def end_sign_ins(user_id: int) -> Response:
    """退出 everywhere where a person is signed in."""
    user = find_person(user_id, Power.END_SIGN_INS)
    actions.end_all(web.db(), user, by=web.me(), at=web.clock().now())
    web.db().commit()
    flash(f"{user.name}（{user.username}）的登录已全部退出。", "ok")
    return web.see_other(url_for("people.edit", user_id=user.id))


def show_slips(issued: list[tuple[User, str]], done: str, *, hint: str = "") -> str:
    """The sheet of slips with one-time passwords: it is the answer to the form, never an address."""
    return render_template(
        "people/slips.html", issued=issued, done=done, hint=hint, address=web.core().config.base_url
    )


def _hint(added: User) -> str:
    """What to think of when a unit gets one more liaison."""
    if added.role is not Role.LIAISON:
        return ""
    serving = queries.liaisons(web.db(), [added.unit_id]).get(added.unit_id, [])
    names = "、".join(user.name for user in serving if user.id != added.id)
    if not names:
        return ""
    return (
        f"{added.unit.short}已有联络员 {names}，提醒邮件会同时发给每一位；如果是接替，请停用原联络员的账号。"
    )


def _new_page(form: AddForm) -> str:
    waits = Power.RESET not in powers_of(web.me().role)
    return render_template("people/new.html", form=form, waits=waits)


def _edit_page(
    user: User, form: EditForm, *, is_stale: bool = False, role_form: RoleForm | None = None
) -> str:
    if role_form is None:
        role_form = RoleForm(formdata=None, role=user.role.value)
    return render_template(
        "people/edit.html",
        may={power.name for power in powers_over(web.me().role, user.role)},
        role_form=role_form,
        user=user,
        form=form,
        seen=_version(user),
        is_stale=is_stale,
        is_me=user.id == web.me().id,
        sign_ins=sign_ins_of(web.db(), user, sessions.policy(), web.clock().now()),
        locked_until=user.locked_until if is_locked(user.locked_until, web.clock().now()) else None,
    )


def find_person(user_id: int, power: Power) -> User:
    """Somebody of the jurisdiction with whom the signed-in person may do this."""
    user = queries.person_of(web.db(), _jurisdiction(), user_id)
    if user is None:
        abort(404)
    if reason_not_to_manage(web.me().role, power, user.role):
        abort(403)
    return user


def _version(user: User) -> str:
    """Changes whenever the contact data change."""
    return sha256(repr(actions.contact_of(user)).encode()).hexdigest()[:16]


def _wanted() -> PeopleFilter:
    role = request.args.get("role", "")
    return PeopleFilter(
        unit_id=whole_number(request.args.get("unit")),
        role=Role(role) if role in set(Role) else None,
        text=request.args.get("text", "").strip().replace("\x00", ""),
        reads_contacts=web.me().role.sees_contacts,
    )


def _absence() -> Absence | None:
    asked = request.args.get("absence", "")
    return Absence(asked) if asked in set(Absence) else None


def _units() -> list[Unit]:
    return queries.staffed_units(web.db(), _jurisdiction())


def _jurisdiction() -> int:
    return web.me().unit.jurisdiction_id
