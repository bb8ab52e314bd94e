"""Where the network is bad: the month's form is filled in elsewhere and brought back."""

from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser import check_page
from tests.journeys.steps import come_in, download, expect_message, open_from_menu

DONE = "耕地分类管理台账已更新到三月"


def test_a_report_is_written_in_a_spreadsheet(any_page: Page, tmp_path: Path) -> None:
    page = any_page
    come_in(page, "nongye")
    open_from_menu(page, "月报")
    page.get_by_role("link", name="填写 2024-03").click()
    page.get_by_text("离线填写").click()
    taken = download(page, "下载本月的月报表（XLSX）")
    _bring(page, _filled(taken, tmp_path / "wrong.xlsx", percent="一半"))
    expect(page.get_by_text("0 至 100 的整数")).to_contain_text(_place(taken, "累计完成情况"))
    check_page(page)
    _bring(page, _filled(taken, tmp_path / "right.xlsx", percent=50))
    expect(page.get_by_label("本月工作进展（指标 11）")).to_have_value(DONE)
    page.get_by_label("统一原因").fill("本月没有安排")
    page.get_by_label("没有填写进展的各条都按无进展处理").check()
    page.get_by_role("button", name="提交").click()
    expect_message(page, "月报已提交，等待市食安办审核")
    if not page.get_by_text(DONE).is_visible():
        page.locator("summary", has=page.get_by_role("heading", name="基础工作")).click()
    expect(page.get_by_text(DONE)).to_be_visible()


def _bring(page: Page, form: Path) -> None:
    """The field is unfolded already where something was wrong with the last one."""
    if not page.get_by_label("填好的月报表").is_visible():
        page.get_by_text("离线填写").click()
    page.get_by_label("填好的月报表").set_input_files(form)
    page.get_by_role("button", name="上传为草稿").click()


def _filled(taken: Path, target: Path, *, percent: str | int) -> Path:
    """The form as a liaison fills it in: the line of indicator 11."""
    book = load_workbook(BytesIO(taken.read_bytes()))
    sheet = book.worksheets[0]
    sheet[_place(taken, "本月工作进展")].value = DONE
    sheet[_place(taken, "累计完成情况")].value = percent
    book.save(target)
    return target


def _place(form: Path, header: str) -> str:
    """The cell of indicator 11 in a column of the form."""
    rows = list(load_workbook(BytesIO(form.read_bytes())).worksheets[0].iter_rows())
    heads = next(row for row in rows if any(cell.value == "指标编号" for cell in row))
    number = next(cell.column for cell in heads if cell.value == "指标编号")
    column = next(cell for cell in heads if str(cell.value or "").startswith(header))
    line = next(row for row in rows if row[number - 1].value in (11, "11"))
    return f"{column.coordinate.rstrip('0123456789')}{line[0].row}"
