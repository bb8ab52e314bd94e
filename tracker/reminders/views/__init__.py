"""提醒 over HTTP."""

from tracker.reminders.views import calendar, nudges
from tracker.reminders.views.inbox import blueprint

__all__ = ["blueprint", "calendar", "nudges"]
