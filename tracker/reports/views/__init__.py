"""Monthly reports over HTTP."""

from tracker.reports.views import (
    approving,
    correcting,
    office,
    offline,
    one,
    paper,
    scans,
    settings,
    unit,
    workdays,
)
from tracker.reports.views.finding import blueprint

__all__ = [
    "approving",
    "blueprint",
    "correcting",
    "office",
    "offline",
    "one",
    "paper",
    "scans",
    "settings",
    "unit",
    "workdays",
]
