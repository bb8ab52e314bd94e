"""Files that a page gives to take along."""

from typing import IO
from urllib.parse import quote

from flask import send_file
from werkzeug.wrappers import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_workbook(file: IO[bytes], name: str, plain_name: str) -> Response:
    """A workbook to be saved as `name`.xlsx.

    Args:
        plain_name: the same for what reads ASCII alone.
    """
    file.seek(0)
    answer = send_file(file, XLSX, as_attachment=True, download_name=f"{plain_name}.xlsx")
    names = {"filename": f"{plain_name}.xlsx", "filename*": f"UTF-8''{quote(f'{name}.xlsx', safe='')}"}
    answer.headers.set("Content-Disposition", "attachment", **names)
    return answer
