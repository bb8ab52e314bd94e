"""Whether the audit table is still what was written."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, exists, func, select
from sqlalchemy.orm import Session

from tracker.events.models import Event, EventLink
from tracker.events.rules import FIRST_LINK, SAID, next_link

_SAID = tuple(getattr(Event, name) for name in SAID)
_CHAINED = (
    select(EventLink.position, EventLink.link, Event.id, *_SAID)
    .join(Event, Event.id == EventLink.event_id)
    .order_by(EventLink.position)
)
AT_ONCE = 2000


@dataclass(frozen=True)
class Chain:
    """链的核对结果: how many events stand in it, its last link, and what is wrong first, or nothing."""

    count: int
    link: str
    problem: str = ""


def verify(session: Session) -> Chain:
    """Follow the chain from its beginning, without holding more than a few thousand rows.

    Args:
        session: one that may stream (not `Database.glance`).
    """
    with closing(session.execute(_CHAINED.execution_options(yield_per=AT_ONCE))) as rows:
        chain = _followed(rows)
    if chain.problem:
        return chain
    linked = session.scalar(select(func.count()).select_from(EventLink)) or 0
    loose = session.scalar(select(func.min(Event.id)).where(~exists().where(EventLink.event_id == Event.id)))
    if linked != chain.count:
        return Chain(chain.count, chain.link, f"{linked - chain.count} 条链接没有对应的操作记录")
    if loose is not None:
        return Chain(chain.count, chain.link, f"操作记录 {loose} 不在链上，不是系统写入的")
    return chain


def _followed(rows: Iterable[Row[Any]]) -> Chain:
    count, link = 0, FIRST_LINK
    for row in rows:
        event = row._asdict()
        if event["position"] != count + 1:
            return Chain(count, link, f"链上第 {count + 1} 条缺失")
        link = next_link(link, event)
        if link != event["link"]:
            what = f"{event['at']:%Y-%m-%d %H:%M} UTC，{event['subject']} {event['verb']}"
            problem = f"链上第 {count + 1} 条与写入时不一致：操作记录 {event['id']}（{what}）"
            return Chain(count, link, problem)
        count += 1
    return Chain(count, link)
