"""The office's own layout: a template with a fault is told, a good one is in use, and back again."""

from pathlib import Path

from docx import Document
from playwright.sync_api import Page, expect

from tests.journeys.steps import come_in, download, expect_message, look_at, open_from_menu


def test_the_office_lays_out_its_orders_itself(page: Page, tmp_path: Path) -> None:
    come_in(page, "office-admin")
    open_from_menu(page, "创建设置")
    page.get_by_role("link", name="公文模板").click()
    page.get_by_text("督办单的占位符").click()
    expect(page.get_by_role("cell", name="{{ 文号 }}")).to_be_visible()
    look_at(page)
    own = download(page, "下载内置模板（督办单）")

    document = Document(str(own))
    document.paragraphs[-1].text = "经办人：{{ 经办人 }}"
    faulty = tmp_path / "督办单.docx"
    document.save(str(faulty))
    _upload(page, faulty)
    expect(page.get_by_role("alert")).to_contain_text("没有“经办人”这个占位符，是不是“签发人”")
    look_at(page)

    document.paragraphs[-1].text = "签发人：{{ 签发人 }}"
    document.save(str(faulty))
    _upload(page, faulty)
    expect_message(page, "督办单从现在起按“督办单.docx”生成")
    expect(page.get_by_text("督办单从现在起按“督办单.docx”生成")).to_be_in_viewport()
    look_at(page)
    sample = Document(str(download(page, "看样张（督办单）")))
    assert sample.paragraphs[-1].text == "签发人：洛桑某某"

    page.get_by_role("button", name="恢复内置版式（督办单）").click()
    expect_message(page, "督办单从现在起按内置版式生成")


def _upload(page: Page, file: Path) -> None:
    page.get_by_label("督办单的模板（.docx）").set_input_files(file)
    page.get_by_role("button", name="检查并上传（督办单）").click()
