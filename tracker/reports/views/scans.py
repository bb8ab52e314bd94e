"""盖章扫描件: its upload by the unit, and the file for whoever may read the report."""

from flask import abort, flash, send_file, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.behalf import unit_in_hand
from tracker.errors import Refused
from tracker.evidence.views.document import SANDBOX
from tracker.reports import actions
from tracker.reports.rules import refuse_scan
from tracker.reports.views.finding import blueprint, find_report
from tracker.reports.views.one import read_page
from tracker.uploads import taken_in


@blueprint.post("/reports/<int:period_id>/scans")
@web.business_only
def add_scan(period_id: int) -> web.Answer:
    """Put the stamped form beside the report."""
    report = find_report(period_id, unit_in_hand().id)
    if refusal := refuse_scan(report.unit_id, web.me(), is_submitted=bool(report.versions)):
        return read_page(report.period, report.unit, problem=refusal), 409
    delivery = taken_in("file")
    report = find_report(period_id, unit_in_hand().id)  # it took a while
    problems = list(delivery.problems)
    for received in delivery.received:
        try:
            actions.add_scan(web.db(), report, received, by=web.me(), at=web.clock().now())
        except Refused as refused:
            problems.append(str(refused))
    web.db().commit()
    if problems:
        return read_page(report.period, report.unit, upload_problem="；".join(problems)), 422
    flash("盖章扫描件已上传", "ok")
    return web.see_other(url_for("reports.show", period_id=period_id, unit_id=report.unit_id))


@blueprint.get("/reports/<int:period_id>/units/<int:unit_id>/scans/<int:scan_id>")
@web.business_only
def scan(period_id: int, unit_id: int, scan_id: int) -> Response:
    """The stamped form under its name, to be saved."""
    report = find_report(period_id, unit_id)
    found = next((one for one in report.scans if one.id == scan_id), None) or abort(404)
    path = web.core().store.path(found.file.sha256)
    if not path.is_file():
        return web.show_error(404, "文件缺失", "这份文件不在存储里，请联系系统管理员运行 tracker doctor。")
    answer = send_file(
        path, found.file.kind.media_type, as_attachment=True, download_name=found.file_name,
        etag=found.file.sha256, last_modified=found.file.stored_at,
    )  # fmt: skip
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer
