"""月度汇总 over HTTP."""

from tracker.summaries.views import drafting, sending
from tracker.summaries.views.reading import blueprint

__all__ = ["blueprint", "drafting", "sending"]
