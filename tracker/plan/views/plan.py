"""指标任务: the plan as a page and as a workbook."""

from io import BytesIO

from flask import Blueprint, abort, render_template, request, session, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.downloads import send_document, send_workbook
from tracker.plan.queries import (
    campaigns_of,
)
from tracker.plan.tree import Reader, part_names, plan_parts
from tracker.units.queries import units_of

blueprint = Blueprint("plan", __name__)

ALL = "all"
FIRST_PART = "1"


@blueprint.get("/plan")
@web.business_only
def index() -> str:
    """The plan: the part asked for, or what the filter finds in all of them."""
    db, campaign, me = web.db(), web.campaign(), web.me()
    units = units_of(db, campaign.jurisdiction_id)
    unit_id = request.args.get("unit", type=int)
    unit = next((each for each in units if each.id == unit_id), None)
    text = request.args.get("text", "").strip()[:100]
    part = request.args.get("part", "") or (ALL if unit or text else FIRST_PART)
    parts = plan_parts(db, campaign, Reader(me.unit, me.role.reads_all), part=part, unit=unit, text=text)
    return render_template(
        "plan/index.html",
        campaign=campaign,
        campaigns=campaigns_of(db, campaign.jurisdiction_id),
        parts=parts,
        names=part_names(db, campaign),
        part=part,
        units=units,
        unit=unit,
        text=text,
        count=sum(part.count for part in parts),
    )


@blueprint.get("/plan/breakdown.xlsx")
@web.business_only
def breakdown() -> Response:
    """责任分解表 as a workbook laid out as the paper."""
    from tracker.plan.breakdown import write_breakdown

    stream = BytesIO()
    write_breakdown(web.db(), web.campaign(), stream)
    return send_workbook(stream, "责任分解表", "breakdown")


@blueprint.get("/plan/breakdown.docx")
@web.business_only
def breakdown_document() -> Response:
    """The same as a document."""
    from tracker.plan.breakdown import write_breakdown_document

    stream = BytesIO()
    write_breakdown_document(web.db(), web.campaign(), stream)
    return send_document(stream, "责任分解表", "breakdown")


@blueprint.post("/plan/campaigns/<slug>/choice")
@web.business_only
def choose(slug: str) -> Response:
    """Work on another campaign of the jurisdiction from now on."""
    own = campaigns_of(web.db(), web.me().unit.jurisdiction_id)
    if slug not in [campaign.slug for campaign in own]:
        abort(404)
    session["campaign"] = slug
    return web.see_other(url_for("plan.index"))
