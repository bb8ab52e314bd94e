"""占位符: what a template of an official document may name, and what each stands for."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

Words = dict[str, Any]
"""What a template is filled with: words by name, and under the name of a list one such dictionary a row."""


@dataclass(frozen=True)
class Placeholder:
    """占位符: its name, what it stands for, and a value as it may be."""

    name: str
    meaning: str
    example: str

    @property
    def written(self) -> str:
        """As a template has it: {{ 文号 }}."""
        return f"{{{{ {self.name} }}}}"


@dataclass(frozen=True)
class Listing:
    """清单: what a template writes once for each row; `item` is what it calls a row, `mark` what is
    repeated: p a paragraph, tr a row of a table."""

    name: str
    meaning: str
    item: str
    fields: "tuple[Placeholder | Listing, ...]"
    mark: str = "p"

    def begun(self, owner: str = "") -> str:
        """The tag before what is repeated: {%p for 段 in 要求 %}."""
        return f"{{%{self.mark} for {self.item} in {owner}{self.name} %}}"

    @property
    def ended(self) -> str:
        """The tag behind it."""
        return f"{{%{self.mark} endfor %}}"


Entry = Placeholder | Listing


def named(entries: Sequence[Entry]) -> dict[str, Entry]:
    """The entries by their names."""
    return {entry.name: entry for entry in entries}


def examples(entries: Sequence[Entry], rows: int = 2) -> Words:
    """Words to try a template with: every list has so many rows."""
    return {
        entry.name: entry.example
        if isinstance(entry, Placeholder)
        else [examples(entry.fields, rows) for _ in range(rows)]
        for entry in entries
    }


def blanks(entries: Sequence[Entry], owner: str = "") -> Words:
    """The placeholders in place of the words: a document written with them is a template.

    A list has three rows: the tag before, what is repeated, the tag behind.
    """
    return {
        entry.name: f"{{{{ {owner}{entry.name} }}}}"
        if isinstance(entry, Placeholder)
        else [
            _tag(entry, entry.begun(owner)),
            blanks(entry.fields, f"{entry.item}."),
            _tag(entry, entry.ended),
        ]
        for entry in entries
    }


def nearest(name: str, known: Sequence[str]) -> str:
    """，是不是“发文机关”？ — or nothing, where no name is like it."""
    alike = (get_close_matches(name, known, n=3, cutoff=cutoff) for cutoff in (0.4, 0.25))
    likely = next(filter(None, alike), [])
    return f"，是不是{'、'.join(f'“{one}”' for one in likely)}？" if likely else ""


def _tag(entry: Listing, tag: str) -> Words:
    """A row that holds a tag alone, in its first cell."""
    empty: Words = {field.name: "" if isinstance(field, Placeholder) else [] for field in entry.fields}
    return empty | {entry.fields[0].name: tag}
