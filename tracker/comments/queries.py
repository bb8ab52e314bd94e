"""What people read of the comments on a task."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, bindparam, exists, or_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from tracker.assignments.audience import audience_names
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
    session: Session,
    task_id: int,
    item_id: int,
    office_id: int,
    reader: User,
    *,
    is_whole: bool,
    has_comments: bool,
) -> Thread:
    """The comments that the reader, who may open the page of the task, may read.

    Args:
        has_comments: whether there is any under the task.
    """
    query = _comments(is_for_all=reads_others(reader.role, reader.unit.kind), is_whole=is_whole)
    wanted = {"task_id": task_id, "unit_id": reader.unit_id}
    found = session.scalars(query, wanted).all() if has_comments else []
    shown = found if is_whole else found[:LENGTH]
    refusal = refuse_write(reader.role)
    names = [] if refusal else audience_names(session, item_id, office_id)
    return Thread(shown[::-1], len(found) > len(shown), refusal, names)


@cache  # every task page asks for them
def _comments(*, is_for_all: bool, is_whole: bool) -> Select[Comment]:
    query = (
        select(Comment)
        .join(Comment.unit)
        .where(
            Comment.task_id == bindparam("task_id"),
            readable(bindparam("unit_id", type_=Integer), is_for_all=is_for_all),
        )
        .options(
            contains_eager(Comment.unit),
            joinedload(Comment.by, innerjoin=True),
            selectinload(Comment.mentions).joinedload(Mention.unit, innerjoin=True),
        )
        .order_by(Comment.at.desc(), Comment.id.desc())
    )
    return query if is_whole else query.limit(LENGTH + 1)


def readable(unit_id: int | BindParameter[int], *, is_for_all: bool) -> ColumnElement[bool]:
    """SQL sister of `rules.may_read`, over Comment and Unit.

    Args:
        is_for_all: whether the reader's unit reads of others.
    """
    if is_for_all:
        return true()
    is_called = exists().where(Mention.comment_id == Comment.id, Mention.unit_id == unit_id)
    return or_(Comment.unit_id == unit_id, Unit.kind.in_(DEPARTMENTS), is_called)
