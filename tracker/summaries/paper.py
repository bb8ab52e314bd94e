"""月度汇总 as a report to those above, on paper, by indicator."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from tracker.documents.letter import Grid, Letter, Text, day_words
from tracker.summaries.models import Summary
from tracker.summaries.rules import about, numeral


def letter_of(summary: Summary, today: date) -> Letter:
    """The summary as an official document; a draft bears today's date and no number."""
    organ, zone = summary.campaign.organ, summary.campaign.jurisdiction.zone
    final_on = summary.finalised_at.astimezone(zone).date() if summary.finalised_at else today
    return Letter(
        head=f"{organ}文件",
        number=summary.reference or "（草稿，未编号）",
        title=summary.title,
        addressee=summary.addressee,
        body=[*_paragraphs(summary.opening), *_body(summary, zone)],
        organ=organ,
        day=final_on,
    )


def _body(summary: Summary, zone: ZoneInfo) -> Iterator[Text | Grid]:
    """A heading a section of the plan, below it one an indicator; then the closing and who is lacking."""
    marks = iter(map(numeral, range(1, 100)))
    told = [item for item in summary.items if item.text]
    for heading, items in groupby(told, lambda item: item.heading):
        yield Text(f"{next(marks)}、{heading}", 1)
        for n, item in enumerate(items, 1):
            yield Text(f"（{numeral(n)}）{item.name}：{about(item.content)}", 2)
            yield from _paragraphs(item.text)
    if summary.closing:
        yield Text(f"{next(marks)}、存在问题和下一步工作", 1)
        yield from _paragraphs(summary.closing)
    yield Text(f"{next(marks)}、月报报送情况", 1)
    as_of = summary.as_of.astimezone(zone)
    yield Text(f"数据截至{day_words(as_of.date())}{as_of:%H:%M}。")
    reported, lacking = summary.figures["reported"], summary.figures["lacking"]
    rows = [
        ("已报送", str(len(reported)), "、".join(reported)),
        ("未报送", str(len(lacking)), "、".join(lacking)),
    ]
    yield Grid(("情况", "单位数", "单位"), rows, (10, 10, 64))


def _paragraphs(words: str) -> list[Text]:
    return [Text(line) for line in words.splitlines() if line.strip()]
