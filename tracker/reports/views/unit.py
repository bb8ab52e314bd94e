"""The unit's own pages: its months, and the report of a month to write and to send."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError

from tracker import web
from tracker.behalf import is_on_behalf, unit_in_hand
from tracker.errors import Refused, Stale, refusal_words
from tracker.reports import actions, overview, queries
from tracker.reports.forms import TypedReport, typed_report
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import (
    LineText,
    common_fault,
    line_faults,
    nil_fault,
    refuse_write,
    typed_faults,
    with_common_reason,
)
from tracker.reports.sheet import Sheet, last_event, sheet_of
from tracker.reports.views.finding import blueprint, find_period, find_unit, own_unit, terms
from tracker.reports.views.one import read_page
from tracker.units.models import Unit


def own_months_page() -> str:
    """The months of the signed-in person's unit, the newest first."""
    unit, present = own_unit(), terms()
    months = overview.own_months(web.db(), web.campaign(), unit, present) if unit else []
    return render_template(
        "reports/own.html", unit=web.me().unit, months=months, terms=present, may_write=_may_write
    )


@blueprint.get("/reports/<int:period_id>")
@web.business_only
def own(period_id: int) -> web.Answer:
    """The own unit's report of a month: to write, or to read when it is not to be written."""
    period, unit = find_period(period_id), own_unit()
    if unit is None and web.me().role.reads_all:
        return web.see_other(url_for("months.show", month=period.name))
    unit = unit or find_unit(unit_in_hand().id)
    report = queries.report_of(web.db(), period, unit.id)
    if refuse_write(report, period, unit.id, web.me(), terms()):
        return read_page(period, unit)
    return write_page(sheet_of(web.db(), period, unit, terms()))


@blueprint.post("/reports/<int:period_id>/draft")
@web.business_only
def save(period_id: int) -> web.Answer:
    """Keep what was typed; while somebody types the page does so by itself."""
    if web.is_htmx():
        return _autosaved(period_id)
    return _written(period_id, submits=False)


@blueprint.post("/reports/<int:period_id>/submission")
@web.business_only
def submit(period_id: int) -> web.Answer:
    """Keep what was typed and hand the report in."""
    return _written(period_id, submits=True)


def _autosaved(period_id: int) -> web.Answer:
    """Keep the draft without a new page, and tell when, or why not."""
    period, unit = find_period(period_id), find_unit(unit_in_hand().id)
    typed, problem, code = typed_report(request.form), "", 200
    faulty_count = len(_faults(typed.filled_lines, typed, submits=False))
    if faulty_count:
        problem, code = f"有 {faulty_count} 条填写有误，请改正后保存草稿", 422
    else:
        try:
            _keep(period, unit, typed, submits=False)
            web.db().commit()
        except (Refused, StaleDataError) as error:
            web.db().rollback()
            problem, code = refusal_words(error), 409
    report = queries.report_of(web.db(), period, unit.id)
    page = render_template(
        "reports/_autosaved.html",
        problem=problem,
        at=web.clock().now(),
        version=report.version if report else 0,
    )
    return page, code


def _may_write(row: overview.OwnMonth) -> bool:
    me = web.me()
    return refuse_write(row.report, row.period, me.unit_id, me, terms()) is None


def _refusal(sheet: Sheet) -> str | None:
    return refuse_write(sheet.report, sheet.period, sheet.unit.id, web.me(), sheet.terms)


def _written(period_id: int, *, submits: bool) -> web.Answer:
    period, unit = find_period(period_id), find_unit(unit_in_hand().id)
    present, typed = terms(), typed_report(request.form)
    lines = typed.filled_lines
    common_problem = _common_problem(lines, typed) if submits else None
    faults = _faults(lines, typed, submits=submits and common_problem is None)
    if faults or common_problem:
        sheet = sheet_of(web.db(), period, unit, present, typed=lines, faults=faults)
        return write_page(sheet, typed, common_problem=common_problem or ""), 422
    try:
        _keep(period, unit, typed, submits=submits)
    except (Refused, StaleDataError) as error:
        web.db().rollback()
        sheet = sheet_of(web.db(), period, unit, present, typed=typed.lines)
        return write_page(sheet, typed, refusal_words(error)), 409
    web.db().commit()
    whose = f"{unit.short}（市食安办代）" if is_on_behalf() else ""
    sent = "已送单位负责人审签" if period.campaign.is_report_approved else "已提交，等待市食安办审核"
    flash(f"{whose}月报{sent}" if submits else f"{whose}草稿已保存，还没有提交", "ok")
    return web.see_other(url_for("reports.own", period_id=period.id, **behalf(unit)))


def _keep(period: ReportPeriod, unit: Unit, typed: TypedReport, *, submits: bool) -> None:
    session, me, now, present = web.db(), web.me(), web.clock().now(), terms()
    report = queries.report_of(session, period, unit.id)
    if report is None:
        report = actions.open_draft(session, period, unit, by=me, at=now, terms=present)
    elif report.version != typed.version:
        raise Stale
    lines, why_nil = typed.filled_lines, typed.nil_reason
    actions.save_draft(session, report, lines, by=me, at=now, terms=present, nil_reason=why_nil)
    if submits:
        send = actions.hand_up if period.campaign.is_report_approved else actions.submit
        send(session, report, by=me, at=now, terms=present)


def _common_problem(lines: Mapping[int, LineText], typed: TypedReport) -> str | None:
    """What is wrong with the report as a whole, before its lines are looked at."""
    if typed.is_nil:
        return nil_fault(lines, typed.common_reason)
    return common_fault(lines) if typed.fills_empty and not typed.common_reason else None


def _faults(lines: Mapping[int, LineText], typed: TypedReport, *, submits: bool) -> dict[int, dict[str, str]]:
    if typed.is_nil:
        lines = with_common_reason(lines, typed.common_reason, fills_empty=True)
    found = {
        item_id: {**(line_faults(line) if submits else {}), **typed_faults(line)}
        for item_id, line in lines.items()
    }
    return {item_id: faults for item_id, faults in found.items() if faults}


def own_address(report: MonthlyReport) -> str:
    """The unit's page of the report, in whose name the office may act."""
    return url_for("reports.own", period_id=report.period_id, **behalf(report.unit))


def behalf(unit: Unit) -> dict[str, Any]:
    """The argument with which an address goes on acting in the unit's name."""
    return {"unit": unit.id} if is_on_behalf() else {}


def write_page(
    sheet: Sheet,
    typed: TypedReport | None = None,
    problem: str = "",
    common_problem: str = "",
    form_problems: Sequence[str] = (),
    is_form_kept: bool = False,
) -> str:
    """The report to write, as it stands or as it was typed and not taken."""
    report = sheet.report
    return render_template(
        "reports/write.html",
        sheet=sheet,
        is_nil=typed.is_nil if typed else report is not None and report.is_nil,
        common_reason=typed.common_reason if typed else report.nil_reason if report else "",
        fills_empty=typed is not None and typed.fills_empty,
        problem=problem,
        common_problem=common_problem,
        form_problems=form_problems,
        is_form_kept=is_form_kept,
        refusal=_refusal(sheet),
        behalf=behalf(sheet.unit),
        last_event=last_event(web.db(), report) if report else None,
    )
