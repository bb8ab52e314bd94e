"""The plan over HTTP."""

from tracker.plan.views import materials, settings
from tracker.plan.views.plan import blueprint

__all__ = ["blueprint", "materials", "settings"]
