"""工作日历, a part of 创建设置: holidays and make-up days; the report days to come follow what is changed."""

from dataclasses import dataclass
from datetime import date

from flask import abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.reports import planning
from tracker.reports.views.finding import blueprint
from tracker.workdays import actions
from tracker.workdays.actions import Days
from tracker.workdays.forms import NoticeForm, SpanForm
from tracker.workdays.notice import Festival, Notice, read_notice
from tracker.workdays.queries import special_days
from tracker.workdays.rules import DayKind

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Line:
    """A festival of a notice on the page: what it enters, and how many of its days are new or changed."""

    festival: Festival
    change_count: int


@blueprint.get("/plan/settings/working-days")
@web.administrators_only
def working_days() -> str:
    """The days of a year that differ from the plain week."""
    return _page()


@blueprint.post("/plan/settings/working-days")
@web.administrators_only
def enter_days() -> web.Answer:
    """录入 a span of days."""
    form = SpanForm()
    if not form.validate():
        return _page(span_form=form), 422
    kind, name = DayKind(form.kind.data), form.name.data or ""
    return _enter(dict.fromkeys(form.days(), (kind, name)))


@blueprint.post("/plan/settings/working-days/notice")
@web.administrators_only
def read_pasted() -> web.Answer:
    """试读 a notice: what it would enter. Nothing is saved."""
    form = NoticeForm()
    notice = read_notice(form.text.data or "", form.wanted_year) if form.validate() else None
    if notice is None or notice.faults:
        return _page(notice_form=form, notice=notice), 422
    return _page(notice_form=form, notice=notice)


@blueprint.post("/plan/settings/working-days/confirmation")
@web.administrators_only
def enter_notice() -> web.Answer:
    """录入 what was read; the text is read again, all of it is entered or nothing."""
    form = NoticeForm()
    notice = read_notice(form.text.data or "", form.wanted_year) if form.validate() else None
    if notice is None or notice.faults:
        return _page(notice_form=form, notice=notice), 422
    return _enter(_days_of(notice))


@blueprint.post("/plan/settings/working-days/<day>/removal")
@web.administrators_only
def drop_day(day: str) -> Response:
    """删除 a day that the office entered."""
    found = _day(day) or abort(404)
    city = web.me().unit.jurisdiction
    actions.drop_day(web.db(), city, found, by=web.me(), at=web.clock().now())
    moved = planning.follow_calendar(web.db(), city.id, web.day().today)
    web.db().commit()
    flash(f"已删除 {found}{_moved_words(moved)}", "ok")
    return web.see_other(url_for("reports.working_days", year=found.year))


def _enter(days: Days) -> Response:
    city = web.me().unit.jurisdiction
    count = actions.enter_days(web.db(), city, days, by=web.me(), at=web.clock().now())
    moved = planning.follow_calendar(web.db(), city.id, web.day().today)
    web.db().commit()
    flash(f"已录入 {count} 天{_moved_words(moved)}" if count else "与现有的工作日历相同，没有变动", "ok")
    return web.see_other(url_for("reports.working_days", year=max(days).year))


def _moved_words(count: int) -> str:
    return f"，{count} 个月的月报截止日随之变动" if count else ""


def _page(
    *, span_form: SpanForm | None = None, notice_form: NoticeForm | None = None, notice: Notice | None = None
) -> str:
    year = _year()
    campaign, calendar = web.campaign(), web.day().calendar
    last = max(campaign.ends_on.year + 1, web.day().today.year + 1, year)
    shown = range(min(campaign.starts_on.year, year), last + 1)
    return render_template(
        "workdays/index.html",
        year=year,
        years=[(each, calendar.is_known([each])) for each in shown],
        days=special_days(web.db(), web.me().unit.jurisdiction_id, year),
        span_form=span_form or SpanForm(None),
        notice_form=notice_form or NoticeForm(None),
        notice=notice,
        lines=[_line(festival) for festival in notice.festivals] if notice and not notice.faults else [],
        weekday=lambda day: WEEKDAYS[day.weekday()],
    )


def _line(festival: Festival) -> Line:
    special = web.day().calendar.special
    return Line(festival, sum(special.get(day) is not kind for day, kind in festival.days))


def _days_of(notice: Notice) -> Days:
    return {day: (kind, festival.name) for festival in notice.festivals for day, kind in festival.days}


def _year() -> int:
    """The year asked for, within a lifetime; else the present one."""
    raw = request.args.get("year", "")
    return int(raw) if raw.isascii() and raw.isdigit() and 2000 <= int(raw) < 2200 else web.day().today.year


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None
