"""Putting the office's own template in the place of the built-in layout, and back."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.errors import Refused
from tracker.events.actions import record
from tracker.files.actions import Received, register
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.stationery.models import DocumentTemplate
from tracker.stationery.queries import template_of
from tracker.stationery.rules import DocumentKind


def set_template(
    session: Session, campaign: Campaign, kind: DocumentKind, received: Received, *, by: User, at: datetime
) -> DocumentTemplate:
    """Lay documents of a kind out by a template from now on; the caller has checked it."""
    file, before = register(session, received, at=at), template_of(session, campaign, kind)
    if before:
        _end(session, before, at)
    row = DocumentTemplate(
        campaign_id=campaign.id, kind=kind, file=file, file_name=received.name, at=at, by=by
    )
    session.add(row)
    session.flush()
    record(
        session, "campaign", campaign.id, "set_template", by=by, at=at,
        before=_told(before), after=_told(row), note=kind.label,
    )  # fmt: skip
    return row


def drop_template(
    session: Session, campaign: Campaign, kind: DocumentKind, *, by: User, at: datetime
) -> None:
    """Go back to the built-in layout.

    Raises:
        Refused: it is in use already.
    """
    row = template_of(session, campaign, kind)
    if row is None:
        raise Refused(f"{kind.label}用的已经是内置版式")
    _end(session, row, at)
    record(
        session, "campaign", campaign.id, "drop_template", by=by, at=at, before=_told(row), note=kind.label
    )


def _end(session: Session, row: DocumentTemplate, at: datetime) -> None:
    row.ended_at = at
    session.flush()


def _told(row: DocumentTemplate | None) -> dict[str, str]:
    return {"template": row.file_name, "sha256": row.file.sha256} if row else {}
