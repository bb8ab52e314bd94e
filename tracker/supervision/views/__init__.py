"""督办 over HTTP."""

from tracker.supervision.views import answering, drafting, listing, replying
from tracker.supervision.views.finding import blueprint

__all__ = ["answering", "blueprint", "drafting", "listing", "replying"]
