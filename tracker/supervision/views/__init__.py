"""督办 over HTTP."""

from tracker.supervision.views import answering, contacts, drafting, listing, paper, replying
from tracker.supervision.views.finding import blueprint

__all__ = ["answering", "blueprint", "contacts", "drafting", "listing", "paper", "replying"]
