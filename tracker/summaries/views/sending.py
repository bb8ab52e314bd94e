"""Where a summary was sent: to whom, when, by what, under which number."""

from flask import flash, url_for

from tracker import web
from tracker.errors import Refused
from tracker.summaries import actions
from tracker.summaries.actions import Sending
from tracker.summaries.forms import SendingForm
from tracker.summaries.rules import Way
from tracker.summaries.views.reading import blueprint, find_summary, summary_page


@blueprint.post("/summaries/<int:summary_id>/sendings")
@web.office_only
def add_sending(summary_id: int) -> web.Answer:
    """Write down a sending."""
    summary, form = find_summary(summary_id), SendingForm()
    sent_on = form.sent_on.data if form.validate() else None
    if sent_on is None:
        return summary_page(summary, sending_form=form), 422
    sending = Sending(
        form.recipient.data or "", sent_on, Way(form.sent_by.data), form.sent_reference.data or "",
        form.remark.data or "",
    )  # fmt: skip
    me, now, today = web.me(), web.clock().now(), web.day().today
    try:
        actions.send(web.db(), summary, sending, by=me, at=now, today=today)
    except Refused as refusal:
        web.db().rollback()
        return summary_page(find_summary(summary_id), str(refusal), sending_form=form), 409
    web.db().commit()
    flash(f"已登记报送{sending.recipient}", "ok")
    return web.see_other(url_for("summaries.show", summary_id=summary_id))
