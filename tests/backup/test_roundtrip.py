"""What comes out of a backup is what went in: every row and every file, on both databases and across."""

import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.backup.conftest import TITLES, Place
from tests.soak.uploads import AT, Quay
from tracker.backup import taking
from tracker.db import Base, Database
from tracker.events.actions import record
from tracker.events.models import Event
from tracker.units.models import Jurisdiction


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_every_row_and_file_comes_back_on_either_database(
    source: Place, tmp_path: Path, place_of: Callable[[str], Place], kind: str
) -> None:
    target = place_of(kind)
    backup = tmp_path / "backup.tar"
    assert source.run("backup", str(backup)).exit_code == 0
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600, "for its owner alone"
    assert not list(tmp_path.glob(".*")), "nothing is left beside it"
    result = target.run("restore", str(backup))
    assert result.exit_code == 0, result.output
    rows = target.rows()
    assert rows == source.rows()
    assert sum(map(len, rows.values())) > 5000, "the whole plan"
    assert target.hashes() == source.hashes()
    assert len(target.hashes()) == len(TITLES)
    assert all(name == digest for name, digest in target.hashes().items())
    assert target.run("doctor", "--only", "files").output == "检查完成，没有发现问题。\n"
    _assert_goes_on(target.database)


def _assert_goes_on(database: Database) -> None:
    """New rows are numbered after the old ones, and references, put off while rows went in, are checked."""
    with database.transaction() as session:
        last = session.scalar(select(func.max(Event.id))) or 0
        record(session, "user", 1, "sign_in", by=None, at=AT)
        session.add(Jurisdiction(code="5401", name="拉萨市", timezone="Asia/Shanghai"))
    with database.session() as session:
        assert session.scalar(select(func.max(Event.id))) == last + 1
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(update(Jurisdiction).values(parent_id=999))


def test_a_backup_under_load_is_one_moment(own_database: Database, tmp_path: Path, target: Place) -> None:
    """Two processes file, renew and delete documents while it is taken."""
    source = Place(own_database, tmp_path / "source")
    quay = Quay(own_database, source.folder)
    path = tmp_path / "backup.tar"
    with quay.log, quay.uploader(1), quay.uploader(2):
        quay.wait_for(quay.uploaded() + 10)
        before = quay.uploaded()
        result = source.run("backup", str(path))
        assert result.exit_code == 0, result.output + quay.said()
        quay.wait_for(quay.uploaded() + 1)
    assert before < quay.uploaded(), "they were at work"
    assert target.run("restore", str(path)).exit_code == 0
    assert target.run("doctor", "--only", "files").output == "检查完成，没有发现问题。\n"
    assert set(target.hashes()) == {row[1] for row in target.rows()["stored_file"]}
    assert all(name == digest for name, digest in target.hashes().items())
    _assert_references(target.database)


def test_a_backup_can_be_checked_without_the_system(backup: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    subprocess.run(["tar", "xf", backup], cwd=folder, check=True)
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


def test_the_same_state_makes_the_same_tables(backup: Path, place: Place, tmp_path: Path) -> None:
    again = tmp_path / "again.tar"
    place.run("restore", str(backup))
    place.run("backup", str(again))
    sums = [
        subprocess.run(["tar", "xOf", path, "SHA256SUMS"], check=True, capture_output=True).stdout.split(
            b"\n", 1
        )
        for path in (backup, again)
    ]
    assert sums[0][1] == sums[1][1], "all but the manifest, which has the time"


def test_a_backup_of_an_older_version_is_upgraded(
    empty_database: Database, tmp_path: Path, target: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Place(empty_database, tmp_path / "old")
    old.database._alembic(lambda config: command.upgrade(config, "0003"))
    with old.database.transaction() as session:
        _add_jurisdictions(session)
    monkeypatch.setattr(taking, "migrations", lambda: ["0003"])
    monkeypatch.setattr(taking, "contents", lambda _session: iter(()))  # asks tables that come later
    taking.back_up(old.database, old.store, tmp_path / "old.tar", at=AT)
    result = target.run("restore", str(tmp_path / "old.tar"))
    assert result.exit_code == 0, result.output
    assert "表已从 0003 升级到 " in result.output
    assert target.database.is_current()
    with target.database.session() as session:
        found = session.execute(select(Jurisdiction.id, Jurisdiction.name, Jurisdiction.parent_id))
        assert sorted(tuple(row) for row in found) == [(1, "卡若区", 2), (2, "昌都市", None)]


def _add_jurisdictions(session: Session) -> None:
    """The first refers to a later one of its own table."""
    columns = "id, code, name, timezone, parent_id, edition"
    for values in (
        "2, '5403', '昌都市', 'Asia/Shanghai', NULL, 1",
        "1, '540302', '卡若区', 'Asia/Shanghai', 2, 1",
    ):
        session.execute(text(f"INSERT INTO jurisdiction ({columns}) VALUES ({values})"))


def _assert_references(database: Database) -> None:
    """Every foreign key leads to a row, asked of the tables themselves."""
    with database.session() as session:
        for table in Base.metadata.sorted_tables:
            for key in table.foreign_keys:
                other = key.column.table.alias()
                lost = (
                    select(func.count())
                    .select_from(table.outerjoin(other, key.parent == other.c[key.column.name]))
                    .where(key.parent.is_not(None), other.c[key.column.name].is_(None))
                )
                assert session.scalar(lost) == 0, f"{table.name}.{key.parent.name}"
