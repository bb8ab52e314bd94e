"""责任分解表: the annex of the plan in its own five columns, laid out for A4 landscape."""

import math
import unicodedata
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby
from typing import IO

from sqlalchemy.orm import Session

from tracker.plan.models import Campaign, PlanItem
from tracker.plan.queries import items_by_kind
from tracker.plan.rules import Choice, ItemKind
from tracker.workbook.sheet import TOP_MARGIN, Paper, PaperRow

TITLE = "国家食品安全示范城市评价细则（2021版）指标任务责任分解表"
HEADERS = ("评价要点", "评价内容", "评价方式", "责任部门", "基本任务")
WIDTHS = (18.5, 36.0, 13.0, 19.0, 53.5)
NUMERALS = "一二三四五六七八九十"
FULL_WIDTH = str.maketrans({",": "，", ";": "；", ":": "：", "(": "（", ")": "）", " ": None, "\u3000": None})

TITLE_HEIGHT, HEADER_HEIGHT, SECTION_HEIGHT = 36.0, 24.0, 22.0
FONT_SIZE, LINE_HEIGHT, PADDING = 10.5, 15.0, 8.0
PAGE_HEIGHT = 595.0 - 2 * TOP_MARGIN * 72 - HEADER_HEIGHT - 4
"""What rows may take of an A4 page, in points; the last few are left for rounding printers."""


@dataclass(frozen=True)
class BreakdownRow:
    """One indicator in the five columns of the paper, and the section that it stands in."""

    section: str
    point: str
    content: str
    method: str
    responsible: str
    tasks: str


def write_breakdown(session: Session, campaign: Campaign, stream: IO[bytes]) -> None:
    """Write the 责任分解表 of the campaign as XLSX."""
    from tracker.workbook.printing import write_paper  # openpyxl is slow to read

    write_paper(stream, breakdown_paper(breakdown_rows(session, campaign)))


def write_breakdown_document(session: Session, campaign: Campaign, stream: IO[bytes]) -> None:
    """Write the same as DOCX; the plan's day of issue is the day of the file."""
    from tracker.documents.tables import write_paper as write_document  # python-docx is slow to read

    write_document(
        stream,
        breakdown_paper(breakdown_rows(session, campaign)),
        author=campaign.organ,
        at=datetime.combine(campaign.issued_on, time()),
    )


def breakdown_rows(session: Session, campaign: Campaign) -> list[BreakdownRow]:
    """One row an indicator, in the plan's order."""
    items = items_by_kind(session, campaign)
    headings = {
        section.id: section_heading(section, [p for p in items[ItemKind.POINT] if p.parent_id == section.id])
        for section in items[ItemKind.SECTION]
    }
    return [_row(item, headings) for item in items[ItemKind.INDICATOR]]


def section_heading(section: PlanItem, points: list[PlanItem]) -> str:
    """一、基础工作（30分）, with the share of required and optional points where the paper tells it."""
    heading = f"{NUMERALS[section.number - 1]}、{section.title}"
    if not section.points:
        return heading
    required = sum(point.points or 0 for point in points if point.choice is Choice.REQUIRED)
    shares = f"，必选项{required}分、自选项{section.points - required}分" if required else ""
    return f"{heading}（{section.points}分{shares}）"


def point_heading(point: PlanItem) -> str:
    """1. 党政同责（3分）, with 必选项 and the number to choose where there is one."""
    words = ["必选项"] if point.choice is Choice.REQUIRED else []
    words += [f"任选{point.choose_count}项"] if point.choose_count else []
    return f"{point.number}. {point.title}（{'，'.join([*words, f'{point.points}分'])}）"


def breakdown_paper(rows: list[BreakdownRow]) -> Paper:
    """The rows laid out: sections across the table, point cells merged on each page, page breaks."""
    laid_out: list[PaperRow] = []
    left = PAGE_HEIGHT - TITLE_HEIGHT
    for section, members in groupby(rows, key=lambda row: row.section):
        heading: PaperRow | None = PaperRow((section,), SECTION_HEIGHT)
        previous = None
        for row in members:
            height = _height(row)
            needed = height + (SECTION_HEIGHT if heading else 0)
            starts_page = needed > left
            left = (PAGE_HEIGHT if starts_page else left) - needed
            if heading:
                laid_out.append(PaperRow(heading.cells, heading.height, starts_page))
                starts_page, heading = False, None
            is_continued = row.point == previous and not starts_page
            point = None if is_continued else row.point
            cells = (point, row.content, row.method, row.responsible, row.tasks)
            laid_out.append(PaperRow(cells, height, starts_page))
            previous = row.point
    return Paper(
        sheet="责任分解表",
        title=PaperRow((TITLE,), TITLE_HEIGHT),
        headers=PaperRow(HEADERS, HEADER_HEIGHT),
        rows=laid_out,
        widths=WIDTHS,
        centred=frozenset({0, 2}),
    )


def _row(item: PlanItem, headings: dict[int, str]) -> BreakdownRow:
    parent = item.parent
    point = parent if parent and parent.kind is ItemKind.POINT else None
    section_id = point.parent_id if point else item.parent_id
    return BreakdownRow(
        section=headings[section_id] if section_id else "",
        point=point_heading(point) if point else "",
        content=f"（{item.number}）{item.text}",
        method=item.method_raw.translate(FULL_WIDTH),
        responsible=item.responsible_raw.translate(FULL_WIDTH),
        tasks=_tasks(item),
    )


def _tasks(item: PlanItem) -> str:
    """The basic tasks one below the other; a single one has no number, as on the paper."""
    tasks = [task for task in item.tasks if task.parties]
    if len(tasks) == 1:
        return tasks[0].text
    return "\n".join(f"{task.number}. {task.text}" for task in tasks)


def _height(row: BreakdownRow) -> float:
    """Points that the row needs so that its fullest cell is not cut."""
    cells = zip((row.point, row.content, row.method, row.responsible, row.tasks), WIDTHS, strict=True)
    return max(_line_count(text, width) for text, width in cells) * LINE_HEIGHT + PADDING


def _line_count(text: str, width: float) -> int:
    """Lines that `text` takes in a column of `width` characters (7 pixels each, 5 around them).

    One character a line is kept free: punctuation may not begin a line and takes its neighbour along.
    """
    room = ((width * 7 + 5) * 0.75 - PADDING) / FONT_SIZE - 1
    return sum(max(1, math.ceil(_length(line) / room)) for line in text.split("\n"))


def _length(line: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WFA" else 0.5 for sign in line)
