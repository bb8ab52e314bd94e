"""Tables as CSV: no spreadsheet takes a text in them for a formula."""

from io import BytesIO

import pytest

from tracker.commands.export import WRITERS


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠SUM(A1)"]
)
def test_what_looks_like_a_formula_begins_with_a_sign_that_makes_it_text(text: str) -> None:
    stream = BytesIO()
    WRITERS[".csv"](stream, "台账", ["编号", "任务"], [[-1, text]])
    written = stream.getvalue().decode("utf-8-sig")
    assert written.startswith("编号,任务\r\n-1,")
    assert written.split("-1,")[1].lstrip('"').startswith(f"'{text}")
