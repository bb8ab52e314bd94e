"""What cannot be backed up or put back is told in one line, and nothing has changed."""

import gzip
import hashlib
import io
import json
import random
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.backup.conftest import Place
from tracker.backup import restoring
from tracker.backup.rules import FORMAT, MANIFEST, SUMS
from tracker.db import Database
from tracker.errors import Refused

Members = list[tuple[str, bytes]]
Change = Callable[[Members], object]


def refusal(place: Place, path: Path) -> str:
    """The one line of a restore that is refused; nothing is in the place afterwards."""
    result = place.run("restore", str(path))
    assert result.exit_code == 1, result.output
    assert result.output.count("\n") == 1, result.output
    assert "Traceback" not in result.output
    assert place.is_untouched()
    return result.output.strip()


def members_of(path: Path) -> Members:
    with tarfile.open(path) as archive:
        return [(member.name, archive.extractfile(member).read()) for member in archive]  # type: ignore[union-attr]


def rewritten(path: Path, change: Change) -> Path:
    """An archive of the same members after `change`."""
    members = members_of(path)
    change(members)
    target = path.with_name("changed.tar")
    with tarfile.open(target, "w") as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return target


def in_manifest(**values: Any) -> Change:
    """A change of the manifest with its sum, as another version would have written them."""

    def change(members: Members) -> None:
        content = json.dumps(json.loads(members[0][1]) | values).encode()
        rest = members[1][1].split(b"\n", 1)[1]
        members[0] = (MANIFEST, content)
        members[1] = (SUMS, f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n".encode() + rest)

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (in_manifest(schema="9999"), "备份来自更新的版本（表 9999，本版本到 "),
        (in_manifest(format=FORMAT + 1), f"（备份格式 {FORMAT + 1}，本版本到 {FORMAT}），请先升级程序"),
        (in_manifest(schema="0000"), "不是本系统的备份"),
        (in_manifest(program="other"), "不是本系统的备份"),
        (in_manifest(tables={"unit": 1}), "备份不完整或已损坏"),
        (in_manifest(file_count=7), "备份不完整或已损坏"),
        (lambda members: members.pop(0), "不是本系统的备份"),
        (lambda members: members.pop(1), "备份不完整或已损坏（SHA256SUMS）"),
        (lambda members: members.pop(), "备份不完整或已损坏（缺 files/"),
        (lambda members: members.append(("files/../../evil", b"x")), "损坏（files/../../evil）"),
        (lambda members: members.__setitem__(5, (members[5][0], b"x")), "备份不完整或已损坏（tables/"),
        (lambda members: members.__setitem__(-1, (members[-1][0], b"x")), "备份不完整或已损坏（files/"),
        (lambda members: members.__setitem__(1, (SUMS, b"")), "备份不完整或已损坏（manifest.json）"),
    ],
)  # fmt: skip
def test_an_archive_that_is_not_what_was_written_is_refused(
    backup: Path, place: Place, change: Change, said: str
) -> None:
    assert said in refusal(place, rewritten(backup, change))


def test_an_archive_cut_off_anywhere_is_refused(backup: Path, place: Place) -> None:
    content = backup.read_bytes()
    chance = random.Random(7)
    with tarfile.open(backup) as archive:
        end = max(member.offset_data + member.size for member in archive)
    for size in [0, 100, 512, 1024, *(chance.randrange(end) for _ in range(12))]:
        backup.write_bytes(content[:size])
        assert str(backup) in refusal(place, backup)


def test_a_flipped_bit_anywhere_in_a_member_is_refused(backup: Path, place: Place) -> None:
    content = bytearray(backup.read_bytes())
    chance = random.Random(7)
    for at in _places_within(backup, chance):
        flipped = bytearray(content)
        flipped[at] ^= 1 << chance.randrange(8)
        backup.write_bytes(flipped)
        refusal(place, backup)


@pytest.mark.parametrize(
    ("content", "said"), [(b"PK\3\4" + b"x" * 2000, "不是本系统的备份"), (b"", "不是本系统的备份")]
)
def test_another_file_is_refused(place: Place, tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "photo.zip"
    path.write_bytes(content)
    assert refusal(place, path) == f"{path}：{said}"


def test_a_file_that_is_not_there_is_told(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "nothing.tar"
    assert refusal(place, path) == f"读不了备份 {path}：No such file or directory"


def test_a_database_with_tables_stays_as_it_is(source: Place, backup: Path) -> None:
    before = source.rows(), source.hashes()
    result = source.run("restore", str(backup))
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert result.output.startswith("数据库里已经有表，没有恢复")
    assert (source.rows(), source.hashes()) == before


def test_a_folder_with_files_stays_as_it_is(backup: Path, place: Place) -> None:
    place.store.put(io.BytesIO(b"somebody's"))
    before = place.hashes()
    result = place.run("restore", str(backup))
    assert (
        result.output
        == f"{place.store.folder} 里已经有文件，没有恢复；请换一个空的数据目录（TRACKER_DATA_DIR）\n"
    )
    assert place.hashes() == before
    assert place.database.is_empty()


def test_a_restore_that_fails_half_way_leaves_nothing(
    backup: Path, target: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk; a moment later it succeeds."""

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("tracker.backup.restoring.os.sync", full)
        assert refusal(target, backup) == f"恢复不了 {backup}：No space left on device"
    assert target.run("restore", str(backup)).exit_code == 0
    assert not (target.folder / "restoring").exists()


def test_what_a_killed_restore_left_is_no_hindrance(backup: Path, place: Place) -> None:
    left = place.folder / "restoring" / "files" / "ab"
    left.mkdir(parents=True)
    (left / ("ab" * 32)).write_bytes(b"half")
    assert place.run("restore", str(backup)).exit_code == 0
    assert "ab" * 32 not in place.hashes()


def test_rows_that_do_not_belong_together_are_refused(backup: Path, target: Place) -> None:
    """Made by hand: each member is what its sum says."""
    with pytest.raises(Refused, match="备份不完整或已损坏"):
        restoring.restore(target.database, target.folder, rewritten(backup, _without_units))
    assert target.is_untouched()


def test_a_backup_replaces_no_file(own_database: Database, backup: Path, tmp_path: Path) -> None:
    source = Place(own_database, tmp_path)
    before = backup.read_bytes()
    result = source.run("backup", str(backup))
    assert (result.exit_code, result.output) == (1, f"文件 {backup} 已经存在，请换一个文件名\n")
    assert backup.read_bytes() == before


def test_a_backup_into_no_folder_is_told(own_database: Database, tmp_path: Path) -> None:
    result = Place(own_database, tmp_path).run("backup", "/nowhere/backup.tar")
    expected = "写不了备份 /nowhere/backup.tar：No such file or directory\n"
    assert (result.exit_code, result.output) == (1, expected)


def test_a_backup_of_a_database_without_tables_is_refused(place: Place, tmp_path: Path) -> None:
    result = place.run("backup", str(tmp_path / "none.tar"))
    assert (result.exit_code, result.output.strip()) == (1, "数据库的表不是最新的：先运行 tracker db upgrade")
    assert not list(tmp_path.glob("*.tar"))


def test_lost_files_are_left_out_and_told_twice(source: Place, place: Place, tmp_path: Path) -> None:
    gone, changed, kept = source.store.all()
    gone.unlink()
    changed.write_bytes(b"changed")
    path = tmp_path / "backup.tar"
    result = source.run("backup", str(path))
    assert result.exit_code == 1
    assert "备份里缺 2 个文件（备份时已经缺失或内容变了）：运行 tracker doctor 查看是哪些" in result.output
    restored = place.run("restore", str(path))
    assert restored.exit_code == 0
    assert "备份里缺 2 个文件" in restored.output
    assert set(place.hashes()) == {kept.name}
    assert place.run("doctor", "--only", "files").output.count("缺失；从备份恢复") == 2


def _places_within(path: Path, chance: random.Random) -> Iterator[int]:
    """A place in the content of manifest, sums, some tables and each file."""
    with tarfile.open(path) as archive:
        members = archive.getmembers()
    for member in [*members[:2], *chance.sample(members[2:], 10), *members[-3:]]:
        yield member.offset_data + chance.randrange(member.size)


def _without_units(members: Members) -> None:
    names = [name for name, _ in members]
    at = names.index("tables/unit.jsonl.gz")
    manifest = json.loads(members[0][1])
    manifest["tables"]["unit"] = 0
    members[at] = (names[at], gzip.compress(b""))
    members[0] = (MANIFEST, json.dumps(manifest).encode())
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in members if name != SUMS]
    members[1] = (SUMS, "".join(sums).encode())
