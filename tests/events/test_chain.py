"""The audit table vouches for itself: whatever is changed past the system is found, and named."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.world import city_moment
from tracker.db import Database
from tracker.events.actions import ORIGIN, record
from tracker.events.models import Event, EventLink
from tracker.events.queries import Chain, verify
from tracker.events.rules import FIRST_LINK
from tracker.people.models import User

AT = city_moment("2024-03-22T10:00")
SOMEBODY = "nongye"


def write(database: Database, *verbs: str, note: str = "") -> None:
    """One transaction that records some steps of 市农业农村局's liaison."""
    with database.transaction() as session:
        session.info[ORIGIN] = "10.2.0.7"
        person = session.scalars(select(User).where(User.username == SOMEBODY)).one()
        for verb in verbs:
            after = {"day": "2024-04-30", "2": [1, None], "10": 0.25}
            record(session, "user", person.id, verb, by=person, at=AT, after=after, note=note)


def verified(database: Database) -> Chain:
    with database.session() as session:
        return verify(session)


def links(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.scalars(select(EventLink.link).order_by(EventLink.position)))


def tamper(database: Database, change: Callable[[Session], object]) -> None:
    """What somebody does who owns the database: switches the triggers off, then changes what they like."""
    with database.transaction() as session:
        if database.engine.dialect.name == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                session.execute(text(f"DROP TRIGGER {name}"))
        change(session)


def test_every_transaction_goes_on_where_the_last_one_ended(own_database: Database) -> None:
    before = verified(own_database)
    write(own_database, "sign_in", "edit")
    write(own_database, "sign_out")
    after = verified(own_database)
    assert after == Chain(before.count + 3, links(own_database)[-1])
    assert len(set(links(own_database))) == after.count


def test_an_empty_table_verifies(own_database: Database) -> None:
    tamper(own_database, lambda session: (session.execute(delete(EventLink)), session.execute(delete(Event))))
    assert verified(own_database) == Chain(0, FIRST_LINK)


def test_an_event_says_from_where(own_database: Database) -> None:
    write(own_database, "sign_in")
    with own_database.session() as session:
        assert session.scalars(select(Event.origin).order_by(Event.id.desc()).limit(1)).one() == "10.2.0.7"


@pytest.mark.parametrize("statement", [update(Event).values(note="别的"), delete(Event), delete(EventLink)])
def test_the_database_refuses_to_change_an_event(own_database: Database, statement: object) -> None:
    write(own_database, "sign_in")
    with pytest.raises(DBAPIError, match="append-only"), own_database.transaction() as session:
        session.execute(statement)  # type: ignore[call-overload]
    assert not verified(own_database).problem


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("note", "别的"), ("at", city_moment("2024-03-21T10:00")), ("by_id", None), ("verb", "enable"),
        ("after", {"day": "2024-05-30"}), ("origin", "10.2.0.8"), ("outcome", "refused"),
        ("as_role", "office"),
    ],
)  # fmt: skip
def test_a_row_edited_by_hand_is_named(own_database: Database, column: str, value: object) -> None:
    write(own_database, "sign_in", "edit", "sign_out")
    with own_database.session() as session:
        edited = session.scalars(select(Event).where(Event.verb == "edit").order_by(Event.id.desc())).first()
    assert edited is not None
    tamper(
        own_database, lambda s: s.execute(update(Event).where(Event.id == edited.id).values({column: value}))
    )
    chain = verified(own_database)
    assert f"操作记录 {edited.id}（2024-03-2" in chain.problem
    assert chain.count == len(links(own_database)) - 2, "what stands before it is sound"


def test_a_row_taken_out_is_told_by_its_place(own_database: Database) -> None:
    write(own_database, "sign_in", "edit", "sign_out")
    place = len(links(own_database)) - 1

    def take_out(session: Session) -> None:
        link = session.get_one(EventLink, place)
        session.execute(delete(EventLink).where(EventLink.position == place))
        session.execute(delete(Event).where(Event.id == link.event_id))

    tamper(own_database, take_out)
    assert verified(own_database).problem == f"链上第 {place} 条缺失"


def test_a_row_put_in_past_the_system_is_told(own_database: Database) -> None:
    made = {"at": AT, "subject": "user", "subject_id": 1, "verb": "sign_in"}
    with own_database.transaction() as session:
        session.execute(insert(Event), made)
    assert verified(own_database).problem.endswith("不在链上，不是系统写入的")


def test_what_is_rolled_back_leaves_no_link(own_database: Database) -> None:
    before = verified(own_database)
    with own_database.session(write=True) as session:
        record(session, "user", 0, "lost", by=None, at=AT)
        session.rollback()
        session.commit()
    assert verified(own_database) == before


def test_a_savepoint_takes_only_its_own_events_back(own_database: Database) -> None:
    before = verified(own_database)
    with own_database.transaction() as session:
        record(session, "user", 0, "kept", by=None, at=AT)
        savepoint = session.begin_nested()
        record(session, "user", 0, "lost", by=None, at=AT)
        savepoint.rollback()
        with session.begin_nested():
            record(session, "user", 0, "kept too", by=None, at=AT)
    after = verified(own_database)
    assert after == replace(before, count=before.count + 2, link=after.link)


def test_a_session_goes_on_after_its_commit(own_database: Database) -> None:
    before = verified(own_database).count
    with own_database.session(write=True) as session:
        for number in range(3):
            record(session, "user", number, "sign_in", by=None, at=AT)
            session.commit()
    assert verified(own_database).count == before + 3
    assert not verified(own_database).problem


def test_eight_writers_at_once_make_one_chain(own_database: Database) -> None:
    before = verified(own_database).count

    def keep_writing(writer: int) -> None:
        for _ in range(15):
            write(own_database, "sign_in", "sign_out", note=f"第 {writer} 人")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(keep_writing, range(8)))
    assert verified(own_database) == Chain(before + 8 * 15 * 2, links(own_database)[-1])


def test_days_and_enums_read_back_as_they_were_written(own_database: Database) -> None:
    with own_database.transaction() as session:
        after: dict[Any, Any] = {
            "due_on": date(2024, 4, 30).isoformat(),
            2: "数字键",
            "list": ("a", "b"),
            "多": {"层": [1.5, True]},
        }
        record(session, "user", 0, "edit", by=None, at=AT, after=after)
    assert not verified(own_database).problem
    with own_database.session() as session:
        assert session.scalar(select(func.count()).select_from(EventLink)) == verified(own_database).count
