"""Words of the screens: sentences cut to a list's width, and enums whose members carry their Chinese
name, and how they look, so that both stand once."""

from enum import StrEnum
from typing import Self


def shortened(text: str, most: int = 72) -> str:
    """A text as a list shows it: at most `most` characters on one line, without its final punctuation."""
    tidy = " ".join(text.split()).rstrip("；。; ")
    return tidy if len(tidy) <= most else tidy[: most - 1] + "…"


class LabelledEnum(StrEnum):
    """Members are written `NAME = "stored value", "中文名"`."""

    label: str
    __hash__ = str.__hash__  # a member equals its value, so it must be found under it; Enum hashes the name

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class SignEnum(LabelledEnum):
    """What a page shows by word, colour *and* shape: `NAME = "stored value", "中文名", "late", "■"`.

    `colour` is the style sheet's word: late (red), near (yellow), ok (green), idle (grey).
    """

    colour: str
    shape: str

    def __new__(cls, value: str, label: str = "", colour: str = "idle", shape: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.colour, member.shape = label, colour, shape
        return member
