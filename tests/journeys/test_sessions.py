"""A session ends while somebody writes; what was typed waits behind the sign-in page."""

from playwright.sync_api import Page, expect

from tests.browser import check_page
from tests.journeys.steps import come_in, expect_message, fill_in_sign_in, let_time_pass, open_line
from tests.live_server import LiveServer

TYPED = "耕地分类管理台账已更新到三月"


def test_what_was_typed_outlives_the_session(any_page: Page, live_server: LiveServer) -> None:
    page = any_page
    come_in(page, "nongye")
    page.goto("/reports")
    page.get_by_role("link", name="填写 2024-03").click()
    open_line(page, "11")
    page.get_by_label("本月工作进展（指标 11）").fill(TYPED)
    let_time_pass(live_server, "2024-03-22T10:31")
    page.get_by_role("button", name="保存草稿").click()
    expect_message(page, "登录已超时，请重新登录。")
    check_page(page)

    fill_in_sign_in(page, "nongye")
    expect(page.get_by_role("heading", name="您离开前填写的内容")).to_be_visible()
    expect(page.get_by_text(TYPED)).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="重新提交").click()
    expect_message(page, "草稿已保存，还没有提交")
    expect(page.get_by_label("本月工作进展（指标 11）")).to_have_value(TYPED)
