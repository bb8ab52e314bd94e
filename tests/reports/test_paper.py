"""月报表: the columns of the paper form, as a page and as a spreadsheet."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from docx import Document
from flask.testing import FlaskClient
from openpyxl import load_workbook

import tracker
from tests.files.samples import pdf
from tests.reports.conftest import Person
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.paper import HEADERS, WIDTHS, Form
from tracker.reports.rules import Proof, SentLine, SentReport

LINE = SentLine(
    1, "11", "指标 11", "食用农产品", "", "耕地分类管理", "已部署", "80", "12 本",
    (Proof(3, "耕地台账（昌农发〔2024〕3号）"), Proof(4, "照片")), "人员不足", "补齐台账",
)  # fmt: skip
SENT = SentReport("昌都市农业农村局", "2024-03", "张三", "0895-1", (LINE,), approver="李四")


def test_the_form_has_head_and_columns_of_the_paper() -> None:
    form = Form(SENT, "2024-03-20")
    assert form.title == "2024年3月食品安全示范城市创建工作月报表"
    assert dict(form.head) == {
        "填报单位": "昌都市农业农村局", "月份": "2024-03", "填报人": "张三", "审核人": "李四",
        "联系电话": "0895-1", "填报日期": "2024-03-20",
    }  # fmt: skip
    assert form.rows == [
        ("1", "11", "耕地分类管理", "已部署", "80%", "12 本", "耕地台账（昌农发〔2024〕3号）\n照片",
         "人员不足", "补齐台账", "推进中", ""),
    ]  # fmt: skip


def test_the_form_is_printed_and_taken_away(
    sign_in: Callable[[str], FlaskClient], march: ReportPeriod, sent: MonthlyReport
) -> None:
    address = f"/reports/{march.id}/units/{sent.unit_id}/paper"
    client = sign_in("leader")
    page = client.get(address).text
    assert '<th scope="col">评价内容</th>' in page
    assert "单位（盖章）" in page
    sheet = load_workbook(BytesIO(client.get(f"{address}.xlsx").data)).worksheets[0]
    assert [cell.value for cell in sheet[3]][:5] == [
        "序号", "指标编号", "评价内容", "本月工作进展", "累计完成情况"
    ]  # fmt: skip
    assert sheet["D4"].value == "已部署"
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$3:$3")
    assert "填报日期：2024-03-20" in sheet["A2"].value


def test_the_columns_of_the_page_are_as_wide_as_those_of_the_spreadsheet() -> None:
    style = (Path(tracker.__file__).parent / "static" / "tracker.css").read_text()
    shares = re.findall(r"\.paper-form th:nth-child\(\d+\) { width: ([\d.]+)%; }", style)
    assert [float(share) for share in shares] == [round(100 * width / sum(WIDTHS), 1) for width in WIDTHS]


def test_the_document_says_the_same_as_the_page(
    sign_in: Callable[[str], FlaskClient], march: ReportPeriod, sent: MonthlyReport
) -> None:
    address = f"/reports/{march.id}/units/{sent.unit_id}/paper"
    client = sign_in("nongye")
    page = client.get(address).text
    assert f'href="{address}.docx?number=1"' in page
    answer = client.get(f"{address}.docx")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=report-2024-03-")
    document = Document(BytesIO(answer.data))
    head = document.paragraphs[1].text
    assert head.startswith("填报单位：市农业农村局　　月份：2024-03　　填报人：")
    assert "填报日期：2024-03-20" in head
    (table,) = document.tables
    header, first, *_, stamp = [[cell.text for cell in row.cells] for row in table.rows]
    assert header == list(HEADERS)
    assert first[3] == "已部署"
    assert "单位（盖章）" in stamp[0]
    assert f"<td>{first[2]}</td>" in page


def test_a_report_that_was_sent_keeps_its_layout(
    sign_in: Callable[[str], FlaskClient], march: ReportPeriod, sent: MonthlyReport
) -> None:
    address, own = f"/reports/{march.id}/units/{sent.unit_id}/paper.docx", BytesIO()
    client, document = sign_in("office-admin"), Document()
    document.add_paragraph("自家版式")
    document.save(own)
    own.seek(0)
    client.post("/plan/settings/templates/report", data={"file": (own, "自家.docx")})
    words = [one.text for one in Document(BytesIO(client.get(address).data)).paragraphs]
    assert "自家版式" not in words, "the template is two days younger than the report"


def test_the_form_of_what_was_not_sent_is_nobody_elses(
    sign_in: Callable[[str], FlaskClient], march: ReportPeriod, draft: MonthlyReport, person: Person
) -> None:
    address = f"/reports/{march.id}/units/{draft.unit_id}/paper"
    assert sign_in("office").get(address).status_code == 404
    assert sign_in("nongye").get(address).status_code == 200


def test_the_stamped_form_is_put_beside_the_report_and_opened_by_the_office(
    sign_in: Callable[[str], FlaskClient], march: ReportPeriod, sent: MonthlyReport
) -> None:
    own, address = f"/reports/{march.id}", f"/reports/{march.id}/units/{sent.unit_id}"
    client = sign_in("nongye")
    wrong = client.post(f"{own}/scans", data={"file": (BytesIO(b"PK not a paper"), "月报表.txt")})
    assert wrong.status_code == 422
    assert "没有保存" in wrong.text
    content = pdf("月报表")
    answer = client.post(f"{own}/scans", data={"file": (BytesIO(content), "月报表.pdf")})
    assert (answer.status_code, answer.location) == (303, address)
    client = sign_in("office")
    assert "月报表.pdf</a>" in client.get(address).text
    file = client.get(f"{address}/scans/{sent.scans[0].id}")
    assert (file.status_code, file.data) == (200, content)
    assert sign_in("karuo").get(f"{address}/scans/{sent.scans[0].id}").status_code == 404


def test_there_is_no_stamped_form_before_the_submission(
    sign_in: Callable[[str], FlaskClient], march: ReportPeriod, draft: MonthlyReport
) -> None:
    data = {"file": (BytesIO(pdf("月报表")), "月报表.pdf")}
    answer = sign_in("nongye").post(f"/reports/{march.id}/scans", data=data)
    assert answer.status_code == 409
    assert "还没有报送" in answer.text
