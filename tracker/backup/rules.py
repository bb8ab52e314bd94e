"""What stands in an archive, and which archives can be put back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Self

FORMAT = 1
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
FOREIGN = "不是本系统的备份"
DAMAGED = "备份不完整或已损坏"


@dataclass(frozen=True)
class Manifest:
    """清单: the first member of an archive.

    `schema` is the number of the migration whose tables these are; `tables` the rows of each, in the
    order in which they go in; `missing` the contents that were lost when the backup was taken.
    """

    schema: str
    taken_at: datetime
    database: str
    version: str
    tables: Mapping[str, int]
    file_count: int
    file_size: int
    missing: Sequence[str] = field(default_factory=tuple)

    def as_json(self) -> bytes:
        """As it stands in the archive."""
        content = {
            "program": "tracker", "format": FORMAT, **asdict(self), "taken_at": self.taken_at.isoformat(),
        }  # fmt: skip
        return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        """Read it again.

        Raises:
            ValueError: it is no manifest, or of a later form; the message says which, in Chinese.
        """
        try:
            found = json.loads(content)
            program, form = found.pop("program"), found.pop("format")
            if program != "tracker" or not isinstance(form, int):
                raise ValueError(FOREIGN)
            if form > FORMAT:
                raise ValueError(newer_words(f"备份格式 {form}", f"{FORMAT}"))
            return cls(**{**found, "taken_at": datetime.fromisoformat(found["taken_at"])})
        except (AttributeError, KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise ValueError(FOREIGN) from error

    @property
    def row_count(self) -> int:
        return sum(self.tables.values())


def reason_not_to_restore(manifest: Manifest, known: Sequence[str]) -> str | None:
    """Why this version cannot put the archive back, if it cannot.

    Args:
        known: the numbers of the migrations that this version has, in their order.
    """
    if manifest.schema in known:
        return None
    return newer_words(f"表 {manifest.schema}", known[-1]) if manifest.schema > known[-1] else FOREIGN


def newer_words(theirs: str, ours: str) -> str:
    return f"备份来自更新的版本（{theirs}，本版本到 {ours}），请先升级程序"


def table_member(name: str) -> str:
    return f"tables/{name}.jsonl.gz"


def file_member(sha256: str) -> str:
    """As in the store."""
    return f"files/{sha256[:2]}/{sha256}"


def sum_line(sha256: str, member: str) -> bytes:
    """A line as `sha256sum -c` reads it."""
    return f"{sha256}  {member}\n".encode()
