"""The flow of a document, who may do what with it, and when a task's materials are complete."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Protocol

from tracker.assignments.rules import Actor, may_act_for
from tracker.labels import LabelledEnum, SignEnum

YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
FIRST_YEAR, LAST_YEAR = 2000, 2049
YEAR_COUNTS_FROM = 7
"""The month from which on a year has material of its own: a gate in April asks up to the year before."""
LEAST_LIKENESS = 2
"""Characters in a row that a file's name and a material's have in common when one speaks of the other."""


class EvidenceState(SignEnum):
    """材料状态."""

    DRAFT = "draft", "草稿", "idle", "□"
    SUBMITTED = "submitted", "已提交", "idle", "◎"
    ACCEPTED = "accepted", "已采信", "ok", "✓"
    RETURNED = "returned", "退回", "late", "■"


class Step(LabelledEnum):
    """材料办理动作."""

    ADD = "add", "上传材料"
    ADD_VERSION = "add_version", "更新材料"
    DESCRIBE = "describe", "修改材料说明"
    PLACE = "place", "归入材料"
    DISPLACE = "displace", "移出材料"
    HAND_IN = "hand_in", "提交材料"
    TAKE_BACK = "take_back", "撤回材料"
    ACCEPT = "accept", "采信材料"
    RETURN = "return", "退回材料"
    DELETE = "delete", "删除材料"


TRANSITIONS: dict[Step, frozenset[EvidenceState]] = {
    Step.ADD_VERSION: frozenset(EvidenceState),
    Step.DESCRIBE: frozenset({EvidenceState.DRAFT, EvidenceState.SUBMITTED, EvidenceState.RETURNED}),
    Step.PLACE: frozenset({EvidenceState.DRAFT, EvidenceState.SUBMITTED, EvidenceState.ACCEPTED}),
    Step.DISPLACE: frozenset({EvidenceState.DRAFT, EvidenceState.RETURNED}),
    Step.HAND_IN: frozenset({EvidenceState.DRAFT, EvidenceState.RETURNED}),
    Step.TAKE_BACK: frozenset({EvidenceState.SUBMITTED}),
    Step.ACCEPT: frozenset({EvidenceState.SUBMITTED}),
    Step.RETURN: frozenset({EvidenceState.SUBMITTED, EvidenceState.ACCEPTED}),
    Step.DELETE: frozenset({EvidenceState.DRAFT}),
}
"""From which states a step may start."""
DRAFTING = frozenset(
    {Step.ADD, Step.ADD_VERSION, Step.DESCRIBE, Step.PLACE, Step.DISPLACE, Step.TAKE_BACK, Step.DELETE}
)
"""What a unit does with its documents before anybody else may see them; nobody else's timeline tells it."""
OFFICE_STEPS = frozenset({Step.ACCEPT, Step.RETURN})
COUNTS = frozenset({EvidenceState.DRAFT, EvidenceState.SUBMITTED, EvidenceState.ACCEPTED})
"""States in which a document fills its place, in the eyes of its own unit."""
HANDED_IN = frozenset({EvidenceState.SUBMITTED, EvidenceState.ACCEPTED})
"""States in which it does so in the eyes of everybody else."""


class Document(Protocol):
    """What a rule needs to know of a document."""

    @property
    def state(self) -> EvidenceState: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def uploader_id(self) -> int: ...


class Wanted(Protocol):
    """What a rule needs to know of an expected material."""

    @property
    def name(self) -> str: ...
    @property
    def is_per_year(self) -> bool: ...
    @property
    def window_years(self) -> int | None: ...


@dataclass(frozen=True)
class Span:
    """The years for which a deadline asks: from the campaign's first to the last that counts."""

    first: int
    last: int
    due: int

    @property
    def years(self) -> range:
        return range(self.first, self.last + 1)


def span(starts_on: date, due_on: date) -> Span:
    """The years that a deadline asks of 分年度 materials: each year from the campaign's first on; the
    year of the deadline itself from July on (自评 in April 2024 asks up to 2023, 验收 in August 2025
    up to 2025: 材料更新到验收年度)."""
    last = due_on.year if due_on.month >= YEAR_COUNTS_FROM else due_on.year - 1
    return Span(starts_on.year, max(starts_on.year, last), due_on.year)


def gap(material: Wanted, covered: Collection[int], asked: Span) -> str | None:
    """What is missing of an expected material, in words: 耕地台账, 抽检计划（2022年）; None when it is
    complete.

    Args:
        covered: the years that the documents under it stand for.
    """
    if material.is_per_year:
        lacking = [year for year in asked.years if year not in covered]
        if len(lacking) == len(asked.years):
            return material.name
        return f"{material.name}（{'、'.join(map(str, lacking))}年）" if lacking else None
    if material.window_years:
        return None if any(year >= asked.due - material.window_years for year in covered) else material.name
    return None if covered else material.name


def guessed_year(name: str, today: date) -> int:
    """The year that a document stands for by its name (2023年工作总结), else this year."""
    found = YEAR.search(name)
    return int(found[1]) if found else today.year


def guessed_place(name: str, materials: Sequence[Wanted], missing: Sequence[Wanted]) -> Wanted | None:
    """Under which material a file belongs: the one that its name speaks of, else the first one missing,
    else the first."""
    stem = name.rpartition(".")[0] or name
    likeness = [(_common_length(stem, material.name), material) for material in materials]
    best = max(likeness, key=lambda pair: pair[0], default=None)
    if best is not None and best[0] >= LEAST_LIKENESS:
        return best[1]
    return next(iter([*missing, *materials]), None)


def refuse_add(unit_id: int, left_on: date | None, actor: Actor) -> str | None:
    """Why `actor` may not file documents under a unit's share, which it left on `left_on`, or None."""
    if not may_act_for(unit_id, actor):
        return "只有本单位联络员可以上传材料"
    return "本单位已退出这项任务，不能再上传材料" if left_on else None


def refuse_step(document: Document, step: Step, actor: Actor) -> str | None:
    """Why `actor` may not do `step` with the document now, or None."""
    if step in OFFICE_STEPS:
        if not actor.role.is_office:
            return "只有市食安办可以采信或退回材料"
    elif not may_act_for(document.unit_id, actor):
        return "只有本单位联络员可以办理本单位的材料"
    if document.state not in TRANSITIONS[step]:
        return f"材料当前是“{document.state.label}”，不能{step.label}"
    if step is Step.ACCEPT and document.uploader_id == actor.id:
        return "自己上传的材料须由食安办另一位同志采信"
    return None


def _common_length(one: str, other: str) -> int:
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size
