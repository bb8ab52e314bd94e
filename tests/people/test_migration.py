"""The accounts of an installation from before: a chosen password stays, and counts from the upgrade on."""

from alembic import command
from sqlalchemy import func, select, text

from tracker.db import Database
from tracker.events.models import Event
from tracker.people.models import PastPassword, User

BEFORE = (
    "INSERT INTO jurisdiction (id, code, name, timezone, edition) VALUES (1, 'x', 'x', 'Asia/Shanghai', 1)",
    "INSERT INTO unit (id, jurisdiction_id, name, short, kind, position, note) "
    "VALUES (1, 1, 'x', 'x', 'office', 1, '')",
    "INSERT INTO user_account (id, unit_id, username, name, sort_name, title, phone, email, role, is_active, "
    "password_hash, must_change_password, failed_count, session_version) VALUES "
    "(1, 1, 'chosen', '', '', '', '', '', 'office', true, 'hash', false, 0, 7), "
    "(2, 1, 'issued', '', '', '', '', '', 'office', true, 'light', true, 0, 1)",
    "INSERT INTO event (id, at, by_id, as_role, origin, outcome, subject, subject_id, verb, before, after, "
    "note) VALUES (1, '2024-03-22 02:00:00', 1, '', '', 'done', 'user', 1, 'add', '{}', '{}', '')",
)


def test_accounts_of_before_keep_their_passwords(empty_database: Database) -> None:
    empty_database._alembic(lambda config: command.upgrade(config, "0012"))
    with empty_database.engine.execution_options(tracker_write=True).begin() as connection:
        for statement in BEFORE:
            connection.execute(text(statement))
    empty_database.upgrade()
    with empty_database.session() as session:
        chosen, issued = session.scalars(select(User).order_by(User.id))
        assert chosen.password_set_at is not None
        assert issued.password_set_at is None
        assert not chosen.has_second_factor
        remembered = session.execute(select(PastPassword.user_id, PastPassword.password_hash)).all()
        assert [tuple(row) for row in remembered] == [(1, "hash")]
        assert session.scalar(select(func.count()).select_from(Event)) == 1
