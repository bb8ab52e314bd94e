"""Rosters as XLSX, for tests."""

from collections.abc import Sequence
from io import BytesIO

from tracker.people.roster import COLUMNS
from tracker.workbook.sheet import Value
from tracker.workbook.writing import write

CIREN = ("市教育局", "次仁", "科员", "13908950001", "ciren@example.test", "联络员")
ZHAXI = ("卡若区", "扎西", "主任", "0895-4821234", "zhaxi@example.test", "单位负责人")


def sheet(*rows: Sequence[Value], headers: Sequence[str] = COLUMNS) -> BytesIO:
    """A roster with these rows."""
    content = BytesIO()
    write(content, "人员名册", headers, rows)
    content.seek(0)
    return content
