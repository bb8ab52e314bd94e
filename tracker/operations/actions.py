"""Leaving a sign of life."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.operations.models import Heartbeat


def beat(session: Session, name: str, *, at: datetime) -> None:
    """Take down that a process of this kind is at work; any number of them may."""
    again = update(Heartbeat).where(Heartbeat.name == name).values(at=at)
    if session.execute(again).rowcount:  # type: ignore[attr-defined]  # the result of an UPDATE has it
        return
    try:
        with session.begin_nested():
            session.add(Heartbeat(name=name, at=at))
    except IntegrityError:  # another's first beat at the same moment
        session.execute(again)
