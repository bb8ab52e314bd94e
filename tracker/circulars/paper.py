"""通报 as it goes out on paper, and the template that its built-in layout is."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from tracker.circulars.figures import GATE_WIDTHS, MONTH_WIDTHS
from tracker.circulars.models import Circular
from tracker.circulars.rules import CircularKind
from tracker.documents.letter import Grid, Letter, Text, day_words
from tracker.documents.placeholders import Listing, Words, blanks, named
from tracker.plan.models import Campaign
from tracker.stationery.examples import TemplateLetter, when
from tracker.stationery.rules import DocumentKind

ADDRESSEES = "各县（区）人民政府，市食品药品安全委员会各成员单位"
TABLES = {CircularKind.MONTH: "月报情况", CircularKind.GATE: "节点情况"}
"""What the table of each kind is called among the placeholders."""


def letter_of(circular: Circular, today: date) -> Letter:
    """The circular as an official document; a draft bears today's date and no number."""
    figures = circular.figures
    body = [*_body(words_of(circular, today)), Grid(figures["header"], figures["rows"], figures["widths"])]
    return Letter(**_laid_out(words_of(circular, today)), body=body, day=_issued_on(circular, today))


def template_letter(campaign: Campaign) -> Letter:
    """The same layout with placeholders for what each circular says."""
    words = blanks(DocumentKind.CIRCULAR.entries) | {"发文机关": campaign.organ}
    tables = [
        block
        for kind, widths in ((CircularKind.MONTH, MONTH_WIDTHS), (CircularKind.GATE, GATE_WIDTHS))
        for block in when(
            TABLES[kind], Grid(_columns(kind), [tuple(row.values()) for row in words[TABLES[kind]]], widths)
        )
    ]
    return TemplateLetter(**_laid_out(words), body=[*_body(words), *tables])


def words_of(circular: Circular, today: date) -> Words:
    """What each placeholder stands for."""
    campaign, as_of = circular.campaign, circular.as_of.astimezone(circular.campaign.jurisdiction.zone)
    parts, marks = [*_parts(circular)], "一二三四五"
    return {
        "发文机关": campaign.organ,
        "文号": circular.reference or "（草稿，未编号）",
        "标题": circular.title,
        "主送机关": ADDRESSEES,
        "开头": _paragraphs(circular.opening),
        "各部分": [
            {"标题": f"{mark}、{heading}", "段落": _paragraphs(text)}
            for mark, (heading, text) in zip(marks, parts, strict=False)
        ],
        "表扬单位": "、".join(circular.praised),
        "批评单位": "、".join(circular.criticized),
        "情况标题": f"{marks[len(parts)]}、各单位情况",
        "数据时间": f"{day_words(as_of.date())}{as_of:%H:%M}",
        **{TABLES[kind]: _rows(circular, kind) for kind in CircularKind},
        "成文日期": day_words(_issued_on(circular, today)),
    }


def _parts(circular: Circular) -> Iterator[tuple[str, str]]:
    """The headed parts that have something to say."""
    lists = (("予以表扬的单位", circular.praised), ("予以通报批评的单位", circular.criticized))
    yield from ((heading, f"{'、'.join(units)}。") for heading, units in lists if units)
    if circular.closing:
        yield "有关要求", circular.closing


def _rows(circular: Circular, kind: CircularKind) -> list[dict[str, str]]:
    """The rows of the table by column, where the circular is of the kind."""
    if circular.kind is not kind:
        return []
    rows = [dict(zip(circular.figures["header"], row, strict=True)) for row in circular.figures["rows"]]
    return [{column: row.get(column, "") for column in _columns(kind)} for row in rows]


def _columns(kind: CircularKind) -> list[str]:
    listing = named(DocumentKind.CIRCULAR.entries)[TABLES[kind]]
    assert isinstance(listing, Listing)  # noqa: S101  # the table of placeholders says so
    return [field.name for field in listing.fields]


def _laid_out(words: Words) -> dict[str, Any]:
    """The parts of the letter around its body, of words or of placeholders."""
    return {
        "head": f"{words['发文机关']}文件",
        "number": words["文号"],
        "title": words["标题"],
        "addressee": words["主送机关"],
        "organ": words["发文机关"],
    }


def _body(words: Words) -> Iterator[Text | Grid]:
    """What stands above the table."""
    yield from (Text(row["文字"]) for row in words["开头"])
    for part in words["各部分"]:
        yield Text(part["标题"], 1)
        yield from (Text(row["文字"]) for row in part["段落"])
    yield Text(words["情况标题"], 1)
    yield Text(f"数据截至{words['数据时间']}。")


def _paragraphs(words: str) -> list[dict[str, str]]:
    return [{"文字": line} for line in words.splitlines() if line.strip()]


def _issued_on(circular: Circular, today: date) -> date:
    zone = circular.campaign.jurisdiction.zone
    return circular.issued_at.astimezone(zone).date() if circular.issued_at else today
