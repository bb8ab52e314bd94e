"""Monthly reports over HTTP."""

from tracker.reports.views import correcting, office, one, settings, unit
from tracker.reports.views.finding import blueprint

__all__ = ["blueprint", "correcting", "office", "one", "settings", "unit"]
