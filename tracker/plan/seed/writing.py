"""Writing rows by key: what is there is compared and changed in place, what is new is added."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from tracker.db import Base

M = TypeVar("M", bound=Base)


class Writer:
    """Puts rows into the database and counts what it adds and changes.

    Args:
        tick: called for each row, for a progress bar.
    """

    def __init__(self, session: Session, tick: Callable[[], object]) -> None:
        self.session = session
        self.tick = tick
        self.added = 0
        self.changed = 0

    def put(self, model: type[M], row: M | None, **values: Any) -> M:
        """Give `row` these values, or add a new one where there is none."""
        self.tick()
        if row is None:
            row = model(**values)
            self.session.add(row)
            self.added += 1
            return row
        different = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in different.items():
            setattr(row, name, value)
        self.changed += bool(different)
        return row

    def replace(self, model: type[M], there: Iterable[M], wanted: Sequence[dict[str, Any]]) -> None:
        """Let exactly the `wanted` rows stand, in this order, instead of those `there`."""
        rows = list(there)
        if len(rows) == len(wanted) and all(map(_holds, rows, wanted)):
            return
        for row in rows:
            self.session.delete(row)
        if rows:
            self.session.flush()  # the new rows may take the places of the old ones
            self.changed += 1
        self.session.add_all(model(**values) for values in wanted)


def _holds(row: object, values: dict[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())
