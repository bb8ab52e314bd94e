"""The office gives a task to another unit."""

from playwright.sync_api import Page, expect

from tests.journeys.steps import address_of, come_in, expect_message, look_at
from tests.live_server import LiveServer


def test_a_share_goes_to_another_unit(page: Page, live_server: LiveServer) -> None:
    address = address_of(live_server, "11-2")
    come_in(page, "office")
    page.goto(address)
    _give(page, "新区管委", "按新的分工")
    expect(page.get_by_text("最接近的是：新区管委会")).to_be_visible()
    look_at(page)
    page.get_by_label("改派给").fill("新区管委会")
    page.get_by_role("button", name="改派").click()
    expect_message(page, "11-2：芒康县的任务已改派给新区管委会")
    expect(page.get_by_role("row", name="新区管委会")).to_contain_text("还有 27 个工作日")
    look_at(page)
    come_in(page, "mangkang")
    page.goto(address)
    expect(page.get_by_role("region", name="办理记录", exact=True)).to_contain_text(
        "改派给新区管委会：按新的分工"
    )
    look_at(page)


def _give(page: Page, unit: str, reason: str) -> None:
    row = page.get_by_role("row", name="11-2 芒康县")
    row.get_by_text("改派", exact=True).first.click()
    look_at(page)
    row.get_by_label("改派给").fill(unit)
    row.get_by_label("改派原因").fill(reason)
    row.get_by_role("button", name="改派").click()
