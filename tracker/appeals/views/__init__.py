"""Appeals over HTTP, and 签收, the other thing that a unit may say to an assignment."""

from tracker.appeals.views import answering, asking, listing, receipt
from tracker.appeals.views.finding import blueprint

__all__ = ["answering", "asking", "blueprint", "listing", "receipt"]
