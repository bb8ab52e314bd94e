"""Which templates a campaign has, and the documents that they make."""

from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from tracker.errors import Refused
from tracker.files.store import Store
from tracker.plan.models import Campaign
from tracker.stationery.models import DocumentTemplate
from tracker.stationery.rules import DocumentKind


def template_of(
    session: Session, campaign: Campaign, kind: DocumentKind, then: datetime | None = None
) -> DocumentTemplate | None:
    """The office's own template of a kind that is in use, or was `then`, or None: the built-in layout."""
    ended = DocumentTemplate.ended_at
    when = (
        ended.is_(None)
        if then is None
        else (DocumentTemplate.at <= then) & or_(ended.is_(None), ended > then)
    )
    return session.scalar(
        select(DocumentTemplate)
        .where(DocumentTemplate.campaign_id == campaign.id, DocumentTemplate.kind == kind, when)
        .options(joinedload(DocumentTemplate.file), joinedload(DocumentTemplate.by))
    )


def own_document(
    session: Session,
    store: Store,
    campaign: Campaign,
    kind: DocumentKind,
    words: Mapping[str, Any],
    *,
    at: datetime,
    issued_at: datetime | None = None,
) -> IO[bytes] | None:
    """The document on the office's own template, or None where it has none.

    Args:
        at: now, which the file says of itself.
        issued_at: when the document was issued, handed in; None while it is a draft.

    Raises:
        Refused: the template can no longer be filled.
    """  # fmt: skip
    template = template_of(session, campaign, kind, issued_at)
    if template is None:
        return None
    from tracker.documents.filling import Unfilled, fill  # python-docx takes half a second to read

    try:
        with store.open(template.file.sha256) as file:
            return fill(file, kind.entries, dict(words), at=at)
    except (Unfilled, OSError) as problem:
        help_ = (
            "它是印发时用的版式，请运维人员用 tracker doctor 检查文件，从备份恢复"
            if template.ended_at
            else "请食安办管理员在“创建设置”的“公文模板”里重新上传，或者恢复内置版式"
        )
        raise Refused(f"{kind.label}的模板“{template.file_name}”不能用（{problem}）；{help_}") from problem
