"""One document: its page, its content, its versions, what it is and where it stands."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, render_template, request, send_file, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker import gate, web
from tracker.assignments.rules import may_act_for
from tracker.errors import Refused, refusal_words
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
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"  # for browsers that do not know frame-ancestors
    return answer


@blueprint.post("/evidence/<int:evidence_id>/versions")
@web.business_only
def add_version(evidence_id: int) -> web.Answer:
    """更新 with a newer content."""
    if reason := refuse_step(found_evidence(evidence_id), Step.ADD_VERSION, web.me()):
        raise Refused(reason)  # before anything is stored
    delivery = taken_in("file")
    evidence = found_evidence(evidence_id)  # it took a while: somebody may have deleted the draft
    if delivery.problems:
        return incomplete(evidence, Step.ADD_VERSION, delivery.problems[0])

    def step() -> None:
        received, version = delivery.received[0], web.seen_version()
        actions.add_version(web.db(), evidence, received, by=web.me(), at=web.clock().now(), version=version)

    return done(evidence, step, f"已更新为第 {evidence.version_count + 1} 版")


@blueprint.post("/evidence/<int:evidence_id>/description")
@web.business_only
def describe(evidence_id: int) -> web.Answer:
    """修改说明."""
    evidence, form = found_evidence(evidence_id), DescriptionForm()
    if not form.validate():
        return incomplete(evidence, Step.DESCRIBE, form=form)
    description = Description(
        title=form.title.data or "",
        document_number=form.document_number.data or "",
        issuer=form.issuer.data or "",
        dated_on=form.dated_on.data,
        proves_year=form.proves_year.data or 0,
        page_count=form.page_count.data,
        note=form.note.data or "",
    )

    def step() -> None:
        now, version = web.clock().now(), web.seen_version()
        actions.describe(web.db(), evidence, description, by=web.me(), at=now, version=version)

    return done(evidence, step, "说明已保存", form=form)


@blueprint.post("/evidence/<int:evidence_id>/placements")
@web.business_only
def place(evidence_id: int) -> web.Answer:
    """归入 another expected material, of this or another task of the unit."""
    evidence = found_evidence(evidence_id)
    wanted = whole_number(request.form.get("material"))
    slot = next((slot for _, slot in _open_slots(evidence) if slot.id == wanted), None)
    if slot is None:
        return incomplete(evidence, Step.PLACE, "请选择要归入的材料")

    def step() -> None:
        actions.file_under(web.db(), evidence, slot, by=web.me(), at=web.clock().now())

    return done(evidence, step, f"已归入“{slot.name}”")


@blueprint.post("/placements/<int:placement_id>/removal")
@web.business_only
def take_out(placement_id: int) -> web.Answer:
    """移出 of one expected material."""
    placement = web.db().get(Placement, placement_id) or abort(404)
    evidence = found_evidence(placement.evidence_id)
    name = placement.material.name

    def step() -> None:
        actions.take_out(web.db(), evidence, placement, by=web.me(), at=web.clock().now())

    return done(evidence, step, f"已从“{name}”移出")


@blueprint.post("/evidence/<int:evidence_id>/deletion")
@web.business_only
def delete(evidence_id: int) -> web.Answer:
    """删除 a draft."""
    evidence = found_evidence(evidence_id)
    task = url_for("desk.task", task_id=evidence.placements[0].task_id)

    def step() -> None:
        try:
            actions.delete(web.db(), evidence, by=web.me(), at=web.clock().now(), version=web.seen_version())
        except IntegrityError:  # packages above refer to it
            raise Refused("这份材料是一项申请的证明，不能删除；可以上传新版本") from None

    return done(evidence, step, "草稿已删除", then=task)


def found_evidence(evidence_id: int) -> Evidence:
    """A document that the signed-in person may see; any other does not exist for them."""
    evidence = queries.find(web.db(), evidence_id, web.me()) or abort(404)
    web.follow(evidence.campaign_id)
    return evidence


def done(
    evidence: Evidence, step: Callable[[], None], words: str, *, then: str = "", **typed: Any
) -> web.Answer:
    """Do the step, keep it and go back to where the form stood, or to `then`. What the rules refuse, or
    somebody else was quicker with, is told on the page as it stands now.

    Args:
        typed: what the page shows again of what was typed.
    """
    number, title = evidence.id, evidence.title
    try:
        step()
        web.db().commit()
    except (Refused, StaleDataError, IntegrityError) as trouble:
        web.db().rollback()
        return document_page(found_evidence(number), problem=refusal_words(trouble), code=409, **typed)
    flash(f"《{title}》{words}", "ok")
    return web.see_other(web.back_to(then or url_for("evidence.show", evidence_id=number)))


def incomplete(evidence: Evidence, step: Step, problem: str = "", **typed: Any) -> Response:
    """The page again because of what was typed; who may not do the step at all is told that instead."""
    refusal = refuse_step(evidence, step, web.me())
    return document_page(evidence, problem=refusal or problem, code=409 if refusal else 422, **typed)


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
    answer.headers["Content-Security-Policy"] = f"{gate.CSP}; frame-src 'self'"
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
        return web.show_error(404, "文件缺失", "这份文件不在存储里，请联系系统管理员运行 tracker doctor。")
    return send_file(
        path,
        version.file.kind.media_type,
        as_attachment=as_attachment,
        download_name=version.file_name,
        etag=version.file.sha256,
        last_modified=version.file.stored_at,
    )
