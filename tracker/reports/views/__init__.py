"""Monthly reports over HTTP."""

from tracker.reports.views import office, one, unit
from tracker.reports.views.finding import blueprint

__all__ = ["blueprint", "office", "one", "unit"]
