"""What becomes of a document: handed in by its unit, accepted or returned by the office."""

from tracker import web
from tracker.evidence import actions
from tracker.evidence.forms import EvidenceReturnForm
from tracker.evidence.rules import Step
from tracker.evidence.views.document import done, found_evidence, incomplete
from tracker.evidence.views.filing import blueprint


@blueprint.post("/evidence/<int:evidence_id>/submission")
@web.business_only
def hand_in(evidence_id: int) -> web.Answer:
    """提交 one document as a supplement."""
    evidence = found_evidence(evidence_id)

    def step() -> None:
        actions.hand_in(web.db(), evidence, by=web.me(), at=web.clock().now(), version=web.seen_version())

    return done(evidence, step, "已提交")


@blueprint.post("/evidence/<int:evidence_id>/acceptance")
@web.office_only
def accept(evidence_id: int) -> web.Answer:
    """采信."""
    evidence = found_evidence(evidence_id)

    def step() -> None:
        actions.accept(web.db(), evidence, by=web.me(), at=web.clock().now(), version=web.seen_version())

    return done(evidence, step, "已采信")


@blueprint.post("/evidence/<int:evidence_id>/return")
@web.office_only
def send_back(evidence_id: int) -> web.Answer:
    """退回, with a reason."""
    evidence, form = found_evidence(evidence_id), EvidenceReturnForm()
    if not form.validate():
        return incomplete(evidence, Step.RETURN, return_form=form)
    reason = form.reason.data or ""

    def step() -> None:
        now, version = web.clock().now(), web.seen_version()
        actions.send_back(web.db(), evidence, reason, by=web.me(), at=now, version=version)

    return done(evidence, step, "已退回", return_form=form)
