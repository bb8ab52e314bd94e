"""A lead waits for a supporting unit, which answers late, or has nothing to answer for."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import check_page
from tests.files.samples import pdf
from tests.journeys.steps import (
    address_of,
    come_in,
    desk_row,
    expect_message,
    let_time_pass,
    look_at,
    open_from_menu,
    own_row,
    share_row,
    table_row,
    tick,
    upload_to,
    write_file,
)
from tests.live_server import LiveServer

WAITS = "配合单位还没有全部提交，请等待配合单位"


def test_a_supporting_unit_answers_late(page: Page, live_server: LiveServer) -> None:
    task = address_of(live_server, "80-1")
    let_time_pass(live_server, "2024-05-08T10:00")
    come_in(page, "nongye")
    page.goto("/desk?view=lead")
    expect(desk_row(page, "80-1")).to_contain_text("等待配合：市市场监管局")
    page.goto(task)
    expect(own_row(page)).to_contain_text("等待配合")
    expect(own_row(page)).to_contain_text(WAITS)
    page.get_by_role("button", name="催一下 80-1 市市场监管局 自评").click()
    expect_message(page, "80-1 市市场监管局 自评：已催办")
    check_page(page)
    _read_the_urging(page)

    come_in(page, "shijian")
    page.goto(task)
    expect(own_row(page)).to_contain_text("逾期 3 个工作日")
    tick(page)
    expect(own_row(page)).to_contain_text("待审核（迟交）")

    let_time_pass(live_server, "2024-05-09T10:00")
    come_in(page, "nongye")
    page.goto(task)
    expect(own_row(page)).to_contain_text("逾期 2 个工作日")
    look_at(page)
    tick(page)
    come_in(page, "office")
    page.goto(task)
    expect(share_row(page, "80-1", "市农业农村局")).to_contain_text("待审核")


def test_what_is_waived_holds_nobody_up(page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    task = address_of(live_server, "80-1")
    come_in(page, "shijian")
    page.goto(task)
    upload_to(page, "经验做法汇总材料", write_file(tmp_path, "无此业态说明.pdf", pdf("无此业态")))
    page.get_by_role("link", name="无此业态说明").wait_for()
    page.goto(task)
    _ask_for_a_waiver(page)
    expect(own_row(page)).to_contain_text("还有 27 个工作日")
    check_page(page)
    come_in(page, "nongye")
    page.goto(task)
    expect(own_row(page)).to_contain_text(WAITS)

    come_in(page, "office")
    open_from_menu(page, "申请")
    page.get_by_role("link", name="自评 合理缺项").click()
    expect(page.get_by_role("link", name="无此业态说明")).to_be_visible()
    page.get_by_role("button", name="同意", exact=True).click()
    expect_message(page, "80-1 市市场监管局 自评 合理缺项：已同意")
    page.goto(task)
    expect(share_row(page, "80-1", "市市场监管局")).to_contain_text("合理缺项")
    come_in(page, "nongye")
    page.goto(task)
    look_at(page)
    tick(page)


def _read_the_urging(page: Page) -> None:
    come_in(page, "office")
    open_from_menu(page, "提醒发件箱")
    table_row(page, "市市场监管局联络员", "催办").get_by_role("link").click()
    expect(page.get_by_role("main")).to_contain_text("市农业农村局")
    expect(page.get_by_role("main")).to_contain_text("80-1")
    check_page(page)


def _ask_for_a_waiver(page: Page) -> None:
    row = own_row(page)
    row.get_by_text("申请延期、合理缺项").click()
    row.get_by_label("缺项原因").fill("本市没有这一业态")
    row.get_by_label("证明材料").select_option(label="无此业态说明")
    row.get_by_role("button", name="申请合理缺项 自评").click()
    expect_message(page, "80-1 自评 合理缺项：已提出")
