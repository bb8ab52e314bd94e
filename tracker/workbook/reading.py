"""Sheets that people send in, read without trusting them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from tracker.workbook.sheet import Cell, Target, WorkbookError

MOST_PARTS, MOST_UNPACKED, MOST_COLUMNS = 500, 50 * 1024**2, 100
"""Of a workbook that is read: parts, their bytes together, and the columns that are looked at."""
BROKEN = (BadZipFile, InvalidFileException, ParseError, SyntaxError, LookupError, TypeError, ValueError,
          AttributeError, NotImplementedError, RuntimeError, OSError)  # fmt: skip
"""What reading a file that is no workbook, or a damaged one, may raise: the library promises nothing."""
NO_WORKBOOK = "不是 XLSX 文件，或者已经损坏；请用表格软件另存为 .xlsx 后再试"


def read(source: Target, *, max_rows: int = 20_000) -> Iterator[list[Cell]]:
    """The filled rows of the first sheet, at least as wide as the first; each cell has its address.
    Columns beyond `MOST_COLUMNS` are not looked at.

    Raises:
        WorkbookError: not a workbook, or more in it than is read.
    """
    _refuse_package(source)
    with _told_if_broken():
        book = load_workbook(source, read_only=True, data_only=True)
    try:
        with _told_if_broken():
            page: Any = book.worksheets[0]
            page.reset_dimensions()  # some programs write wrong ones
            rows = enumerate(page.iter_rows(values_only=True), 1)
        width = 0
        while True:
            with _told_if_broken():
                number, values = next(rows, (0, ()))
            if not number:
                return
            values = values[:MOST_COLUMNS]
            if number > max_rows:
                raise WorkbookError(f"超过 {max_rows} 行")
            if any(value not in (None, "") for value in values):
                width = width or len(values)
                padded = [*values, *[None] * (width - len(values))]
                yield [Cell(f"{get_column_letter(n)}{number}", value) for n, value in enumerate(padded, 1)]
    finally:
        book.close()


def _refuse_package(source: Target) -> None:
    """Refuse what unpacks to more than any form of ours, and XML that declares entities of its own.

    Source: OWASP File Upload and XML External Entity Prevention Cheat Sheets.
    """
    with _told_if_broken(), ZipFile(source) as package:
        parts = package.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise WorkbookError("解压以后太大，不像一份填写的表格；请另存为只含这张表的 .xlsx 再试")
        for part in parts:
            content = package.read(part) if part.filename.endswith((".xml", ".rels")) else b""
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\0" in content:
                raise WorkbookError(NO_WORKBOOK)


@contextmanager
def _told_if_broken() -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        raise WorkbookError(NO_WORKBOOK) from error
