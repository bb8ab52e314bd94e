"""What a unit is, and how a name written in a document finds its unit."""

import unicodedata
from difflib import get_close_matches
from typing import Generic, TypeVar

from tracker.labels import LabelledEnum

T = TypeVar("T")


class UnitKind(LabelledEnum):
    """单位类别."""

    OFFICE = "office", "食安办"
    DEPARTMENT = "department", "市级部门"
    COUNTY = "county", "县（区）"
    ZONE = "zone", "功能区"
    EXTERNAL = "external", "外部单位"


class UnknownUnitError(LookupError):
    """A name belongs to no unit and no group; the message lists the nearest known names."""

    def __init__(self, name: str, nearest: list[str]) -> None:
        self.name, self.nearest = name, nearest
        hint = f"；最接近的是：{'、'.join(nearest)}" if nearest else ""
        super().__init__(f"没有名为“{name}”的单位或集合{hint}")


class SharedNameError(ValueError):
    """A name would mean two units."""

    def __init__(self, name: str, owner: str, other: str) -> None:
        super().__init__(f"名称“{name}”已经指“{owner}”，不能又指“{other}”")


class NameBook(Generic[T]):
    """名册: every name by which the units and groups of one jurisdiction go."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[str, T]] = {}

    def add(self, name: str, owner: T, *, canonical: str) -> None:
        """Let `name` mean `owner`, with or without the leading 市.

        Raises:
            SharedNameError: the name means another one already.
        """
        for key in name_keys(name):
            taken, _ = self._entries.get(key, (canonical, owner))
            if taken != canonical:
                raise SharedNameError(name, taken, canonical)
        self._entries[name_key(name)] = (canonical, owner)

    def find(self, name: str) -> T:
        """The unit or group that `name` means.

        Raises:
            UnknownUnitError: nobody is called so.
        """
        if (owner := self.get(name)) is None:
            raise UnknownUnitError(name, self.nearest(name))
        return owner

    def get(self, name: str) -> T | None:
        """The same, or None."""
        known = (self._entries[key][1] for key in name_keys(name) if key in self._entries)
        return next(known, None)

    def nearest(self, name: str) -> list[str]:
        """At most three canonical names of which one name looks like `name`."""
        close = get_close_matches(name_key(name), self._entries, n=12, cutoff=0.4)
        return list(dict.fromkeys(self._entries[key][0] for key in close))[:3]


def name_key(name: str) -> str:
    """The form in which names are compared: widths folded, spaces gone."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def name_keys(name: str) -> tuple[str, str, str]:
    """The keys under which `name` may stand: as written, with 市, without 市."""
    key = name_key(name)
    return key, f"市{key}", key.removeprefix("市")
