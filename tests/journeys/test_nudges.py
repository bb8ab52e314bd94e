"""A department urges a county, the office many units at once."""

from playwright.sync_api import Page, expect

from tests.browser import check_page
from tests.journeys.steps import (
    address_of,
    choose,
    come_in,
    expect_message,
    look_at,
    narrow_down,
    open_from_menu,
)
from tests.live_server import LiveServer


def test_a_county_is_urged_once_a_day(any_page: Page, live_server: LiveServer) -> None:
    page = any_page
    come_in(page, "nongye")
    page.goto(address_of(live_server, "11-2"))
    check_page(page)
    page.get_by_role("button", name="催一下 11-2 芒康县 自评").click()
    expect_message(page, "11-2 芒康县 自评：已催办")
    expect(page.get_by_role("row", name="芒康县")).to_contain_text("今天已催")
    expect(page.get_by_role("region", name="办理记录", exact=True)).to_contain_text("芒康县 自评 催办")
    check_page(page)


def test_the_office_urges_from_the_ledger(page: Page) -> None:
    come_in(page, "office")
    open_from_menu(page, "任务台账")
    narrow_down(page, 条目="11-2", 节点="自评")
    choose(page, "11-2 卡若区 自评", "11-2 芒康县 自评", "11-2 江达县 自评")
    page.get_by_role("button", name="催办").click()
    expect_message(page, "已催办 2 项；1 项未办：该单位没有在用的联络员账号，没有人收催办邮件：11-2 江达县")
    look_at(page)
    open_from_menu(page, "提醒发件箱")
    expect(page.get_by_role("link", name="市食安办催办 1 项")).to_have_count(2)
    look_at(page)
