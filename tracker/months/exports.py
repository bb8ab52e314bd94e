"""报送情况 of a month in a spreadsheet, with who was reminded when."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from tracker.months.queries import Told
from tracker.reports.exports import Cell, month_table
from tracker.reports.models import MonthlyReport
from tracker.reports.overview import MonthRow
from tracker.reports.rules import Terms

TOLD_HEADER = "提醒和催办"


def month_sheet(
    rows: Sequence[MonthRow],
    reports: Mapping[int, MonthlyReport],
    told: Mapping[int, Sequence[Told]],
    terms: Terms,
    *,
    phone_words: Callable[[str], str] = str,
) -> tuple[list[str], Iterator[list[Cell]]]:
    """The units of a month, one a row, the last column a line for each time that the unit was told."""
    headers, lines = month_table(rows, reports, terms, phone_words=phone_words)
    zone = ZoneInfo(terms.zone)
    return [*headers, TOLD_HEADER], (
        [*line, "\n".join(_words(one, zone) for one in told.get(row.unit.id, ()))]
        for row, line in zip(rows, lines, strict=True)
    )


def _words(one: Told, zone: ZoneInfo) -> str:
    """2024-03-20 09:00 提醒，邮件（已发），张某某."""
    parts = [f"{one.at.astimezone(zone):%Y-%m-%d %H:%M} {one.what}", one.how, one.people]
    return "，".join([*parts, f"答复：{one.answer}"] if one.answer else parts)
