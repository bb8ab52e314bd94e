"""Writing the audit table."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from tracker.events.models import Event

if TYPE_CHECKING:  # people stand above events and call this
    from tracker.people.models import User


def record(
    session: Session,
    subject: str,
    subject_id: int,
    verb: str,
    *,
    by: "User | None",
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
    task_id: int | None = None,
    unit_id: int | None = None,
) -> None:
    """Add one event to the transaction in hand; `by=None` is the system itself.

    Args:
        task_id, unit_id: the task on whose timeline it stands, and whose share of it is concerned.
    """
    event = {
        "at": at,
        "by_id": by.id if by else None,
        "as_role": by.role.value if by else "",
        "subject": subject,
        "subject_id": subject_id,
        "verb": verb,
        "before": before or {},
        "after": after or {},
        "note": note,
        "task_id": task_id,
        "unit_id": unit_id,
    }
    session.execute(_INSERT, event)


_INSERT = insert(cast(Table, Event.__table__))  # every step writes one: built once, and past the unit of work
