"""Files that a page gives to take along."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import IO, Any
from urllib.parse import quote

from flask import send_file
from werkzeug.wrappers import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def send_rows(
    sheet: str, table: tuple[Sequence[str], Iterable[Sequence[Any]]], name: str, plain_name: str
) -> Response:
    """Headers and rows as a workbook to be saved as `name`.xlsx; `plain_name` as below."""
    from tracker.workbook.writing import write

    file = BytesIO()
    write(file, sheet, *table)
    return send_workbook(file, name, plain_name)


def send_workbook(file: IO[bytes], name: str, plain_name: str) -> Response:
    """A workbook to be saved as `name`.xlsx.

    Args:
        plain_name: the same for what reads ASCII alone.
    """
    return _send(file, XLSX, f"{name}.xlsx", f"{plain_name}.xlsx")


def send_document(file: IO[bytes], name: str, plain_name: str) -> Response:
    """An official document to be saved as `name`.docx; `plain_name` as for a workbook."""
    return _send(file, DOCX, f"{name}.docx", f"{plain_name}.docx")


def _send(file: IO[bytes], kind: str, name: str, plain_name: str) -> Response:
    file.seek(0)
    answer = send_file(file, kind, as_attachment=True, download_name=plain_name)
    names = {"filename": plain_name, "filename*": f"UTF-8''{quote(name, safe='')}"}
    answer.headers.set("Content-Disposition", "attachment", **names)
    return answer
