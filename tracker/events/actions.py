"""Writing the audit table."""

from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import CursorResult, Table, insert, select
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Session, SessionTransaction

from tracker.events.models import Event, EventLink
from tracker.events.rules import FIRST_LINK, Outcome, next_link

if TYPE_CHECKING:  # people stand above events and call this
    from tracker.people.models import User

ORIGIN = "origin"
"""Where in `Session.info` the address stands from which the session's events are made."""


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
    outcome: Outcome = Outcome.DONE,
) -> None:
    """Add one event to the transaction in hand; `by=None` is the system itself.

    Args:
        task_id, unit_id: the task on whose timeline it stands, and whose share of it is concerned.
    """
    event = {
        "at": at,
        "by_id": by.id if by else None,
        "as_role": by.role.value if by else "",
        "origin": session.info.get(ORIGIN, ""),
        "outcome": outcome,
        "subject": subject,
        "subject_id": subject_id,
        "verb": verb,
        "before": before or {},
        "after": after or {},
        "note": note,
        "task_id": task_id,
        "unit_id": unit_id,
    }
    made = cast("CursorResult[Any]", session.execute(_INSERT, event)).inserted_primary_key
    session.info.setdefault(_LOOSE, {})[made[0] if made else 0] = event


_LOOSE = "events without a link"
_DOUBTFUL = "a savepoint was rolled back"
_LOCK = 0x6576656E74  # "event"
_INSERT = insert(cast(Table, Event.__table__))  # every step writes one: built once, and past the unit of work
_LINK = insert(cast(Table, EventLink.__table__))
_LAST = "SELECT position, link FROM event_link ORDER BY position DESC LIMIT 1"
_LOCK_AND_LAST = f"SELECT pg_advisory_xact_lock({_LOCK}); {_LAST}"
"""On PostgreSQL one trip for two statements: the second sees what others committed while the first waited."""


@listens_for(Session, "before_commit")
def _chain(session: Session) -> None:
    """Chain what the transaction recorded, as its very last step: one transaction at a time is at this
    place (SQLite has one writer anyway), and it waits for nobody else's rows any more."""
    if _LOOSE not in session.info or session.in_nested_transaction():
        return
    session.flush()
    loose = _still_there(session, session.info.pop(_LOOSE))
    last, link = _last(session) or (0, FIRST_LINK)
    links = []
    for position, (event_id, event) in enumerate(loose.items(), last + 1):
        link = next_link(link, event)
        links.append({"position": position, "event_id": event_id, "link": link})
    if links:
        session.execute(_LINK, links)


def _last(session: Session) -> tuple[int, str] | None:
    """Position and link at the end of the chain, where nobody else adds before the transaction ends."""
    connection = session.connection()
    is_postgresql = connection.dialect.name == "postgresql"
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(_LOCK_AND_LAST if is_postgresql else _LAST)
        if is_postgresql:
            cursor.nextset()
        return cast("tuple[int, str] | None", cursor.fetchone())


def _still_there(session: Session, loose: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The events that no savepoint took back."""
    if not session.info.pop(_DOUBTFUL, False):
        return loose
    there = set(session.scalars(select(Event.id).where(Event.id.in_(loose))))
    return {key: event for key, event in loose.items() if key in there}


@listens_for(Session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    """What is rolled back needs no link; of a savepoint that is seen when the chain goes on."""
    if ended.parent is None:
        session.info.pop(_LOOSE, None)
        session.info.pop(_DOUBTFUL, None)
    elif _LOOSE in session.info:
        session.info[_DOUBTFUL] = True
