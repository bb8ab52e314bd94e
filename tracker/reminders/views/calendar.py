"""The calendar of a person, at an address that asks nobody to sign in."""

from flask import abort, flash, make_response, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.milestones.rules import Day
from tracker.people.rules import reason_not_to_enter
from tracker.reminders import reading
from tracker.reminders.icalendar import as_ics
from tracker.reminders.queries.calendar import subscriber, unit_days
from tracker.reminders.views.inbox import blueprint
from tracker.workdays.queries import calendar_of


@blueprint.get("/calendar/<token>.ics")
def calendar(token: str) -> Response:
    """The unit's days; a wrong address, and that of who has left, is like any that does not exist."""
    db, now = web.db(), web.clock().now()
    person = subscriber(db, token) or abort(404)
    city = person.unit.jurisdiction
    today = web.clock().day_of(now, city.timezone)
    left = reason_not_to_enter(is_active=person.is_active, valid_until=person.valid_until, today=today)
    if left or person.role.is_admin:
        abort(404)
    day = Day(today, calendar_of(db, city.id))
    events = unit_days(db, person.unit, day, web.core().config.base_url)
    answer = make_response(as_ics(f"{person.unit.short} 创建日程", city.timezone, events, at=now))
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = "inline; filename=tracker.ics"
    return answer


@blueprint.post("/notices/calendar")
@web.business_only
def renew_calendar() -> Response:
    """A first address, or another one."""
    reading.renew_feed(web.db(), web.me(), at=web.clock().now())
    web.db().commit()
    flash("日历地址已生成，请在日历软件中订阅；以前的地址不能再用", "ok")
    return web.see_other(url_for("reminders.notices"))
