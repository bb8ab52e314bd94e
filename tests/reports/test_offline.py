"""The form comes back filled in: good cells are kept, wrong ones told by their addresses."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from tests.reports.conftest import own_report
from tracker.reports.models import ReportPeriod
from tracker.reports.offline import read_form
from tracker.reports.rules import LineText
from tracker.units.models import Unit
from tracker.workbook.sheet import Cell, WorkbookError

HEADERS = ("序号", "指标编号", "评价内容", "进展", "累计", "数据", "材料", "问题", "打算", "状态", "备注")
Values = tuple[str | float | None, ...]


def rows(*lines: Values, month: str = "2024-03") -> list[list[Cell]]:
    head: Values = (f"填报单位：甲　　月份：{month}", *[None] * 10)
    table = [head, HEADERS, *lines]
    return [
        [Cell(f"{chr(65 + column)}{number}", value) for column, value in enumerate(line)]
        for number, line in enumerate(table, 2)
    ]


def line(number: str, progress: str, percent: str | float | None = None, done: str = "") -> Values:
    return ("1", number, "内容", progress, percent, "12 本", "", "", "继续", done, "")


def test_good_cells_are_kept_and_wrong_ones_named() -> None:
    items = {"11": (1, LineText("原来的", percent="30")), "12": (2, LineText(evidence_ids=(7,)))}
    filled = read_form(
        rows(line("11", "已部署", "一半", "办了"), line("12", "", 0.8, "无进展"), line("99", "已部署")),
        "2024-03", items,
    )  # fmt: skip
    assert filled.lines == {
        1: LineText("已部署", next_steps="继续", percent="30", figures="12 本"),
        2: LineText(
            next_steps="继续", has_no_progress=True, percent="80", figures="12 本", evidence_ids=(7,)
        ),
    }
    assert [problem.partition("：")[0] for problem in filled.problems] == ["E4", "J4", "B6"]


@pytest.mark.parametrize(
    ("typed", "problem_count"), [(80, 0), ("80%", 0), (0.75, 0), (1, 1), (0.755, 1), (120, 1)]
)
def test_a_percentage_may_be_a_number(typed: str | float, problem_count: int) -> None:
    filled = read_form(rows(line("11", "已部署", typed)), "2024-03", {"11": (1, LineText())})
    assert len(filled.problems) == problem_count


def test_the_form_of_another_month_is_refused() -> None:
    with pytest.raises(WorkbookError, match="不是 2024-03 的月报表"):
        read_form(rows(month="2024-02"), "2024-03", {})
    with pytest.raises(WorkbookError, match="没有找到"):
        read_form([], "2024-03", {})


def test_the_form_goes_out_and_comes_back_as_a_draft(
    session: Session,
    sign_in: Callable[[str], FlaskClient],
    march: ReportPeriod,
    unit: Callable[[str], Unit],
) -> None:
    client = sign_in("nongye")
    book = load_workbook(BytesIO(client.get(f"/reports/{march.id}/form.xlsx").data))
    sheet = book.worksheets[0]
    sheet["D4"], sheet["E4"], sheet["E5"] = "已部署", 40, "七成"
    stream = BytesIO()
    book.save(stream)
    data = {"seen": "0", "form": (BytesIO(stream.getvalue()), "月报表.xlsx")}
    answer = client.post(f"/reports/{march.id}/form", data=data)
    assert answer.status_code == 422
    assert "E5：应为 0 至 100 的整数" in answer.text
    first, second = own_report(session, march, unit("市农业农村局")).lines[:2]
    assert (first.progress, first.percent, second.percent) == ("已部署", 40, None)
    data = {"seen": "0", "form": (BytesIO(stream.getvalue()), "月报表.xlsx")}
    assert client.post(f"/reports/{march.id}/form", data=data).status_code == 409, "somebody saved meanwhile"
    assert client.post(f"/reports/{march.id}/form", data={"seen": "2"}).status_code == 422
