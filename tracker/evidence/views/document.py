"""One document: its page, its content, its versions, what it is and where it stands."""

from flask import abort, flash, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.assignments.rules import may_act_for
from tracker.errors import Refused
from tracker.evidence import actions, queries
from tracker.evidence.actions import Description
from tracker.evidence.forms import DescriptionForm, EvidenceReturnForm
from tracker.evidence.models import Evidence, EvidenceVersion, Placement
from tracker.evidence.queries import Slot
from tracker.evidence.rules import Step, refuse_step
from tracker.evidence.views.filing import blueprint
from tracker.forms import whole_number
from tracker.uploads import taken_in

SANDBOX = "default-src 'none'; sandbox"
"""What is downloaded can never run in our origin."""
IN_FRAME = "default-src 'none'; frame-ancestors 'self'; object-src 'self'; style-src 'unsafe-inline'"
"""A PDF is shown by the browser's own viewer, inside our page and no other."""


@blueprint.get("/evidence/<int:evidence_id>")
@web.business_only
def show(evidence_id: int) -> Response:
    """材料: preview, description, versions and places."""
    return document_page(found_evidence(evidence_id))


@blueprint.get("/evidence/<int:evidence_id>/file")
@web.business_only
def download(evidence_id: int) -> Response:
    """The content under its real name, to be saved; `?number=1` an older one."""
    version = _asked_version(found_evidence(evidence_id))
    answer = _content(version, as_attachment=True)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


@blueprint.get("/evidence/<int:evidence_id>/preview")
@web.business_only
def preview(evidence_id: int) -> Response:
    """An image or a PDF to be looked at; everything else is downloaded."""
    version = _asked_version(found_evidence(evidence_id))
    if not version.file.kind.is_shown:
        abort(404)
    answer = _content(version, as_attachment=False)
    answer.headers["Content-Security-Policy"] = IN_FRAME
    return answer


@blueprint.post("/evidence/<int:evidence_id>/versions")
@web.business_only
def add_version(evidence_id: int) -> web.Answer:
    """更新 with a newer content."""
    evidence, seen = found_evidence(evidence_id), seen_version()
    delivery = taken_in("file")
    problem = next(iter(delivery.problems), "")
    try:
        for received in delivery.received[:1]:
            actions.add_version(web.db(), evidence, received, by=web.me(), at=web.clock().now(), version=seen)
    except Refused as refusal:
        problem = str(refusal)
    if problem:
        web.db().rollback()
        return document_page(found_evidence(evidence_id), problem=problem, code=422)
    return saved(evidence, f"已更新为第 {evidence.version_count} 版")


@blueprint.post("/evidence/<int:evidence_id>/description")
@web.business_only
def describe(evidence_id: int) -> web.Answer:
    """修改说明."""
    evidence, form = found_evidence(evidence_id), DescriptionForm()
    if not form.validate():
        return document_page(evidence, form=form, code=422)
    description = Description(
        title=form.title.data or "",
        document_number=form.document_number.data or "",
        issuer=form.issuer.data or "",
        dated_on=form.dated_on.data,
        proves_year=form.proves_year.data or 0,
        page_count=form.page_count.data,
        note=form.note.data or "",
    )
    try:
        actions.describe(
            web.db(), evidence, description, by=web.me(), at=web.clock().now(), version=seen_version()
        )
    except Refused as refusal:
        web.db().rollback()
        return document_page(found_evidence(evidence_id), form=form, problem=str(refusal), code=409)
    return saved(evidence, "说明已保存")


@blueprint.post("/evidence/<int:evidence_id>/placements")
@web.business_only
def place(evidence_id: int) -> web.Answer:
    """归入 another expected material, of this or another task of the unit."""
    evidence = found_evidence(evidence_id)
    wanted = whole_number(request.form.get("material"))
    slot = next((slot for _, slot in _open_slots(evidence) if slot.id == wanted), None)
    if slot is None:
        return document_page(evidence, problem="请选择要归入的材料", code=422)
    actions.file_under(web.db(), evidence, slot, by=web.me(), at=web.clock().now())
    return saved(evidence, f"已归入“{slot.name}”")


@blueprint.post("/placements/<int:placement_id>/removal")
@web.business_only
def take_out(placement_id: int) -> web.Answer:
    """移出 of one expected material."""
    placement = web.db().get(Placement, placement_id) or abort(404)
    evidence = found_evidence(placement.evidence_id)
    name = placement.material.name
    actions.take_out(web.db(), evidence, placement, by=web.me(), at=web.clock().now())
    return saved(evidence, f"已从“{name}”移出")


@blueprint.post("/evidence/<int:evidence_id>/deletion")
@web.business_only
def delete(evidence_id: int) -> web.Answer:
    """删除 a draft."""
    evidence = found_evidence(evidence_id)
    task_id, title = evidence.placements[0].task_id, evidence.title
    actions.delete(web.db(), evidence, by=web.me(), at=web.clock().now(), version=seen_version())
    web.db().commit()
    flash(f"已删除草稿《{title}》", "ok")
    return web.see_other(web.back_to(url_for("desk.task", task_id=task_id)))


def found_evidence(evidence_id: int) -> Evidence:
    """A document that the signed-in person may see; any other does not exist for them."""
    evidence = queries.find(web.db(), evidence_id, web.me()) or abort(404)
    web.follow(evidence.campaign_id)
    return evidence


def seen_version() -> int | None:
    """The version of the row that the person saw, when the form tells it."""
    return whole_number(request.form.get("version"))


def saved(evidence: Evidence, words: str) -> Response:
    """Keep what was done and go back to where the form stood."""
    web.db().commit()
    flash(f"《{evidence.title}》{words}", "ok")
    return web.see_other(web.back_to(url_for("evidence.show", evidence_id=evidence.id)))


def document_page(
    evidence: Evidence,
    *,
    form: DescriptionForm | None = None,
    return_form: EvidenceReturnForm | None = None,
    problem: str = "",
    code: int = 200,
) -> Response:
    """The page as things stand, but for what was typed and not taken."""
    me = web.me()
    is_own = may_act_for(evidence.unit_id, me)
    page = render_template(
        "evidence/show.html",
        evidence=evidence,
        form=form or DescriptionForm(None, obj=evidence),
        return_form=return_form or EvidenceReturnForm(formdata=None),
        problem=problem,
        may={step.value: refuse_step(evidence, step, me) is None for step in Step if step in _ON_PAGE},
        open_slots=_open_slots(evidence) if is_own else [],
        elsewhere=queries.places_of_content(web.db(), evidence.file_id, me),
        here=url_for("evidence.show", evidence_id=evidence.id),
    )
    answer = Response(page, status=code, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = f"{web.CSP}; frame-src 'self'"
    return answer


_ON_PAGE = frozenset(Step) - {Step.ADD, Step.TAKE_BACK}


def _open_slots(evidence: Evidence) -> list[tuple[str, Slot]]:
    """The expected materials of the unit's tasks under which the document does not stand yet."""
    taken = {placement.material_id for placement in evidence.placements}
    return [(code, slot) for code, slot in queries.slots_of_unit(web.db(), evidence) if slot.id not in taken]


def _asked_version(evidence: Evidence) -> EvidenceVersion:
    number = whole_number(request.args.get("number")) or evidence.version_count
    return next((each for each in evidence.versions if each.number == number), None) or abort(404)


def _content(version: EvidenceVersion, *, as_attachment: bool) -> Response:
    path = web.core().store.path(version.file.sha256)
    if not path.is_file():
        abort(404, "文件不在存储里，请联系系统管理员运行 tracker doctor")
    return send_file(
        path,
        version.file.kind.media_type,
        as_attachment=as_attachment,
        download_name=version.file_name,
        etag=version.file.sha256,
        last_modified=version.file.stored_at,
    )
