"""代办: a county telephones, the office ticks and files in its name, and a colleague decides."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import check_page
from tests.files.samples import pdf
from tests.journeys.steps import (
    address_of,
    come_in,
    expect_message,
    narrow_down,
    open_from_menu,
    own_row,
    share_row,
    tick,
    upload_to,
    write_file,
)
from tests.live_server import LiveServer


def test_the_office_acts_for_a_county_and_a_colleague_accepts(
    any_page: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    page, task = any_page, address_of(live_server, "11-2")
    come_in(page, "office")
    open_from_menu(page, "任务台账")
    folded = page.locator("summary", has_text="筛选")
    if folded.is_visible():
        folded.click()
    narrow_down(page, 单位="芒康县", 状态="正常")
    page.get_by_role("link", name="打开芒康县的任务（代办）").click()
    expect(page.get_by_role("heading", name="芒康县的任务")).to_be_visible()
    page.goto(task)
    page.get_by_role("link", name="代办 11-2 芒康县").click()
    expect(page.get_by_text("正在为芒康县代办")).to_be_visible()
    upload_to(page, "耕地台账", write_file(tmp_path, "芒康县耕地台账.pdf", pdf("传真")))
    expect(page.locator("#announcement")).to_contain_text("《芒康县耕地台账》已归入“耕地台账”")
    tick(page)
    expect_message(page, "芒康县（市食安办代）11-2 自评：已提交")
    expect(own_row(page)).to_contain_text("待审核")
    check_page(page)
    expect(page.get_by_role("button", name="办结 11-2 芒康县 自评")).to_have_count(0)

    come_in(page, "office-admin")
    page.goto(task)
    expect(share_row(page, "11-2", "芒康县")).to_contain_text("市食安办")
    page.get_by_role("button", name="办结 11-2 芒康县 自评").click()
    expect_message(page, "11-2 芒康县 自评：已办结")
    come_in(page, "mangkang")
    page.goto(task)
    expect(own_row(page)).to_contain_text("办结")
    expect(page.get_by_role("region", name="办理记录", exact=True)).to_contain_text("市食安办代")
    page.get_by_role("link", name="芒康县耕地台账").click()
    expect(page.get_by_text("（市食安办代） 上传")).to_be_visible()
    check_page(page)
