"""`tracker doctor` on uploaded files: what it finds, what it says to do, and what it never throws away."""

import json
import os
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.evidence.conftest import AT, add, share
from tests.files.samples import PNG, pdf
from tracker.cli import main
from tracker.db import Base, Database, load_models
from tracker.evidence import actions
from tracker.evidence.models import Evidence
from tracker.files.actions import receive, register
from tracker.files.models import StoredFile
from tracker.files.queries import _files, _is_unused, unused_files
from tracker.files.store import Store
from tracker.people.models import User

Doctor = Callable[..., Result]
DAY = 24 * 3600
FILES = ("--only", "files", "--only", "folder")
WELL = "检查完成，没有发现问题。\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def doctor(own_database: Database, tmp_path: Path) -> Doctor:
    """`tracker doctor ARGUMENTS` of an installation that pretends another day, as demonstrations do."""
    return running_on(own_database, tmp_path)


@pytest.fixture
def evidence(own_database: Database, store: Store) -> Evidence:
    """耕地台账 of 市农业农村局, a draft."""
    with own_database.transaction() as session:
        return filed(session, store, "耕地台账.pdf")


def running_on(database: Database, folder: Path) -> Doctor:
    environment = {
        "TRACKER_DATABASE_URL": database.url, "TRACKER_DATA_DIR": str(folder), "TRACKER_TODAY": "2049-03-22",
    }  # fmt: skip

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["doctor", *FILES, *arguments], env=environment, prog_name="tracker")

    return run


def filed(session: Session, store: Store, name: str) -> Evidence:
    nongye = session.scalars(select(User).where(User.username == "nongye")).one()
    received = receive(store, name, BytesIO(pdf(name)), most_bytes=1024)
    return add(session, share(session, "11-1", "市农业农村局"), received, nongye).evidence


def deleted(database: Database, evidence: Evidence) -> None:
    with database.transaction() as session:
        draft = session.get_one(Evidence, evidence.id)
        actions.delete(session, draft, by=draft.created_by, at=AT, version=None)


def path_of(store: Store, evidence: Evidence) -> Path:
    return store.path(evidence.file.sha256)


def age(path: Path) -> None:
    """Let a file be a day and a minute old."""
    moment = path.stat().st_mtime - DAY - 60
    os.utime(path, (moment, moment))


def said(result: Result) -> tuple[int, str]:
    return result.exit_code, result.output


def test_a_sound_installation_is_well(doctor: Doctor, evidence: Evidence) -> None:
    assert said(doctor()) == (0, WELL)
    assert said(doctor("--json")) == (0, "[]\n")


def test_a_new_installation_without_files_is_well_and_stays_as_it_is(
    doctor: Doctor, own_database: Database, tmp_path: Path
) -> None:
    assert said(doctor("--clean")) == (0, WELL)
    assert not list(tmp_path.iterdir())


def test_tables_that_are_not_there_are_told_and_nothing_more_is_looked_at(
    empty_database: Database, tmp_path: Path
) -> None:
    expected = "数据库：表不是这个版本的；运行 tracker db upgrade\n"
    assert said(running_on(empty_database, tmp_path)()) == (1, expected)


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    database = SimpleNamespace(url="postgresql://nobody@127.0.0.1:1/tracker")
    result = running_on(database, tmp_path)()  # type: ignore[arg-type]  # only its address is asked
    assert result.exit_code == 1
    assert result.output.startswith("数据库：连不上：")
    assert result.output.endswith("；检查数据库服务和 TRACKER_DATABASE_URL\n")
    assert result.output.count("\n") == 1


def test_a_full_disk_and_a_folder_that_takes_nothing_are_told(
    doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**_named: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tracker.files.store.tempfile.TemporaryFile", refused)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=300 * 1024**2))
    result = doctor()
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"数据目录：{tmp_path} 不能写入：Permission denied；检查磁盘和目录的权限",
        "数据目录：磁盘只剩 300.0 MB（至少应有 2048.0 MB）；清理磁盘或扩容",
    ]


def test_a_missing_file_is_told_with_whose_it_was(doctor: Doctor, store: Store, evidence: Evidence) -> None:
    path_of(store, evidence).unlink()
    place = path_of(store, evidence).relative_to(store.folder.parent)
    line = f"文件：市农业农村局《耕地台账》缺失；从备份恢复 {place}\n"
    assert said(doctor()) == (1, line)
    assert said(doctor("--clean")) == (1, line), "nothing that is used is cleaned away"
    assert json.loads(doctor("--json").output) == [
        {
            "check": "文件", "problem": "市农业农村局《耕地台账》缺失", "advice": f"从备份恢复 {place}",
            "is_cleaned": False,
        }
    ]  # fmt: skip


@pytest.mark.parametrize("content", [pdf("耕地台账.pdX"), pdf("短"), b""])
def test_a_changed_content_is_told(doctor: Doctor, store: Store, evidence: Evidence, content: bytes) -> None:
    path_of(store, evidence).write_bytes(content)
    result = doctor("--clean")
    assert result.exit_code == 1
    assert "市农业农村局《耕地台账》的内容变了；从备份恢复 files/" in result.output


def test_a_file_without_a_row_is_cleaned_once_it_is_a_day_old(
    doctor: Doctor, store: Store, evidence: Evidence
) -> None:
    stray = store.path(store.put(BytesIO(PNG)).sha256)
    assert said(doctor("--clean")) == (0, WELL), "its row may be on its way"
    age(stray)
    assert said(doctor()) == (1, "文件：1 个文件没有登记（1 KB）；运行 tracker doctor --clean 清除\n")
    assert stray.exists()
    assert said(doctor("--clean")) == (0, "文件：1 个文件没有登记（1 KB）；已清除\n")
    assert not stray.exists()
    assert said(doctor()) == (0, WELL)


def test_what_a_killed_process_left_is_cleaned(doctor: Doctor, store: Store, evidence: Evidence) -> None:
    half = store.incoming / "0123456789abcdef"
    half.write_bytes(PNG[:20])
    assert said(doctor("--clean")) == (0, WELL)
    age(half)
    assert said(doctor("--clean")) == (0, "文件：1 个文件没有写完（1 KB）；已清除\n")
    assert not half.exists()


def test_what_no_document_uses_any_more_is_cleaned_with_its_row(
    doctor: Doctor, own_database: Database, store: Store, evidence: Evidence
) -> None:
    path = path_of(store, evidence)
    deleted(own_database, evidence)
    assert said(doctor("--clean")) == (0, WELL), "somebody may file it again at this moment"
    age(path)
    line = "文件：1 个文件已经没有材料用到（1 KB）；"
    assert said(doctor()) == (1, f"{line}运行 tracker doctor --clean 清除\n")
    result = doctor("--clean")
    assert said(result) == (0, f"{line}已清除\n文件：1 个文件没有登记（1 KB）；已清除\n")
    assert not path.exists()
    with own_database.session() as session:
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_an_unused_row_whose_file_is_missing_is_cleaned(
    doctor: Doctor, own_database: Database, store: Store, evidence: Evidence
) -> None:
    path_of(store, evidence).unlink()
    deleted(own_database, evidence)
    assert said(doctor("--clean")) == (0, "文件：1 个文件已经没有材料用到（1 KB）；已清除\n")


def test_an_old_content_that_is_filed_again_stays(
    doctor: Doctor, own_database: Database, store: Store, evidence: Evidence
) -> None:
    deleted(own_database, evidence)
    age(path_of(store, evidence))
    received = receive(store, "台账.pdf", BytesIO(pdf("耕地台账.pdf")), most_bytes=1024)
    assert said(doctor("--clean")) == (0, WELL), "taken in, and about to be named in a row"
    with own_database.transaction() as session:
        nongye = session.scalars(select(User).where(User.username == "nongye")).one()
        again = add(session, share(session, "11-1", "市农业农村局"), received, nongye).evidence
    assert path_of(store, again).exists()
    assert said(doctor()) == (0, WELL)


def test_older_versions_are_used(
    doctor: Doctor, own_database: Database, store: Store, evidence: Evidence
) -> None:
    with own_database.transaction() as session:
        draft = session.get_one(Evidence, evidence.id)
        newer = receive(store, "新.pdf", BytesIO(pdf("新")), most_bytes=1024)
        actions.add_version(session, draft, newer, by=draft.created_by, at=AT, version=None)
    for path in store.all():
        age(path)
    assert said(doctor("--clean")) == (0, WELL)
    assert len(list(store.all())) == 2


def test_every_table_that_refers_to_contents_is_asked(session: Session, store: Store) -> None:
    received = receive(store, "照片.png", BytesIO(PNG), most_bytes=1024)
    row = register(session, received, at=AT)
    assert unused_files(session) == [row]
    load_models()
    referring = {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table is StoredFile.__table__
    }
    assert {"evidence", "evidence_version"} <= referring
    asked = str(_files().where(_is_unused()))
    assert all(f"FROM {name} " in asked.replace("\n", " ") for name in referring)
