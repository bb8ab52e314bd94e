"""What was typed as words, and which letters of a text they are."""

import re
from collections.abc import Sequence
from typing import NamedTuple

LONGEST = 100
MOST_WORDS = 8
EXCERPT = 60
"""Characters of a long sentence that a result shows."""
LEAD_IN = 12
"""Characters before the first match that an excerpt keeps."""


class Piece(NamedTuple):
    """A part of a text; `is_hit` where it is one of the words."""

    text: str
    is_hit: bool


def asked_words(raw: str) -> tuple[str, ...]:
    """The words of what was typed, each once; whoever pastes a page is searched for its beginning."""
    by_form: dict[str, str] = {}
    for word in raw[:LONGEST].split():
        by_form.setdefault(word.lower(), word)
    return tuple(by_form.values())[:MOST_WORDS]


def has_any(text: str, words: Sequence[str]) -> bool:
    """Whether one of the words stands in the text, in capitals or not."""
    return _pattern(words).search(text) is not None


def marked(text: str, words: Sequence[str]) -> list[Piece]:
    """The text in pieces, matched and not, in their order."""
    pieces = [Piece(part, bool(place % 2)) for place, part in enumerate(_pattern(words).split(text))]
    return [piece for piece in pieces if piece.text]


def likeliest(texts: Sequence[str], words: Sequence[str], most: int) -> list[str]:
    """At most so many of the texts, first those in which one of the words stands."""
    return sorted(texts, key=lambda text: not has_any(text, words))[:most]


def excerpt(text: str, words: Sequence[str], most: int = EXCERPT) -> str:
    """A long sentence cut to what a result shows, around its first match."""
    tidy = text.rstrip("；。; ")
    if len(tidy) <= most:
        return tidy
    found = _pattern(words).search(tidy)
    starts = max(0, min(found.start() - LEAD_IN if found else 0, len(tidy) - most))
    cut = tidy[starts : starts + most]
    return f"{'…' if starts else ''}{cut}{'…' if starts + most < len(tidy) else ''}"


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """The longest word first, so that 台账 does not hide 耕地台账. Nothing matches no word."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, longest_first)) or '(?!)'})", re.IGNORECASE)
