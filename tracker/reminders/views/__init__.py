"""提醒 over HTTP."""

from tracker.reminders.views import nudges
from tracker.reminders.views.inbox import blueprint

__all__ = ["blueprint", "nudges"]
