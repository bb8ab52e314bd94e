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
    expect(page.get_by_text(REASON).nth(1)).to_be_visible()


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
