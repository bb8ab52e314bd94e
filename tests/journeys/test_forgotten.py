"""Who forgot the password comes back through the security administrator; a telephone is the second step."""

import pyotp
from playwright.sync_api import Page, expect

from tests.browser import check_page
from tests.journeys.steps import (
    come_in,
    expect_message,
    fill_in_sign_in,
    leave,
    let_time_pass,
    look_at,
    open_from_menu,
    table_row,
)
from tests.live_server import LiveServer


def test_a_forgotten_password_is_reset_by_hand(plain_page: Page) -> None:
    page = plain_page
    page.goto("/sign-in")
    page.get_by_role("link", name="忘记密码").click()
    page.get_by_label("用户名").fill("mangkang")
    page.get_by_role("button", name="申请重设").click()
    expect_message(page, "已受理")

    come_in(page, "security")
    open_from_menu(page, "找回密码申请")
    table_row(page, "芒康县联络员").get_by_role("button", name="已核实，重置").click()
    expect(page.get_by_text("密码已重置")).to_be_visible()
    one_time = page.get_by_role("definition").nth(3).inner_text()
    come_in(page, "mangkang", one_time)
    expect(page.get_by_text("请先设置自己的密码")).to_be_visible()


def test_the_pages_of_a_forgotten_password_are_in_order(page: Page) -> None:
    page.goto("/forgotten")
    look_at(page)
    page.get_by_label("用户名").fill("mangkang")
    page.get_by_role("button", name="申请重设").click()
    come_in(page, "security")
    open_from_menu(page, "找回密码申请")
    look_at(page)


def test_a_telephone_becomes_the_second_step(any_page: Page, live_server: LiveServer) -> None:
    page = any_page
    come_in(page, "nongye")
    page.get_by_role("link", name="我的账号").click()
    page.get_by_role("link", name="动态口令（未启用）").click()
    check_page(page)
    page.get_by_role("button", name="开始设置").click()
    expect(page.get_by_alt_text("动态口令的二维码")).to_be_visible()
    check_page(page)
    phone = pyotp.TOTP(page.locator("code.secret").inner_text().replace(" ", ""))
    page.get_by_label("动态口令", exact=True).fill(phone.at(live_server.clock.now()))
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_text("动态口令已启用")).to_be_visible()
    recovery = page.locator("ul.codes code").first.inner_text()
    check_page(page)
    leave(page)

    let_time_pass(live_server, "2024-03-22T10:05")
    fill_in_sign_in(page, "nongye")
    expect(page.get_by_role("heading", name="动态口令")).to_be_visible()
    check_page(page)
    page.get_by_label("动态口令", exact=True).fill("000000")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("动态口令或恢复码不正确")).to_be_visible()
    check_page(page)
    page.get_by_label("动态口令", exact=True).fill(recovery)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="我的任务")).to_be_visible()
    page.goto("/account/second-factor")
    expect(page.get_by_text("还有 9 个恢复码可用")).to_be_visible()
    check_page(page)
