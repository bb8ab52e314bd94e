"""How the next message is found among the many that went."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select, text
from sqlalchemy.orm import Session

from tests.databases import RolledBackDatabase
from tests.world import MovableClock
from tracker.outbox.claims import next_due
from tracker.outbox.models import HookMessage, OutboxMessage
from tracker.outbox.rules import HookKind, MailState
from tracker.people.models import User

SENT_COUNT = 3_000


@pytest.mark.parametrize("table", [OutboxMessage, HookMessage])
def test_the_next_one_is_found_by_its_own_index(
    session: Session,
    database: RolledBackDatabase,
    clock: MovableClock,
    person: Callable[[str], User],
    table: type[OutboxMessage] | type[HookMessage],
) -> None:
    user = person("mangkang")
    city_id = user.unit.jurisdiction_id
    whole = {"jurisdiction_id": city_id, "queued_at": clock.now(), "state": MailState.SENT}
    whole |= (
        {"user_id": user.id, "to_address": "a@example.test", "subject": "", "body_text": "", "body_html": ""}
        if table is OutboxMessage
        else {"kind": HookKind.WECOM, "url": "", "title": "", "text": ""}
    )
    session.execute(insert(table), [{**whole, "key": f"sent-{number}"} for number in range(SENT_COUNT)])
    session.execute(insert(table), [{**whole, "key": "waits", "state": MailState.WAITING}])
    session.execute(text("ANALYZE"))
    found, plan = _explained(
        session, database.engine, lambda: next_due(session, table, [city_id], clock.now())
    )
    assert found is not None
    assert found.key == session.scalars(select(table.key).where(table.state == MailState.WAITING)).one()
    assert f"ix_{table.__tablename__}_next" in plan


def _explained(session: Session, engine: Engine, ask: Callable[[], Any]) -> tuple[Any, str]:
    """The answer to a question of one statement, and how the database found it."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    answer = ask()
    event.remove(engine, "before_cursor_execute", note)
    ((statement, parameters),) = asked
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    rows = session.connection().exec_driver_sql(f"{explain} {statement}", parameters)
    return answer, "\n".join(str(row[-1]) for row in rows)
