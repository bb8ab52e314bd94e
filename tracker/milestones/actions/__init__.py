"""What people do with a milestone: tick it, take it back, accept, return, waive, extend, set its day."""

from tracker.milestones.actions.deciding import accept, close_backfill, send_back, waive
from tracker.milestones.actions.moving import extend, set_earlier_day
from tracker.milestones.actions.ticking import submit, take_back

__all__ = [
    "accept", "close_backfill", "extend", "send_back", "set_earlier_day", "submit", "take_back", "waive",
]  # fmt: skip
