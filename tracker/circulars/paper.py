"""通报 as it goes out on paper."""

from datetime import date
from zoneinfo import ZoneInfo

from tracker.circulars.models import Circular
from tracker.documents.letter import Grid, Letter, Text, day_words, organ_name

ADDRESSEES = "各县（区）人民政府，市食品药品安全委员会各成员单位"


def letter_of(circular: Circular, today: date) -> Letter:
    """The circular as an official document; a draft bears today's date and no number."""
    campaign = circular.campaign
    zone = ZoneInfo(campaign.jurisdiction.timezone)
    organ = organ_name(campaign.jurisdiction.name, campaign.office_unit.name)
    issued_on = circular.issued_at.astimezone(zone).date() if circular.issued_at else today
    as_of = circular.as_of.astimezone(zone)
    figures = circular.figures
    lists = [("予以表扬的单位", circular.praised), ("予以通报批评的单位", circular.criticized)]
    body: list[Text | Grid] = [*_paragraphs(circular.opening)]
    marks = iter("一二三四五")
    for heading, units in lists:
        if units:
            body += [Text(f"{next(marks)}、{heading}", 1), Text(f"{'、'.join(units)}。")]
    if circular.closing:
        body += [Text(f"{next(marks)}、有关要求", 1), *_paragraphs(circular.closing)]
    body += [
        Text(f"{next(marks)}、各单位情况", 1),
        Text(f"数据截至{day_words(as_of.date())}{as_of:%H:%M}。"),
        Grid(figures["header"], figures["rows"], figures["widths"]),
    ]
    return Letter(
        head=f"{organ}文件",
        number=circular.reference or "（草稿，未编号）",
        title=circular.title,
        addressee=ADDRESSEES,
        body=body,
        organ=organ,
        day=issued_on,
    )


def _paragraphs(words: str) -> list[Text]:
    return [Text(line) for line in words.splitlines() if line.strip()]
