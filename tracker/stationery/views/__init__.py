"""公文模板 over HTTP, and the documents that other packages have laid out by a template."""

from tracker.stationery.views import page
from tracker.stationery.views.page import blueprint

__all__ = ["blueprint", "page"]
