"""The morning of 26 March: what was told, read by the office, followed by the person who was told."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.steps import (
    address_of,
    choose,
    come_in,
    expect_message,
    fill_in_sign_in,
    leave,
    let_time_pass,
    look_at,
    narrow_down,
    open_from_menu,
)
from tests.live_server import LiveServer
from tracker.reminders.jobs import remind


def test_a_mail_leads_to_its_task_after_sign_in(page: Page, live_server: LiveServer) -> None:
    come_in(page, "office-admin")
    _add_rung(page, "-2")
    _set_day(page, "11-1 市农业农村局 自评", "2024-03-27")
    let_time_pass(live_server, "2024-03-26T09:00")
    told = remind(live_server.database, live_server.clock, base_url=live_server.url)
    assert told.letters
    come_in(page, "office-admin")
    open_from_menu(page, "提醒发件箱")
    page.get_by_role("row", name="市农业农村局联络员").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("将到期 1 项")
    look_at(page)
    link = page.get_by_role("link", name=f"{address_of(live_server, '11-1')}?")
    address = link.get_attribute("href") or ""
    leave(page)

    page.goto(address)
    fill_in_sign_in(page, "nongye")
    expect(page).to_have_url(address)
    expect(page.get_by_role("heading", name="11-1")).to_be_visible()
    expect(page.get_by_role("row", name="自评").first).to_contain_text("还有 1 个工作日")

    bell = page.get_by_role("banner").get_by_role("link", name="提醒")
    unread = int(bell.get_by_text(re.compile(r"^\d+$")).inner_text())
    bell.click()
    look_at(page)
    page.get_by_role("link", name="11-1（自评").click()
    expect(page).to_have_url(address)
    expect(bell).to_have_text(f"提醒 {unread - 1} 条未读" if unread > 1 else "提醒")


def _add_rung(page: Page, days: str) -> None:
    open_from_menu(page, "创建设置")
    page.get_by_role("link", name="群机器人").click()
    look_at(page)
    _set_robot(page)
    page.get_by_role("main").get_by_role("link", name="创建设置").click()
    page.get_by_role("link", name="提醒阶梯").click()
    look_at(page)
    page.get_by_label("新增一级，工作日").first.fill(days)
    page.get_by_role("button", name="保存月报的阶梯").click()
    expect_message(page, "月报的提醒阶梯已保存")
    expect(page.get_by_label("到期前 2 个工作日", exact=True)).to_have_value(days)


def _set_robot(page: Page) -> None:
    page.get_by_label("软件").select_option(label="钉钉")
    page.get_by_label("机器人地址").fill("https://robot.example.test/send?access_token=1")
    page.get_by_label("加签密钥").fill("SEC0123")
    page.get_by_label("启用").uncheck()
    page.get_by_role("button", name="保存机器人").click()
    expect_message(page, "群机器人已保存")
    expect(page.get_by_label("加签密钥（钉钉）")).to_have_value("")
    expect(page.get_by_role("button", name="发测试消息")).to_be_visible()
    look_at(page)


def _set_day(page: Page, row: str, day: str) -> None:
    open_from_menu(page, "任务台账")
    narrow_down(page, 条目=row.split()[0])
    choose(page, row)
    page.get_by_label("新期限").fill(day)
    page.get_by_role("button", name="提前期限").click()
    expect_message(page, "已提前期限 1 项")
