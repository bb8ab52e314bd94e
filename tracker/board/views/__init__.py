"""总览 over HTTP."""

from tracker.board.views import board, unit
from tracker.board.views.finding import blueprint

__all__ = ["blueprint", "board", "unit"]
