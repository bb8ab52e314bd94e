"""A task is proved by documents, handed in, decided on, and handed in anew."""

import re
from pathlib import Path

from playwright.sync_api import JSHandle, Locator, Page, expect

from tests.browser import check_page
from tests.files.samples import PNG, pdf, workbook
from tests.journeys.steps import (
    address_of,
    come_in,
    desk_row,
    expect_message,
    look_at,
    remind_at,
    share_row,
    tick,
    upload_from_desk,
    upload_to,
    write_file,
)
from tests.live_server import LiveServer

PASTE = """clipboardData =>
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }))"""
REASON = "台账缺 4 个乡镇"


def test_a_task_is_proved_with_two_files(page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    task = address_of(live_server, "11-1")
    come_in(page, "nongye")
    page.goto("/desk?view=lead")
    upload_from_desk(page, "11-1", write_file(tmp_path, "2023年耕地台账.xlsx", workbook()))
    expect(desk_row(page, "11-1")).to_contain_text("材料 1/3（缺：工作部署资料、工作总结）")
    expect(page.get_by_role("link", name="牵头", exact=True)).to_have_attribute("aria-current", "true")
    page.goto(task)
    upload_to(page, "工作部署资料", write_file(tmp_path, "耕地分类通知.pdf", pdf("通知")))
    expect(_paper(page, "耕地分类通知")).to_contain_text("草稿")
    tick(page)
    expect(_paper(page, "2023年耕地台账")).to_contain_text("已提交")
    expect(_paper(page, "耕地分类通知")).to_contain_text("已提交")

    come_in(page, "office")
    page.goto(task)
    expect(share_row(page, "11-1", "市农业农村局")).to_contain_text("材料 2/3（缺：工作总结）")
    _open(page, "耕地分类通知")
    expect(page.get_by_role("link", name="在新窗口预览")).to_be_visible()
    look_at(page)
    page.goto(task)
    page.get_by_role("button", name="办结 11-1 市农业农村局 自评").click()
    expect_message(page, "11-1 市农业农村局 自评：已办结")

    come_in(page, "nongye")
    page.goto(task)
    _open(page, "2023年耕地台账")
    expect(_state(page, "已采信")).to_be_visible()
    for locked in ("删除草稿", "保存说明"):
        expect(page.get_by_text(locked)).to_have_count(0)
    _renew(page, write_file(tmp_path, "2023年耕地台账（更新）.xlsx", workbook() + b"\0"))
    expect(_state(page, "已提交")).to_be_visible()
    look_at(page)


def test_what_comes_back_is_mended_and_accepted(
    any_page: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    page, task = any_page, address_of(live_server, "11-2")
    come_in(page, "mangkang")
    page.goto(task)
    upload_to(page, "耕地台账", write_file(tmp_path, "耕地台账.pdf", pdf("7 个乡镇")))
    expect(_paper(page, "耕地台账")).to_contain_text("草稿")
    tick(page)
    come_in(page, "office")
    page.goto(task)
    _send_back(page)

    remind_at(live_server, "2024-03-25T09:00")
    come_in(page, "office")
    page.goto("/outbox")
    page.get_by_role("row", name="芒康县联络员").get_by_role("link").click()
    mail = page.get_by_role("main")
    expect(mail).to_contain_text("被市食安办退回（2024-03-22）：请补齐台账；期限 2024-04-30")
    expect(mail).to_contain_text(f"《耕地台账》被市食安办退回（2024-03-22）：{REASON}")
    come_in(page, "mangkang")
    expect(desk_row(page, "11-2")).to_contain_text("退回：请补齐台账")
    page.get_by_role("link", name="退回 1").click()
    desk_row(page, "11-2").get_by_role("link").first.click()
    check_page(page)
    _open(page, "耕地台账")
    _renew(page, write_file(tmp_path, "耕地台账（补全）.pdf", pdf("11 个乡镇")))
    check_page(page)
    page.goto(task)
    tick(page)

    come_in(page, "office")
    page.goto(task)
    page.get_by_role("button", name="办结 11-2 芒康县 自评").click()
    expect_message(page, "11-2 芒康县 自评：已办结")
    expect(_paper(page, "耕地台账")).to_contain_text("已采信")
    expect(_paper(page, "耕地台账")).to_contain_text("第 2 版")


def test_a_file_is_dropped_on_its_place_and_a_screenshot_pasted(page: Page, live_server: LiveServer) -> None:
    come_in(page, "nongye")
    page.goto(address_of(live_server, "11-1"))
    place = page.locator("#materials .slots > li").filter(has=page.get_by_text("工作总结", exact=True))
    dragged = {"dataTransfer": _carried(page, "台账.pdf", pdf("台账"))}
    place.locator("b").dispatch_event("dragover", dragged)
    expect(page.locator("#materials")).to_have_class(re.compile("dropping"))
    place.locator("b").dispatch_event("drop", dragged)
    expect(page.locator("#announcement")).to_contain_text("《台账》已归入“工作总结”")
    expect(place).to_contain_text("台账")

    page.evaluate(PASTE, _carried(page, "image.png", PNG))
    expect(page.locator("#announcement")).to_contain_text(
        re.compile(r"《截图-\d{8}-\d{6}》已归入“工作部署资料”")
    )
    check_page(page)


def _carried(page: Page, name: str, content: bytes) -> JSHandle:
    """A file in the hand or on the clipboard."""
    return page.evaluate_handle(
        """([name, bytes]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(bytes)], name));
            return carried;
        }""",
        [name, list(content)],
    )


def _paper(page: Page, title: str) -> Locator:
    """A document on the page of a task."""
    return page.get_by_role("listitem").filter(has=page.get_by_role("link", name=title, exact=True)).last


def _state(page: Page, words: str) -> Locator:
    """The state below the title of a document's page."""
    return page.locator("h1 + .sub").get_by_text(words)


def _open(page: Page, title: str) -> None:
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def _renew(page: Page, file: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="上传新版本").click()
    chooser.value.set_files(file)
    expect_message(page, "已更新为第 2 版")


def _send_back(page: Page) -> None:
    """The milestone and the document that is not good enough."""
    share = share_row(page, "11-2", "芒康县")
    share.get_by_text("退回", exact=True).click()
    share.get_by_label("原因", exact=True).fill("请补齐台账")
    share.get_by_role("button", name="退回芒康县").click()
    expect_message(page, "11-2 芒康县 自评：已退回")
    _open(page, "耕地台账")
    page.get_by_text("退回", exact=True).first.click()
    page.get_by_label("原因").fill(REASON)
    page.get_by_role("button", name="退回").click()
    expect(_state(page, "退回")).to_be_visible()
