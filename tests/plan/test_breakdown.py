"""责任分解表: the five columns of the annex, laid out as the paper."""

import io
from itertools import pairwise

import pytest
from docx import Document
from docx.table import _Row
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.plan.breakdown import (
    HEADERS,
    PAGE_HEIGHT,
    TITLE,
    TITLE_HEIGHT,
    BreakdownRow,
    breakdown_paper,
    breakdown_rows,
    write_breakdown,
    write_breakdown_document,
)
from tracker.plan.models import Campaign


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return session.scalars(select(Campaign).where(Campaign.slug == "changdu-2023")).one()


@pytest.fixture
def rows(session: Session, campaign: Campaign) -> list[BreakdownRow]:
    return breakdown_rows(session, campaign)


def test_sections_are_headed_as_on_the_paper(rows: list[BreakdownRow]) -> None:
    assert list(dict.fromkeys(row.section for row in rows)) == [
        "一、基础工作（30分）",
        "二、能力建设（15分）",
        "三、生产经营状况（15分）",
        "四、食品安全状况（20分）",
        "五、示范引领（40分，必选项25分、自选项15分）",
        "六、否决项",
    ]


@pytest.mark.parametrize(
    ("indicator", "heading"),
    [
        (1, "1. 党政同责（3分）"),
        (76, "27. 信用监管（必选项，10分）"),
        (78, "29. 机制创新（必选项，任选2项，5分）"),
        (83, "30. “三小”治理（5分）"),
        (90, ""),
    ],
)
def test_points_are_headed_as_on_the_paper(rows: list[BreakdownRow], indicator: int, heading: str) -> None:
    assert rows[indicator - 1].point == heading


def test_a_row_holds_the_five_columns(rows: list[BreakdownRow]) -> None:
    assert len(rows) == 94
    row = rows[14]
    assert row.content.startswith("（15）严格执行生猪定点屠宰制度，")
    assert row.method == "资料审查、现场检查"
    assert row.responsible == "市农业农村局，市市场监管局；各县（区）"
    assert [task[:8] for task in row.tasks.split("\n")] == ["1. 市农业农村", "2. 市市场监管", "3. 各县（区）"]


def test_a_single_task_has_no_number(rows: list[BreakdownRow]) -> None:
    assert rows[77].tasks.startswith("市食安办综合采取民调")


def test_no_page_is_fuller_than_the_paper(rows: list[BreakdownRow]) -> None:
    paper = breakdown_paper(rows)
    used = TITLE_HEIGHT
    for row in paper.rows:
        used = row.height if row.starts_page else used + row.height
        assert used <= PAGE_HEIGHT


def test_a_section_heading_never_ends_a_page(rows: list[BreakdownRow]) -> None:
    paper = breakdown_paper(rows)
    after_heading = [b for a, b in pairwise(paper.rows) if len(a.cells) == 1]
    assert len(after_heading) == 6
    assert not any(row.starts_page for row in after_heading)


def test_a_point_stands_once_a_page_and_again_on_the_next(rows: list[BreakdownRow]) -> None:
    paper = breakdown_paper(rows)
    shown = [(row.cells[0], row.starts_page) for row in paper.rows if len(row.cells) > 1]
    assert all(point is not None for point, starts_page in shown if starts_page)
    points = [point for point, _ in shown if point]
    assert len(set(points)) == 36
    for (point, _), (later, starts_page) in pairwise(shown):
        assert later is None or later != point or starts_page


def test_the_workbook_prints_on_landscape_a4(session: Session, campaign: Campaign) -> None:
    stream = io.BytesIO()
    write_breakdown(session, campaign, stream)
    page = load_workbook(stream).worksheets[0]
    assert page["A1"].value == TITLE
    assert tuple(cell.value for cell in page[2]) == HEADERS
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert (page.print_title_rows, page.page_setup.fitToHeight) == ("$2:$2", 0)
    merged = {str(area) for area in page.merged_cells.ranges}
    assert {"A1:E1", "A3:E3", "A4:A6"} <= merged
    laid_out = breakdown_paper(breakdown_rows(session, campaign)).rows
    assert len(page.row_breaks.brk) == sum(row.starts_page for row in laid_out)
    assert {cell.data_type for row in page.iter_rows(min_row=3) for cell in row if cell.value} == {"s"}


def test_the_document_has_the_same_pages_as_the_workbook(session: Session, campaign: Campaign) -> None:
    stream = io.BytesIO()
    write_breakdown_document(session, campaign, stream)
    document = Document(stream)
    assert document.paragraphs[0].text == TITLE
    laid_out = breakdown_paper(breakdown_rows(session, campaign)).rows
    assert len(document.tables) == 1 + sum(row.starts_page for row in laid_out)
    read = [
        [cell.text for cell in _Row(row, table).cells]
        for table in document.tables
        for row in table._tbl.tr_lst[:2]
    ]
    assert read[:2] == [list(HEADERS), ["一、基础工作（30分）"] * 5]
    assert document.core_properties.created.date() == campaign.issued_on
    assert document.core_properties.author == "昌都市食品药品安全委员会办公室"
