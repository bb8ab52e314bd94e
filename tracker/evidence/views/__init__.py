"""Documents over HTTP."""

from tracker.evidence.views import decisions, document
from tracker.evidence.views.filing import blueprint

__all__ = ["blueprint", "decisions", "document"]
