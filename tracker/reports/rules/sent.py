"""A report as it was submitted: what later changes to tasks, documents or the plan do not rewrite."""

from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any


@dataclass(frozen=True)
class Proof:
    """A document that was named as proof: its number, title and 文号."""

    id: int
    words: str


@dataclass(frozen=True)
class SentLine:
    """One indicator with what the plan said of it and what the unit wrote."""

    item_id: int
    number: str
    name: str
    heading: str
    title: str
    content: str
    progress: str = ""
    percent: str = ""
    figures: str = ""
    proofs: tuple[Proof, ...] = ()
    problems: str = ""
    next_steps: str = ""
    has_no_progress: bool = False
    reason: str = ""
    last_next_steps: str = ""

    @property
    def summary(self) -> str:
        """评价内容: what the plan says, of an initiative its title."""
        return self.content if self.number.isdigit() else self.title or self.content

    @property
    def is_idle(self) -> bool:
        """Whether its reason is all that the unit wrote: a telephone folds it."""
        told = (self.percent, self.figures, self.proofs, self.problems, self.next_steps)
        return self.has_no_progress and not any(told)

    @property
    def done(self) -> str:
        """完成状态: 无进展, 已完成 or 推进中."""
        if self.has_no_progress:
            return "无进展"
        return "已完成" if self.percent == "100" else "推进中"


@dataclass(frozen=True)
class SentReport:
    """The head of a report and its lines; `phone` is the writer's."""

    unit: str
    month: str
    writer: str
    phone: str
    lines: tuple[SentLine, ...]
    approver: str = ""
    is_on_behalf: bool = False
    is_nil: bool = False

    @property
    def no_progress_count(self) -> int:
        return sum(1 for line in self.lines if line.has_no_progress)

    @property
    def sections(self) -> list[tuple[str, list[SentLine]]]:
        """The lines under the headings of the plan."""
        return [(heading, list(lines)) for heading, lines in groupby(self.lines, lambda line: line.heading)]

    def as_json(self) -> dict[str, Any]:
        """What is stored."""
        return asdict(self)

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "SentReport":
        """What was stored, read again."""
        return cls(**{**stored, "lines": tuple(_line(line) for line in stored["lines"])})


def _line(stored: dict[str, Any]) -> SentLine:
    return SentLine(**{**stored, "proofs": tuple(Proof(**proof) for proof in stored["proofs"])})
