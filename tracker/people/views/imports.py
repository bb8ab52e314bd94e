"""导入名册: template, dry run, and the step that makes the accounts."""

from io import BytesIO
from typing import Any

from flask import current_app, flash, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from tracker import web
from tracker.downloads import send_workbook
from tracker.errors import Refused
from tracker.people import actions, queries, roster
from tracker.people.roster import Row
from tracker.people.rules.managing import Power
from tracker.people.views.entrance import blueprint
from tracker.people.views.roll import WAITING, may, show_slips
from tracker.units.queries import unit_book
from tracker.workbook.sheet import WorkbookError

LONGEST_AGE = 2 * 60 * 60
ALREADY_IMPORTED = (
    "这份名册已经导入过，没有新增或更新的人员。一次性密码只在导入时显示一次；没有打印的，请逐人重置密码。"
)


@blueprint.get("/people/import")
@may(Power.ADD)
def import_form() -> str:
    """导入名册."""
    return render_template("people/import.html")


@blueprint.get("/people/import/template")
@may(Power.ADD)
def import_template() -> Response:
    """The empty sheet, with the real units as a list."""
    content = BytesIO()
    units = queries.staffed_units(web.db(), web.me().unit.jurisdiction_id)
    roster.write_template(content, units, web.me().role)
    return send_workbook(content, "人员名册模板", "people-template")


@blueprint.post("/people/import")
@may(Power.ADD)
def import_check() -> str | tuple[str, int]:
    """Dry run: what each row would do, and what is wrong in which cell. Nothing is saved."""
    upload = request.files.get("roster")
    if upload is None or not upload.filename:
        return render_template("people/import.html", problem="请选择填好的 XLSX 文件"), 422
    try:
        rows = roster.read_rows(BytesIO(upload.read()))
    except WorkbookError as error:
        return render_template("people/import.html", problem=str(error)), 422
    return _preview(rows)


@blueprint.post("/people/import/confirmation")
@may(Power.ADD)
def import_confirm() -> str | Response | tuple[str, int]:
    """Make the accounts of the dry run, all or none; checked again, as time has passed."""
    try:
        signed = _signer().loads(request.form.get("rows", ""), max_age=LONGEST_AGE)
    except BadSignature:
        raise Refused("预检结果已过期，请重新上传文件") from None
    if signed["user"] != web.me().id:
        raise Refused("预检结果属于另一个账号，请重新上传文件")
    rows: list[Row] = [{name: (cell[0], cell[1]) for name, cell in row.items()} for row in signed["rows"]]
    checked = _check(rows)
    if checked.faults:
        return _preview(rows)
    plan = actions.plan_import(web.db(), web.me().unit.jurisdiction_id, checked.entries)
    issued = actions.carry_out_import(web.db(), plan, by=web.me(), at=web.clock().now())
    web.db().commit()
    updated = sum(1 for line in plan if line.user and line.changes)
    done = f"已新增 {len(issued)} 人，更新 {updated} 人"
    if any(password for _, password in issued):
        return show_slips(issued, done)
    if issued:
        done = f"{done}；{WAITING}"
    flash(f"{done}。" if issued or updated else ALREADY_IMPORTED, "ok" if issued or updated else "near")
    return web.see_other(url_for("people.index"))


def _preview(rows: list[Row]) -> str | tuple[str, int]:
    checked = _check(rows)
    if checked.faults:
        return _faulty(rows, checked.faults)
    plan = actions.plan_import(web.db(), web.me().unit.jurisdiction_id, checked.entries)
    signed = _signer().dumps({"user": web.me().id, "rows": rows})
    return render_template(
        "people/import_check.html",
        rows=rows,
        columns=roster.COLUMNS,
        plan=plan,
        signed=signed,
        added=sum(1 for line in plan if line.user is None),
        updated=sum(1 for line in plan if line.user and line.changes),
    )


def _faulty(rows: list[Row], faults: list[roster.Fault]) -> tuple[str, int]:
    by_address = {fault.address: fault.text for fault in faults}
    page = render_template(
        "people/import_check.html", rows=rows, columns=roster.COLUMNS, faults=faults, by_address=by_address
    )
    return page, 422


def _check(rows: list[Row]) -> roster.Checked:
    city = web.me().unit.jurisdiction
    return roster.check(rows, unit_book(web.db(), city.id), web.me().role, city=city.name)


def _signer() -> Any:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="roster")
