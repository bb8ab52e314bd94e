"""What becomes of a document: handed in by its unit, accepted or returned by the office."""

from tracker import web
from tracker.errors import Refused
from tracker.evidence import actions
from tracker.evidence.forms import EvidenceReturnForm
from tracker.evidence.views.document import document_page, found_evidence, saved, seen_version
from tracker.evidence.views.filing import blueprint


@blueprint.post("/evidence/<int:evidence_id>/submission")
@web.business_only
def hand_in(evidence_id: int) -> web.Answer:
    """提交 one document as a supplement."""
    evidence = found_evidence(evidence_id)
    actions.hand_in(web.db(), evidence, by=web.me(), at=web.clock().now(), version=seen_version())
    return saved(evidence, "已提交")


@blueprint.post("/evidence/<int:evidence_id>/acceptance")
@web.office_only
def accept(evidence_id: int) -> web.Answer:
    """采信."""
    evidence = found_evidence(evidence_id)
    actions.accept(web.db(), evidence, by=web.me(), at=web.clock().now(), version=seen_version())
    return saved(evidence, "已采信")


@blueprint.post("/evidence/<int:evidence_id>/return")
@web.office_only
def send_back(evidence_id: int) -> web.Answer:
    """退回, with a reason."""
    evidence, form = found_evidence(evidence_id), EvidenceReturnForm()
    if not form.validate():
        return document_page(evidence, return_form=form, code=422)
    try:
        actions.send_back(
            web.db(), evidence, form.reason.data or "",
            by=web.me(), at=web.clock().now(), version=seen_version(),
        )  # fmt: skip
    except Refused as refusal:
        web.db().rollback()
        return document_page(found_evidence(evidence_id), return_form=form, problem=str(refusal), code=409)
    return saved(evidence, "已退回")
