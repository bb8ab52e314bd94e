"""How events are chained: each link is the hash of the link before it and of what the event says.

Source: GB/T 22239-2019, L3-CES1-12 to 14 (安全审计): every user and important action, with date, time, user,
kind and outcome, and protected against deletion, change and overwriting.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from tracker.labels import LabelledEnum

FIRST_LINK = "0" * 64
"""What stands before the first event."""
SAID = (
    "at", "by_id", "as_role", "origin", "outcome", "subject", "subject_id", "verb", "task_id", "unit_id",
    "before", "after", "note",
)  # fmt: skip
"""The columns of an event that its link vouches for."""


class Outcome(LabelledEnum):
    """结果."""

    DONE = "done", "成功"
    REFUSED = "refused", "拒绝"


def next_link(link: str, event: Mapping[str, Any]) -> str:
    """The link of an event that comes after `link`, as 64 hexadecimal digits.

    Args:
        event: the columns of `SAID`, as they are written or as the database gives them back.
    """
    said = [_plain(event[name]) for name in SAID]
    return sha256(f"{link}\n{json.dumps(said, ensure_ascii=False, sort_keys=True)}".encode()).hexdigest()


def _plain(value: Any) -> Any:
    """A value as it is after a way through JSON, whose keys are words and whose moments are in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return json.loads(json.dumps(value)) if isinstance(value, dict) else value
