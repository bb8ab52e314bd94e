"""A liaison ticks what the unit has done, and takes a tick back."""

import re

from playwright.sync_api import Page, expect

from tests.browser import check_page
from tests.journeys.steps import come_in, desk_row, expect_message, expect_pills, leave, pill, table_row


def test_one_click_ticks_a_task_and_one_takes_it_back(any_page: Page) -> None:
    page = any_page
    page.goto("/")
    check_page(page)
    come_in(page, "nongye")
    check_page(page)
    to_do, handed_in = pill(page, "要我办"), pill(page, "已提交/办结")
    page.evaluate("window.isStillHere = true")

    page.get_by_role("button", name="勾选 11-1 自评").click()
    expect(desk_row(page, "11-1")).to_contain_text("2024-03-22 已提交")
    expect_pills(page, 要我办=to_do - 1, 已提交_办结=handed_in + 1)
    expect(page.get_by_text(re.compile(f"节点已提交或办结 {handed_in + 1} /"))).to_be_visible()
    check_page(page)

    page.get_by_role("button", name="撤回 11-1 自评").click()
    expect(page.get_by_role("button", name="勾选 11-1 自评")).to_be_visible()
    expect_pills(page, 要我办=to_do, 已提交_办结=handed_in)
    assert page.evaluate("window.isStillHere"), "the page was loaded again"


def test_the_chips_are_the_boxes_of_the_other_deadlines(any_page: Page) -> None:
    page = any_page
    come_in(page, "nongye")
    row = desk_row(page, "13-1")
    expect(row).to_contain_text("自评正常")
    expect(row).to_contain_text("初评未开始")
    page.get_by_role("button", name="勾选 13-1 准备").click()
    expect(row.get_by_role("button", name="撤回 13-1 准备")).to_be_visible()
    expect(row).to_contain_text("准备待审核")
    expect(page.get_by_role("button", name="勾选 13-1 自评")).to_be_visible()


def test_a_lead_is_told_for_whom_it_waits(any_page: Page) -> None:
    page = any_page
    come_in(page, "nongye")
    row = desk_row(page, "34-1")
    expect(row).to_contain_text("等待配合：市公安局")
    expect(row.get_by_role("img", name="配合单位还没有全部提交，请等待配合单位")).to_be_visible()
    row.get_by_role("link").first.click()
    expect(table_row(page, "34-1", "市公安局", "配合")).to_be_visible()
    check_page(page)


def test_the_task_page_ticks_too(any_page: Page) -> None:
    page = any_page
    come_in(page, "nongye")
    desk_row(page, "11-1").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="11-1")).to_be_visible()
    check_page(page)
    own = page.get_by_role("group", name="本单位的节点")
    own.get_by_role("row", name="自评").get_by_role("button", name="勾选提交").click()
    expect_message(page, "11-1 自评：已提交，等待市食安办审核")
    expect(own.get_by_role("row", name="自评").get_by_role("button", name="撤回")).to_be_visible()
    expect(page.get_by_role("group", name="办理记录")).to_contain_text("市农业农村局联络员")
    check_page(page)
    leave(page)
    check_page(page)


def test_without_scripts_ticks_and_take_backs_are_told(plain_page: Page) -> None:
    page = plain_page
    come_in(page, "nongye")
    page.get_by_role("button", name="勾选 11-1 自评").click()
    expect_message(page, "11-1 自评：已提交，等待市食安办审核")
    expect(page.get_by_role("button", name="勾选 11-1 自评")).to_have_count(0)
    page.get_by_role("link", name="已提交/办结 1").click()
    page.get_by_role("button", name="撤回 11-1 自评").click()
    expect_message(page, "11-1 自评：已撤回")
    expect(page.get_by_text("没有这样的任务。")).to_be_visible()
    leave(page)
