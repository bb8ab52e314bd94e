"""What people do with documents: file them, renew, describe, hand in, accept, return, delete."""

from tracker.evidence.actions.filing import (
    Added,
    Description,
    add,
    add_version,
    delete,
    describe,
    file_under,
    take_out,
)
from tracker.evidence.actions.flow import (
    accept,
    accept_all,
    hand_in,
    hand_in_all,
    send_back,
    take_back_all,
)

__all__ = [
    "Added", "Description", "accept", "accept_all", "add", "add_version", "delete", "describe", "file_under",
    "hand_in", "hand_in_all", "send_back", "take_back_all", "take_out",
]  # fmt: skip
