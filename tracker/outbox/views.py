"""提醒发件箱 over HTTP."""

from flask import Blueprint, abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.outbox import actions, queries
from tracker.outbox.models import OutboxMessage
from tracker.outbox.rules import MailState, refuse_resend, state_words
from tracker.paging import PAGE_SIZE, Page, page_number
from tracker.people.rules import Role

blueprint = Blueprint("outbox", __name__)


@blueprint.get("/outbox")
@web.office_only
def index() -> str:
    """All mails, the newest first, or those of one state."""
    asked = request.args.get("state", "")
    state = MailState(asked) if asked in set(MailState) else None
    number = page_number(request.args.get("page"))
    home = web.me().unit.jurisdiction_id
    rows = queries.mails(web.db(), home, state, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    total = queries.mail_count(web.db(), home, state)
    page = Page(list(rows), total, number, request.path, request.args.to_dict(flat=False))
    return render_template(
        "outbox/index.html",
        page=page,
        wanted=state,
        states=list(MailState),
        has_server=bool(web.core().config.smtp_url),
        has_answers=any(row.answer or row.attempt_count for row in rows),
        has_actions=any(may_resend(row.state, row.email, row.is_active) for row in rows),
        may_resend=may_resend,
        words=_words,
        here=request.full_path,
    )


@blueprint.get("/outbox/<int:message_id>")
@web.office_only
def show(message_id: int) -> str:
    """One mail as it was written, with what became of it."""
    return render_template("outbox/show.html", mail=_found(message_id), may_resend=may_resend, words=_words)


@blueprint.post("/outbox/<int:message_id>/resend")
@web.administrators_only
def resend(message_id: int) -> Response:
    """Have it sent again, to the person's present address."""
    message = _found(message_id, lock=True)
    actions.resend(web.db(), message, by=web.me(), at=web.clock().now())
    web.db().commit()
    flash(f"已重新排入待发：{message.user.name}《{message.subject}》", "ok")
    return web.see_other(web.back_to(url_for("outbox.index")))


def may_resend(state: MailState, address: str, is_active: bool) -> bool:
    """Whether to show the button to the signed-in person."""
    return web.me().role is Role.OFFICE_ADMIN and refuse_resend(state, address, is_active=is_active) is None


def _words(state: MailState) -> str:
    return state_words(state, has_server=bool(web.core().config.smtp_url))


def _found(message_id: int, *, lock: bool = False) -> OutboxMessage:
    """A mail of the own jurisdiction, or 404."""
    home = web.me().unit.jurisdiction_id
    return queries.message(web.db(), home, message_id, lock=lock) or abort(404)
