"""Tables out as XLSX and in again."""

import io
import warnings
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tracker.workbook.printing import write_paper
from tracker.workbook.reading import MOST_COLUMNS, MOST_UNPACKED, read
from tracker.workbook.sheet import Paper, PaperRow, Value, WorkbookError
from tracker.workbook.writing import write


def written(rows: list[list[Value]]) -> io.BytesIO:
    stream = io.BytesIO()
    write(stream, "台账", ["编号", "任务"], rows)
    stream.seek(0)
    return stream


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "＝1"])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    cell = load_workbook(written([[1, text]])).worksheets[0]["B2"]
    assert (cell.value, cell.data_type) == (text, "s")


def test_a_table_has_a_header_that_stays_in_sight() -> None:
    page = load_workbook(written([["1-1", "落实"]])).worksheets[0]
    assert (page.title, page.freeze_panes, page.auto_filter.ref) == ("台账", "A2", "A1:B1")
    assert [cell.value for cell in page[1]] == ["编号", "任务"]
    assert page["A1"].font.bold
    assert not page["A2"].has_style


def test_a_table_prints_as_wide_as_a_page_with_its_header_on_each() -> None:
    page: Any = load_workbook(written([["1-1", "落实"]])).worksheets[0]
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToHeight, page.print_title_rows) == (0, "$1:$1")


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    assert load_workbook(written([["1-1", "落" * 12]])).worksheets[0].column_dimensions["B"].width == 26
    page = load_workbook(written([["1-1", "落" * 12], ["1-2", "实" * 99]])).worksheets[0]
    assert page.column_dimensions["B"].width == 60
    assert not page["B2"].alignment.wrap_text
    assert page["B3"].alignment.wrap_text
    assert (page.row_dimensions[2].height, page.row_dimensions[3].height) == (None, 4 * 15)


def test_a_long_text_that_looks_like_a_formula_stays_text() -> None:
    cell = load_workbook(written([["1-1", "=" + "落" * 99]])).worksheets[0]["B2"]
    assert cell.data_type == "s"


def test_signs_that_xml_cannot_hold_are_left_out() -> None:
    assert load_workbook(written([["1-1", "甲\x0b乙"]])).worksheets[0]["B2"].value == "甲乙"


def test_numbers_and_days_keep_their_kind() -> None:
    page = load_workbook(written([[7, date(2024, 4, 30)]])).worksheets[0]
    assert page["A2"].value == 7
    assert page["B2"].is_date


def test_what_was_written_is_read_with_addresses() -> None:
    rows = list(read(written([["1-1", "落实"], [None, None], ["1-2", None]])))
    assert [[(cell.address, cell.text) for cell in row] for row in rows] == [
        [("A1", "编号"), ("B1", "任务")],
        [("A2", "1-1"), ("B2", "落实")],
        [("A4", "1-2"), ("B4", "")],
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(13800000000, "13800000000"), (13800000000.0, "13800000000"), (" 张 三 ", "张 三"), (2.5, "2.5")],
)
def test_a_cell_reads_as_a_person_reads_it(value: Value, text: str) -> None:
    rows = list(read(written([[value, ""]])))
    assert rows[1][0].text == text


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_a_file_that_is_no_workbook_is_refused_in_one_line(content: bytes) -> None:
    with pytest.raises(WorkbookError, match="不是 XLSX 文件"):
        list(read(io.BytesIO(content)))


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(WorkbookError, match="不是 XLSX 文件"):
        list(read(tmp_path / "x.xlsx"))


def test_a_workbook_that_is_too_long_is_refused() -> None:
    stream = written([[number, ""] for number in range(10)])
    with pytest.raises(WorkbookError, match="超过 5 行"):
        list(read(stream, max_rows=5))


def repacked(**parts: bytes) -> io.BytesIO:
    """A workbook with other bytes in its sheet1.xml or any other part: `repacked(sheet1=b"...")`."""
    given, made = written([["1-1", "落实"]]), io.BytesIO()
    with zipfile.ZipFile(given) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, parts.get(name.rpartition("/")[2].partition(".")[0], before.read(name)))
    made.seek(0)
    return made


SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<sheetData>%b</sheetData></worksheet>"
)
ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    "stream",
    [
        repacked(sheet1=b"<worksheet><shee"),
        repacked(workbook=b"<workbook><shee"),
        repacked(sheet1=ENTITY + SHEET % b'<row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row>'),
        repacked(sheet1=ENTITY.decode().encode("utf-16")),
        repacked(sheet1=SHEET % b'<row r="1"><c r="??"><v>1</v></c></row>'),
        repacked(sheet1=SHEET % b'<row r="x"><c r="A1"><v>1</v></c></row>'),
        repacked(sheet1=SHEET % b'<row r="1"><c r="A1" t="s"><v>77</v></c></row>'),
    ],
    ids=["broken sheet", "broken workbook", "entity", "wide entity", "cell", "row", "shared string"],
)
def test_a_workbook_that_is_damaged_or_declares_entities_is_told(stream: io.BytesIO) -> None:
    with pytest.raises(WorkbookError, match="已经损坏"):
        list(read(stream))


@pytest.mark.parametrize("name", ["sheet1", "styles"])
def test_a_workbook_that_unpacks_to_far_more_is_refused_unread(name: str) -> None:
    with pytest.raises(WorkbookError, match="解压以后太大"):
        list(read(repacked(**{name: b" " * (MOST_UNPACKED + 1)})))


def test_columns_far_to_the_right_cost_nothing() -> None:
    row = b'<row r="%d"><c r="A%d"><v>1</v></c><c r="XFD%d"><v>1</v></c></row>'
    sheet = SHEET % b"".join(row % (number, number, number) for number in range(1, 200))
    rows = list(read(repacked(sheet1=sheet)))
    assert {len(cells) for cells in rows} == {MOST_COLUMNS}


def test_a_workbook_with_wrong_dimensions_is_read_whole() -> None:
    book = Workbook()
    page = book.worksheets[0]
    page["C3"] = "远"
    stream = io.BytesIO()
    book.save(stream)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (row,) = read(stream)
    assert [cell.address for cell in row if cell.text] == ["C3"]


def test_paper_merges_headings_and_what_belongs_to_the_cell_above() -> None:
    rows = [
        PaperRow(("一、基础工作",), 20),
        PaperRow(("1.", "甲"), 20),
        PaperRow((None, "乙"), 20),
        PaperRow(("2.", "=丙"), 20, starts_page=True),
    ]
    stream = io.BytesIO()
    paper = Paper("表", PaperRow(("题",), 30), PaperRow(("点", "容"), 20), rows, widths=(10, 20))
    write_paper(stream, paper)
    page = load_workbook(stream).worksheets[0]
    assert {str(area) for area in page.merged_cells.ranges} == {"A1:B1", "A3:B3", "A4:A5"}
    assert [mark.id for mark in page.row_breaks.brk] == [5]
    assert (page["B6"].value, page["B6"].data_type) == ("=丙", "s")
