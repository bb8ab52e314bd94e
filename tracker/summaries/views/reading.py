"""The list, one summary to read, and its files."""

from io import BytesIO

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.downloads import send_document, send_rows
from tracker.forms import ChineseForm
from tracker.paging import PAGE_SIZE, Page, page_number
from tracker.reports.queries import begun_periods
from tracker.stationery.views.sending import letter_writer
from tracker.summaries import queries
from tracker.summaries.exports import lines_table
from tracker.summaries.forms import FinalForm, SendingForm
from tracker.summaries.models import Summary
from tracker.summaries.paper import letter_of
from tracker.summaries.rules import Step, SummaryState, refuse_step

blueprint = Blueprint("summaries", __name__)


@blueprint.get("/summaries")
@web.readers_only
def index() -> str:
    """The list; the office begins a new one here."""
    return list_page()


@blueprint.get("/summaries/<int:summary_id>")
@web.readers_only
def show(summary_id: int) -> str:
    """One summary to read, with where it was sent."""
    return summary_page(find_summary(summary_id))


@blueprint.get("/summaries/<int:summary_id>.docx")
@web.readers_only
def document(summary_id: int) -> Response:
    """The summary as a report upwards."""
    summary, file = find_summary(summary_id), BytesIO()
    letter_writer(letter_of(summary, web.day().today))(file)
    return send_document(file, f"{summary.period.name}月度汇总-{summary.name}", f"summary-{summary.id}")


@blueprint.get("/summaries/<int:summary_id>.xlsx")
@web.readers_only
def workbook(summary_id: int) -> Response:
    """All units' lines by indicator in one sheet."""
    summary = find_summary(summary_id)
    name = f"{summary.period.name}月度汇总"
    return send_rows("月度汇总", lines_table(summary), name, f"summary-{summary.id}")


def find_summary(summary_id: int) -> Summary:
    """A summary of the own city; drafts are the office's alone."""
    web.follow((web.db().get(Summary, summary_id) or abort(404)).campaign_id)
    summary = queries.summary_by_id(web.db(), web.campaign(), summary_id) or abort(404)
    if summary.state is SummaryState.DRAFT and not web.me().role.is_office:
        abort(404)
    return summary


def list_page(problem: str = "") -> str:
    """The list, with what was wrong with the month that was asked for."""
    session, campaign, has_drafts = web.db(), web.campaign(), web.me().role.is_office
    number = page_number(request.args.get("page"))
    rows = queries.summaries(
        session, campaign, has_drafts=has_drafts, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    total = queries.summary_count(session, campaign, has_drafts=has_drafts)
    return render_template(
        "summaries/index.html",
        page=Page(rows, total, number, url_for("summaries.index"), {}),
        months=begun_periods(session, campaign, web.day().today),
        problem=problem,
    )


def summary_page(
    summary: Summary,
    problem: str = "",
    *,
    final_form: ChineseForm | None = None,
    sending_form: ChineseForm | None = None,
) -> str:
    """One summary as it stands; the forms are those that could not be taken."""
    me, today = web.me(), web.day().today
    return render_template(
        "summaries/show.html",
        summary=summary,
        problem=problem,
        may_edit=refuse_step(summary.state, Step.EDIT, me) is None,
        may_send=refuse_step(summary.state, Step.SEND, me) is None,
        final_form=final_form or FinalForm(formdata=None),
        sending_form=sending_form or SendingForm(None, sent_on=today),
    )
