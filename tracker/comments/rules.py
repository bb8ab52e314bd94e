"""Who may say and read what about a task, and whom a text calls upon with @."""

import re
from collections.abc import Collection
from typing import TypeVar

from tracker.assignments.rules import DEPARTMENTS
from tracker.labels import LabelledEnum
from tracker.people.rules import Role
from tracker.units.rules import NameBook, UnitKind

T = TypeVar("T")
LONGEST = 2000
"""Characters of a comment."""
CALL = re.compile(r"(?<![A-Za-z0-9._%+-])[@＠]([^\s@＠，。；：、！？（）《》“”‘’,;:!?()<>\"']{1,30})")
"""@ and what follows it up to a space or a sign; the @ of a mail address calls nobody."""
SHORTEST_NAME = 2
MOST_UNKNOWN = 3
"""Unknown names that a message tells the nearest known ones of."""


class Step(LabelledEnum):
    """留言动作."""

    WRITE = "write", "留言"


def refuse_write(role: Role) -> str | None:
    """Why somebody who may open the task page may not comment, or None."""
    return None if role.is_unit or role.is_office else "领导和评审员只能查看，不能留言"


def may_read(
    unit_id: int, kind: UnitKind, called_ids: Collection[int], *, reader_unit_id: int, reads_others: bool
) -> bool:
    """Whether somebody who may open the task page reads a comment of `unit_id`: a county's is read by
    the departments, the office, itself, and those whom it calls (SQL sister: queries.readable)."""
    return reads_others or kind in DEPARTMENTS or reader_unit_id in (unit_id, *called_ids)


def called(text: str, book: NameBook[T]) -> tuple[list[T], list[str]]:
    """Those whom a text calls upon, and the names after an @ that mean nobody in `book`.

    Chinese puts no space after a name: the longest beginning that is one counts (@市公安局请尽快提交).
    """
    found: list[T] = []
    unknown: list[str] = []
    for name in dict.fromkeys(CALL.findall(text)):
        owner = _longest(name, book)
        if owner is None:
            unknown.append(name)
        elif owner not in found:
            found.append(owner)
    return found, unknown


def unknown_words(names: Collection[str], book: NameBook[T]) -> str:
    """没有可以 @ 的单位“市公安居”，最接近的是：市公安局."""
    return "；".join(_unknown(name, book) for name in list(names)[:MOST_UNKNOWN])


def _unknown(name: str, book: NameBook[T]) -> str:
    nearest = book.nearest(name)
    hint = f"，最接近的是：{'、'.join(nearest)}" if nearest else ""
    return f"没有可以 @ 的单位“{name}”{hint}"


def _longest(name: str, book: NameBook[T]) -> T | None:
    beginnings = (name[:end] for end in range(len(name), SHORTEST_NAME - 1, -1))
    return next((owner for one in beginnings if (owner := book.get(one)) is not None), None)
