"""总览 over HTTP."""

from tracker.board.views import board, brief, unit
from tracker.board.views.finding import blueprint

__all__ = ["blueprint", "board", "brief", "unit"]
