"""What the doctor's checks work with and say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from tracker.clock import Clock
from tracker.console import Console
from tracker.files.store import Store

DAY = 24 * 3600.0
"""Seconds for which a content without a row may be on its way to get one."""


@dataclass(frozen=True)
class Finding:
    """发现: what is wrong and what to do about it; `is_cleaned` when it was put right at once."""

    check: str
    problem: str
    advice: str
    is_cleaned: bool = False

    @property
    def line(self) -> str:
        return f"{self.check}：{self.problem}；{'已清除' if self.is_cleaned else self.advice}"


@dataclass(frozen=True)
class Visit:
    """One visit of the doctor: the installation, and whether what is in nobody's way is cleaned up."""

    console: Console
    is_cleaning: bool

    @cached_property
    def store(self) -> Store:
        return Store(self.console.config.data_dir)

    @cached_property
    def yesterday(self) -> float:
        """What is older than that is on nobody's way; by the machine's clock, as files have it."""
        return Clock().now().timestamp() - DAY


Check = Callable[[Visit], Iterator[Finding]]
