"""How the number of a document is written."""

from tracker.labels import LabelledEnum

YEAR, NUMBER = "{年}", "{序号}"
LONGEST_PATTERN = 60


class Series(LabelledEnum):
    """公文种类: documents that are numbered together."""

    ORDER = "order", "督办单"
    CIRCULAR = "circular", "通报"
    SUMMARY = "summary", "月度汇总"


_USUAL = {Series.ORDER: "食安办督", Series.CIRCULAR: "食安办通", Series.SUMMARY: "食安办报"}


def usual_pattern(series: Series, city: str) -> str:
    """How a city's office writes it unless it says otherwise: 昌食安办督〔{年}〕{序号}号."""
    return f"{city[:1]}{_USUAL[series]}〔{YEAR}〕{NUMBER}号"


def written(pattern: str, year: int, number: int) -> str:
    """昌食安办督〔2024〕3号: no leading zeros."""
    return pattern.replace(YEAR, str(year)).replace(NUMBER, str(number))


def pattern_problem(pattern: str) -> str | None:
    """Why a pattern would give two documents the same number, or none at all; None when it is right."""
    if pattern.count(YEAR) != 1 or pattern.count(NUMBER) != 1:
        return f"文号须写一次 {YEAR} 和一次 {NUMBER}，例如 昌食安办督〔{YEAR}〕{NUMBER}号"
    return None
