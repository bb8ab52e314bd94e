"""提醒 over HTTP."""

from tracker.reminders.views import calendar, ladder, nudges, urging, webhook
from tracker.reminders.views.inbox import blueprint

__all__ = ["blueprint", "calendar", "ladder", "nudges", "urging", "webhook"]
