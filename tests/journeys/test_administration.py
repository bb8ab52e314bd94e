"""The auditor's page, and the calendar that the office keeps."""

from playwright.sync_api import Page, expect

from tests.journeys.steps import come_in, download, expect_message, look_at, open_from_menu
from tests.workdays.test_notice import NOTICE_2025

NOTICE = "关于2027年部分节假日安排的通知\n一、元旦：1月1日至3日放假，共3天。1月9日（周六）上班。"


def test_the_auditor_follows_what_happened(page: Page) -> None:
    come_in(page, "nongye")
    page.goto("/people")
    come_in(page, "audit")
    open_from_menu(page, "审计")
    expect(page.get_by_text("页面 越权访问").first).to_be_visible()
    look_at(page)
    page.get_by_label("结果").select_option("拒绝")
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_text("打开 单位与人员（GET /people）").first).to_be_visible()
    page.get_by_role("button", name="核对是否被改动").click()
    expect(page.get_by_text("前后相连，没有改动")).to_be_visible()
    look_at(page)


def test_the_notice_of_a_year_is_pasted(page: Page) -> None:
    come_in(page, "office-admin")
    open_from_menu(page, "创建设置")
    page.get_by_role("link", name="工作日历").click()
    look_at(page)
    page.get_by_label("通知原文").fill(NOTICE.replace("共3天", "共4天"))
    page.get_by_role("button", name="试读").click()
    expect(page.get_by_text("写的是 4 天，日期数出来是 3 天")).to_be_visible()
    look_at(page)
    page.get_by_label("通知原文").fill(NOTICE)
    page.get_by_role("button", name="试读").click()
    look_at(page)
    page.get_by_role("button", name="确认录入").click()
    expect_message(page, "已录入 4 天")
    page.get_by_label("通知原文").fill(NOTICE_2025)
    page.get_by_role("button", name="试读").click()
    expect(page.get_by_role("cell", name="没有", exact=True)).to_have_count(6)


def test_a_circular_begins_at_the_matrix(page: Page) -> None:
    come_in(page, "office")
    open_from_menu(page, "月报")
    page.get_by_role("link", name="2024-02").first.click()
    look_at(page)
    page.get_by_role("button", name="生成通报").click()
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_role("button", name="编号印发").click()
    expect_message(page, "已编号印发")
    assert download(page, "下载公文（DOCX）").stat().st_size > 10_000
