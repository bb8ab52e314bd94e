"""The 25th of March: one county reports in time from a telephone, another one late."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser import check_page
from tests.journeys.steps import (
    come_in,
    expect_message,
    have_ticked,
    let_time_pass,
    look_at,
    open_from_menu,
    table_row,
)
from tests.live_server import LiveServer

REASON = "本月没有安排"


def test_one_county_reports_in_time_and_another_late(
    phone: Page, page: Page, live_server: LiveServer
) -> None:
    have_ticked(live_server, "mangkang", "11-2")
    let_time_pass(live_server, "2024-03-25T16:00")
    come_in(phone, "mangkang")
    _write_prefilled(phone)
    come_in(page, "office")
    _accept(page, "芒康县")
    let_time_pass(live_server, "2024-03-26T09:30")
    come_in(page, "office")
    expect(_cell(page, "芒康县")).to_contain_text("已采信")
    expect(_cell(page, "卡若区")).to_contain_text("未报")
    look_at(page)
    let_time_pass(live_server, "2024-03-28T09:30")
    come_in(phone, "karuo")
    _write_nothing_new(phone)
    come_in(page, "office")
    expect(_cell(page, "卡若区")).to_contain_text("迟 3 日")
    _cell(page, "卡若区").get_by_role("link").click()
    expect(page.get_by_text("迟报 3 日").first).to_be_visible()


def _write_prefilled(page: Page) -> None:
    """Save a draft first: its line of what was ticked is there already."""
    open_from_menu(page, "月报")
    page.get_by_role("link", name="填写 2024-03").click()
    line = page.get_by_label(re.compile(r"^本月工作进展（.*11）$"))
    expect(line).to_have_value("本月提交：11-2（自评）。")
    check_page(page)
    page.get_by_label("统一原因").fill(REASON)
    page.get_by_label("没有填写进展的各条都按无进展处理").check()
    page.get_by_role("button", name="保存草稿").click()
    expect_message(page, "草稿已保存，还没有提交")
    page.get_by_role("button", name="提交").click()
    expect_message(page, "月报已提交，等待市食安办审核")
    page.locator("summary", has=page.get_by_role("heading", name="基础工作")).click()
    expect(page.get_by_text(REASON).filter(visible=True)).not_to_have_count(0)


def _write_nothing_new(page: Page) -> None:
    open_from_menu(page, "月报")
    expect(table_row(page, "2024-03")).to_contain_text("未报")
    page.get_by_role("link", name="填写 2024-03").click()
    page.get_by_label("统一原因").fill(REASON)
    page.get_by_label("没有填写进展的各条都按无进展处理").check()
    page.get_by_role("button", name="提交").click()
    expect_message(page, "月报已提交，等待市食安办审核")


def _accept(page: Page, unit: str) -> None:
    _cell(page, unit).get_by_role("link").click()
    page.get_by_role("button", name="采信").click()
    expect(page.get_by_text("已采信（按时）").first).to_be_visible()


def _cell(page: Page, unit: str) -> Locator:
    """The unit's cell of March in the matrix, looked up anew."""
    page.goto("/reports?from=2024-03&to=2024-03")
    return page.get_by_role("row", name=re.compile(f"^{unit}")).get_by_role("cell").first


def test_the_office_urges_and_follows_a_unit_that_is_late(any_page: Page) -> None:
    page = any_page
    come_in(page, "office")
    page.goto("/reports?from=2024-02&to=2024-02")
    page.get_by_role("button", name="催报 芒康县 2024-02").click()
    expect_message(page, "已催报：芒康县 2024-02")
    check_page(page)
    page.goto("/reports/month/2024-02")
    table_row(page, "芒康县").get_by_text("1 次，最近 03-22 催报").click()
    expect(table_row(page, "芒康县").get_by_text("邮件（待发）")).to_be_visible()
    check_page(page)
    page.goto("/reports")
    page.get_by_role("link", name="芒康县", exact=True).click()
    expect(page.get_by_role("heading", name="芒康县", exact=True)).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="逾期节点").click()
    page.get_by_role("checkbox", name=re.compile("芒康县")).first.check()
    page.get_by_role("button", name="督办").click()
    expect(page.get_by_role("heading", name="新督办单：芒康县")).to_be_visible()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(1)
    come_in(page, "mangkang")
    page.get_by_role("link", name=re.compile("^提醒")).click()
    expect(page.get_by_text("2024-02 月报：未报")).to_be_visible()
    open_from_menu(page, "月报")
    page.get_by_role("link", name="本单位按时率、督办和逾期").click()
    check_page(page)


def test_the_office_says_who_reports(page: Page) -> None:
    come_in(page, "office-admin")
    page.goto("/plan/settings")
    page.get_by_label("新区管委会", exact=True).first.check()
    page.get_by_role("button", name="保存月报单位").click()
    expect_message(page, "月报单位已保存，1 项有变动")
    look_at(page)
    page.goto("/reports/month/2024-03")
    expect(page.get_by_text("已报 0 / 36")).to_be_visible()
