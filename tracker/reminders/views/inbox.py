"""提醒: what the person was told, in the system itself."""

from flask import Blueprint, abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.forms import whole_number
from tracker.paging import PAGE_SIZE, Page, page_number
from tracker.reminders import reading
from tracker.reminders.queries import inbox
from tracker.reminders.queries.calendar import feed_of

blueprint = Blueprint("reminders", __name__)


@blueprint.get("/notices")
@web.business_only
def notices() -> str:
    """What the person was told, the newest first."""
    number = page_number(request.args.get("page"))
    rows = inbox.notices(web.db(), web.me(), offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    feed = feed_of(web.db(), web.me())
    total, newest = inbox.notice_count(web.db(), web.me())
    return render_template(
        "reminders/inbox.html",
        page=Page(list(rows), total, number, request.path, request.args.to_dict(flat=False)),
        newest=newest,
        done=inbox.done_since(web.db(), web.me(), rows),
        unread_count=web.unread_count(),
        feed=feed,
        feed_url=web.core().config.base_url + url_for("reminders.calendar", token=feed.token) if feed else "",
    )


@blueprint.get("/notices/<int:notice_id>")
@web.business_only
def open_notice(notice_id: int) -> Response:
    """Off to what the notice speaks of; it has been read then. A link is no form, so the request's own
    session only reads."""
    notice = inbox.notice_of(web.db(), web.me(), notice_id) or abort(404)
    if notice.read_at is None and request.method == "GET":
        web.db().commit()  # the reading is over
        with web.core().database.transaction() as session:
            reading.read(session, web.me(), first=notice.id, last=notice.id, at=web.clock().now())
    return web.see_other(notice.url)


@blueprint.post("/notices/reading")
@web.business_only
def read_all() -> Response:
    """全部标为已读, up to the newest that the page showed."""
    last = whole_number(request.form.get("through")) or 0
    count = reading.read(web.db(), web.me(), first=1, last=last, at=web.clock().now())
    web.db().commit()
    flash(f"已将 {count} 条提醒标为已读" if count else "没有未读的提醒", "ok")
    return web.see_other(url_for("reminders.notices"))
