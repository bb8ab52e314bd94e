"""One page of a long list, with the addresses of its neighbours."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

T = TypeVar("T")
PAGE_SIZE = 50


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows `offset`.. of `total`; `address` and `query` are those of the present request."""

    rows: list[T]
    total: int
    number: int
    address: str
    query: dict[str, list[str]]
    size: int = PAGE_SIZE

    @property
    def count(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def previous_url(self) -> str | None:
        return self._url(self.number - 1) if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        return self._url(self.number + 1) if self.number < self.count else None

    def _url(self, number: int) -> str:
        pairs = [(name, value) for name, values in self.query.items() if name != "page" for value in values]
        return f"{self.address}?{urlencode([*pairs, ('page', number)])}"


def page_number(raw: str | None) -> int:
    """The page asked for; anything that is not a positive number is the first."""
    return max(1, int(raw)) if raw and raw.isascii() and raw.isdigit() and len(raw) < 8 else 1
