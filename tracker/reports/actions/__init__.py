"""What people do with a monthly report: begin it, save, submit, approve, accept, return, correct."""

from tracker.reports.actions.correcting import abandon, correct
from tracker.reports.actions.deciding import accept, send_back
from tracker.reports.actions.scanning import add_scan
from tracker.reports.actions.sending import approve, hand_up, send_down, submit, take_back
from tracker.reports.actions.writing import open_draft, save_draft

__all__ = [
    "abandon", "accept", "add_scan", "approve", "correct", "hand_up", "open_draft", "save_draft", "send_back",
    "send_down", "submit", "take_back",
]  # fmt: skip
