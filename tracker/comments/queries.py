"""What people read of the comments on a task."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from tracker.assignments.audience import audience
from tracker.assignments.rules import DEPARTMENTS, reads_others
from tracker.comments.models import Comment, Mention
from tracker.comments.rules import refuse_write
from tracker.people.models import User
from tracker.units.models import Unit

LENGTH = 50
"""Comments on a page before the older ones are asked for."""


@dataclass(frozen=True)
class Thread:
    """留言 of a task, the oldest first; `is_cut` tells that there are older ones.

    `refusal` is why the reader may not write, `names` are the units that can be called upon.
    """

    comments: Sequence[Comment]
    is_cut: bool
    refusal: str | None
    names: list[str]


def thread(
    session: Session, task_id: int, item_id: int, office_id: int, reader: User, *, is_whole: bool
) -> Thread:
    """The comments that the reader, who may open the page of the task, may read."""
    query = (
        select(Comment)
        .join(Comment.unit)
        .where(Comment.task_id == task_id, readable(reader))
        .options(
            contains_eager(Comment.unit),
            joinedload(Comment.by, innerjoin=True),
            selectinload(Comment.mentions).joinedload(Mention.unit, innerjoin=True),
        )
        .order_by(Comment.at.desc(), Comment.id.desc())
    )
    found = session.scalars(query if is_whole else query.limit(LENGTH + 1)).all()
    shown = found if is_whole else found[:LENGTH]
    refusal = refuse_write(reader.role)
    names = [] if refusal else [unit.short for unit in audience(session, item_id, office_id)]
    return Thread(shown[::-1], len(found) > len(shown), refusal, names)


def readable(reader: User) -> ColumnElement[bool]:
    """SQL sister of `rules.may_read`, over Comment and Unit."""
    if reads_others(reader.role, reader.unit.kind):
        return true()
    is_called = exists().where(Mention.comment_id == Comment.id, Mention.unit_id == reader.unit_id)
    return or_(Comment.unit_id == reader.unit_id, Unit.kind.in_(DEPARTMENTS), is_called)
