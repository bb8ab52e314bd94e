"""A liaison leaves: the tasks and the mail that has not gone are the successor's."""

from playwright.sync_api import Page, expect

from tests.browser import check_page, sign_in
from tests.journeys.steps import (
    address_of,
    come_in,
    engage,
    expect_message,
    leave,
    open_from_menu,
    remind_at,
)
from tests.live_server import LiveServer


def test_a_task_goes_to_a_colleague_who_hands_it_over(any_page: Page, live_server: LiveServer) -> None:
    page = any_page
    engage(live_server, "芒康县", "dawa", "达瓦")
    address = address_of(live_server, "11-2")
    come_in(page, "mangkang")
    page.goto(address)
    page.get_by_text("指定经办人").click()
    check_page(page)
    page.get_by_label("经办人 11-2 芒康县", exact=True).select_option(label="达瓦")
    page.get_by_role("button", name="保存").click()
    expect_message(page, "经办人为达瓦")
    expect(page.get_by_text("经办：达瓦").first).to_be_visible()

    come_in(page, "office")
    page.goto(address)
    page.get_by_role("button", name="催一下 11-2 芒康县 自评").click()
    expect_message(page, "11-2 芒康县 自评：已催办")

    come_in(page, "admin")
    _open(page, "达瓦")
    page.get_by_role("link", name="停用").click()
    check_page(page)
    page.locator("main form").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="停用").click()
    expect(page.get_by_role("alert")).to_contain_text("请选择接任人")
    check_page(page)
    page.get_by_label("芒康县联络员").check()
    page.get_by_role("button", name="停用").click()
    expect_message(page, "1 项任务、1 封未发邮件交给芒康县联络员")
    leave(page)

    come_in(page, "mangkang")
    page.goto(address)
    expect(page.get_by_text("经办：芒康县联络员").first).to_be_visible()
    expect(page.get_by_role("region", name="办理记录", exact=True)).to_contain_text("达瓦 → 芒康县联络员")
    check_page(page)
    come_in(page, "office")
    open_from_menu(page, "提醒发件箱")
    expect(page.get_by_role("row", name="市食安办催办")).to_have_count(2)
    expect(page.get_by_text("dawa@example.test")).to_have_count(0)
    _expect_nothing_for(page, live_server, "dawa")


def _expect_nothing_for(page: Page, server: LiveServer, username: str) -> None:
    """Neither a mail on a day on which much is told, nor a way in."""
    remind_at(server, "2024-04-29T09:00")
    come_in(page, "office")
    open_from_menu(page, "提醒发件箱")
    expect(page.get_by_text("mangkang@example.test").first).to_be_visible()
    expect(page.get_by_text(f"{username}@example.test")).to_have_count(0)
    leave(page)
    sign_in(page, username)
    expect(page.get_by_text("该账号已停用")).to_be_visible()


def _open(page: Page, name: str) -> None:
    page.get_by_label("文字").fill(name)
    page.get_by_role("button", name="筛选").click()
    page.get_by_role("link", name=name).click()
