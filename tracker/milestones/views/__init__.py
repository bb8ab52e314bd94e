"""Milestones over HTTP."""

from tracker.milestones.views import decisions, reassignment, settings
from tracker.milestones.views.ledger import blueprint

__all__ = ["blueprint", "decisions", "reassignment", "settings"]
