"""A unit takes note of its tasks, asks for more time and for a waiver, and the office answers."""

from playwright.sync_api import Page, expect

from tests.browser import check_page
from tests.journeys.steps import (
    address_of,
    come_in,
    expect_message,
    let_time_pass,
    look_at,
    narrow_down,
    open_from_menu,
    own_row,
    table_row,
)
from tests.live_server import LiveServer


def test_a_unit_asks_and_the_office_answers(any_page: Page, live_server: LiveServer) -> None:
    page = any_page
    come_in(page, "nongye")
    check_page(page)
    page.get_by_role("button", name="签收").click()
    expect_message(page, "已签收")
    _ask_for_more_time(page, live_server)
    _object(page)
    check_page(page)
    come_in(page, "mangkang")
    _ask_for_a_waiver(page, live_server)
    come_in(page, "office")
    open_from_menu(page, "申请")
    check_page(page)
    _grant_one(page)
    _refuse_the_others(page)
    check_page(page)
    come_in(page, "nongye")
    page.goto(address_of(live_server, "11-1"))
    expect(page.get_by_text("原定 2024-04-30，延期 1 次").first).to_be_visible()
    expect(page.get_by_text("答复：请按三定方案办理")).to_be_visible()


def test_an_answer_that_comes_late_moves_the_day_all_the_same(page: Page, live_server: LiveServer) -> None:
    come_in(page, "nongye")
    _ask_for_more_time(page, live_server)
    expect(own_row(page)).to_contain_text("还有 27 个工作日")
    let_time_pass(live_server, "2024-05-06T10:00")
    come_in(page, "nongye")
    page.goto(address_of(live_server, "11-1"))
    expect(own_row(page)).to_contain_text("逾期 1 个工作日")
    expect(own_row(page)).to_contain_text("待答复")

    come_in(page, "office")
    open_from_menu(page, "申请")
    _grant_one(page)
    open_from_menu(page, "任务台账")
    narrow_down(page, 条目="11-1", 节点="自评")
    expect(table_row(page, "市农业农村局", "2024-05-20")).to_contain_text("原定 2024-04-30，延期 1 次")
    check_page(page)
    come_in(page, "nongye")
    page.goto(address_of(live_server, "11-1"))
    expect(own_row(page)).to_contain_text("2024-05-20")
    expect(own_row(page)).to_contain_text("原定 2024-04-30，延期 1 次")
    expect(own_row(page)).to_contain_text("还有 11 个工作日")
    check_page(page)


def test_everything_works_without_scripts(plain_page: Page, live_server: LiveServer) -> None:
    come_in(plain_page, "nongye")
    _ask_for_more_time(plain_page, live_server)
    plain_page.get_by_role("button", name="撤回申请 自评 延期至 2024-05-20").click()
    expect_message(plain_page, "11-1 自评 延期至 2024-05-20：申请已撤回")


def _ask_for_more_time(page: Page, server: LiveServer) -> None:
    page.goto(address_of(server, "11-1"))
    row = page.get_by_role("group", name="本单位的节点").get_by_role("row").filter(has_text="2024-04-30")
    row.get_by_text("申请延期、合理缺项").click()
    row.get_by_label("新期限").fill("2024-05-20")
    row.get_by_label("延期原因").fill("检测设备 5 月到货")
    row.get_by_role("button", name="申请延期 自评").click()
    expect_message(page, "11-1 自评 延期至 2024-05-20：已提出，等待市食安办答复")


def _object(page: Page) -> None:
    page.get_by_text("对这项任务有异议").click()
    page.get_by_label("非本单位职责").check()
    page.get_by_label("异议说明").fill("由市林草局负责")
    page.get_by_role("button", name="提出异议").click()
    expect_message(page, "11-1 异议：已提出")


def _ask_for_a_waiver(page: Page, server: LiveServer) -> None:
    page.goto(address_of(server, "11-2"))
    row = page.get_by_role("group", name="本单位的节点").get_by_role("row").filter(has_text="2024-04-30")
    row.get_by_text("申请延期、合理缺项").click()
    look_at(page)
    row.get_by_label("缺项原因").fill("辖区内没有这一业态")
    row.get_by_role("button", name="申请合理缺项 自评").click()
    expect_message(page, "11-2 自评 合理缺项：已提出")


def _grant_one(page: Page) -> None:
    page.get_by_role("link", name="自评 延期至 2024-05-20").click()
    look_at(page)
    page.get_by_label("答复意见").fill("请抓紧")
    page.get_by_role("button", name="同意", exact=True).click()
    expect_message(page, "11-1 市农业农村局 自评 延期至 2024-05-20：已同意")


def _refuse_the_others(page: Page) -> None:
    page.get_by_role("link", name="待答复 2").click()
    table_row(page, "11-2", "芒康县").get_by_role("checkbox").check()
    table_row(page, "11-1", "市农业农村局").get_by_role("checkbox").check()
    page.get_by_role("button", name="不同意").click()
    expect(page.get_by_text("不同意须写明原因")).to_be_visible()
    page.get_by_label("答复意见").fill("请按三定方案办理")
    page.get_by_role("button", name="不同意").click()
    expect_message(page, "已答复不同意 2 项")
