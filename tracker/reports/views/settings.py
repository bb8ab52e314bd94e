"""The part of 创建设置 that is about monthly reports."""

from flask import flash, url_for

from tracker import web
from tracker.plan.forms import ReportingForm
from tracker.plan.rules import OffDay
from tracker.plan.views.settings import settings_page
from tracker.reports import planning
from tracker.reports.rules import Reporting, month_of
from tracker.reports.views.finding import blueprint


@blueprint.post("/plan/reporting")
@web.administrators_only
def set_reporting() -> web.Answer:
    """By which day of the month reports are due, and in which months."""
    form = ReportingForm()
    reporting = _reporting(form) if form.validate() else None
    if reporting is None:
        return settings_page(reporting_form=form), 422
    changed_count = planning.set_reporting(
        web.db(), web.campaign(), reporting, form.report_resend_days.data or 0,
        bool(form.is_report_approved.data), by=web.me(), at=web.clock().now(), today=web.day().today,
    )  # fmt: skip
    web.db().commit()
    changed = f"，{changed_count} 个月有变动" if changed_count else ""
    flash(f"月报设置已保存{changed}", "ok")
    return web.see_other(url_for("plan.settings"))


def _reporting(form: ReportingForm) -> Reporting | None:
    first, last = (month_of(one.data or "") for one in (form.report_first_month, form.report_last_month))
    if first is None or last is None:
        return None
    is_inclusive, off_day = form.is_report_day_inclusive.data == "1", OffDay(form.report_off_day.data)
    return Reporting(first, last, form.report_day.data or 0, is_inclusive, off_day)
