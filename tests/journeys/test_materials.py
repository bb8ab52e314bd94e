"""The office makes the materials of a task its own."""

from playwright.sync_api import Page, expect

from tests.journeys.steps import address_of, come_in, expect_message, look_at, table_row
from tests.live_server import LiveServer


def test_the_office_adds_renames_and_drops_a_material(page: Page, live_server: LiveServer) -> None:
    come_in(page, "office")
    page.goto(address_of(live_server, "11-1"))
    page.get_by_role("link", name="应备材料").click()
    look_at(page)
    page.get_by_label("材料名称").fill("现场照片")
    page.get_by_label("类别").select_option("图片")
    page.get_by_role("button", name="增加").click()
    expect_message(page, "已增加“现场照片”")
    page.get_by_label("现场照片的新名称").fill("耕地现场照片")
    page.get_by_role("button", name="改名 现场照片").click()
    expect_message(page, "已改名为“耕地现场照片”")
    page.get_by_role("button", name="停用 耕地台账").click()
    expect_message(page, "已停用“耕地台账”")
    look_at(page)
    page.get_by_label("耕地现场照片的新名称").fill("工作总结")
    page.get_by_role("button", name="改名 耕地现场照片").click()
    expect(page.get_by_text("这项任务已经有“工作总结”")).to_be_visible()
    look_at(page)
    page.get_by_role("button", name="恢复 耕地台账").click()
    expect(table_row(page, "耕地台账").get_by_text("已停用")).to_have_count(0)
