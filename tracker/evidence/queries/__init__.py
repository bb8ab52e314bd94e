"""What pages read of documents: which slots are filled, who may see what, where else a content stands."""

from tracker.evidence.queries.documents import (
    Paper,
    assignment_to_file,
    find,
    has_papers,
    has_papers_under,
    papers_of_task,
    places_of_content,
    twin_of_unit,
    visible,
)
from tracker.evidence.queries.slots import (
    Completeness,
    Covered,
    Filing,
    Slot,
    Slots,
    completeness,
    covered_years,
    filings_of_task,
    slots_by_task,
    slots_of,
    slots_of_unit,
)

__all__ = [
    "Completeness", "Covered", "Filing", "Paper", "Slot", "Slots", "assignment_to_file", "completeness",
    "covered_years", "filings_of_task", "find", "has_papers", "has_papers_under", "papers_of_task",
    "places_of_content", "slots_by_task", "slots_of", "slots_of_unit", "twin_of_unit", "visible",
]  # fmt: skip
