"""What is written in an official document; how it is laid out stands in `writing`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from unicodedata import east_asian_width


@dataclass(frozen=True)
class Text:
    """正文: a paragraph of the body; `level` 1 and 2 are headings (一、 and （一）), 0 is text."""

    words: str
    level: int = 0


@dataclass(frozen=True)
class Grid:
    """表格: rows of cells under a header; `widths` are shares of the page's width.

    Without a header the first cell of each row is its heading.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    caption: str = ""


@dataclass(frozen=True)
class Letter:
    """公文: `head` is 发文机关标志 in red, `organ` 发文机关署名, `day` 成文日期, `copies` 抄送机关.

    The lines of `title` are broken where it breaks them.
    """

    head: str
    number: str
    title: str
    addressee: str
    body: Sequence[Text | Grid]
    organ: str
    day: date
    urgency: str = ""
    copies: Sequence[str] = ()

    @property
    def day_words(self) -> str:
        """成文日期 as it is written."""
        return day_words(self.day)

    @property
    def imprint(self) -> list[str]:
        """版记: who gets copies, and who printed it and when."""
        copies = [f"抄送：{'，'.join(self.copies)}。"] if self.copies else []
        return [*copies, f"{self.organ}\t{self.day_words}印发"]


def day_words(day: date) -> str:
    """2024年3月22日: Arabic figures, the year in full, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def width_of(words: str) -> float:
    """How many full characters wide a text is: figures and letters are half as wide."""
    return sum(1.0 if east_asian_width(sign) in "WFA" else 0.5 for sign in words)


def title_lines(title: str, most: float) -> list[str]:
    """The lines of a title, broken where it says so; one that is wider than `most` characters becomes
    several of about the same width."""
    return [part for line in title.splitlines() for part in _even_parts(line, most)]


def _even_parts(line: str, most: float) -> list[str]:
    wanted = width_of(line) / ceil(width_of(line) / most) if line else 0
    parts, rest = [], line
    while width_of(rest) > most:
        end = next(end for end in range(1, len(rest) + 1) if width_of(rest[:end]) >= wanted)
        parts.append(rest[:end])
        rest = rest[end:]
    return [*parts, rest]
