"""A liaison works without a mouse, and in few steps."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, FileChooser, Locator, Page, expect

from tests.browser import check_page
from tests.journeys.steps import address_of, come_in, desk_row, expect_pills, fill_in_sign_in, pill
from tests.journeys.test_search import write_pdf
from tests.live_server import LiveServer


def test_the_desk_is_worked_by_keyboard_alone(any_page: Page, tmp_path: Path) -> None:
    page = any_page
    come_to_the_desk(page, "nongye")
    rows = page.get_by_role("article")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows.nth(1)).to_be_focused()
    assert has_ring(rows.nth(1))
    check_page(page)
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()

    to_do, row = pill(page, "要我办"), go_to(page, "11-1")
    expect(row).to_have_attribute("aria-label", re.compile("^11-1，.*勾选 11-1 自评$"))
    page.keyboard.press("Space")
    box = page.get_by_role("button", name="撤回 11-1 自评")
    expect(box).to_be_focused()
    expect(page.locator("#announcement")).to_contain_text("11-1 自评：待审核")
    expect_pills(page, 要我办=to_do - 1)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="勾选 11-1 自评")).to_be_focused()
    expect_pills(page, 要我办=to_do)
    page.keyboard.press("k")
    page.keyboard.press("j")
    expect(desk_row(page, "11-1")).to_be_focused()
    page.keyboard.press("Enter")
    expect(box).to_be_focused()

    with page.expect_file_chooser() as chooser:
        page.keyboard.press("u")
    chooser.value.set_files(write_pdf(tmp_path, "蜂群巡查记录.pdf"))
    expect(desk_row(page, "11-1")).to_contain_text("材料 1/")
    expect(box).to_be_focused()


def test_a_row_that_cannot_be_ticked_says_why(page: Page) -> None:
    come_to_the_desk(page, "nongye")
    go_to(page, "34-1")
    page.keyboard.press("Space")
    expect(page.locator("#announcement")).to_have_text("配合单位还没有全部提交，请等待配合单位")
    expect(desk_row(page, "34-1")).to_be_focused()


def test_the_keys_are_shown_and_can_be_switched_off(any_page: Page) -> None:
    page = any_page
    come_to_the_desk(page, "nongye")
    dialog = page.get_by_role("dialog", name="快捷键")
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    check_page(page)
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("article").nth(0)).to_be_focused()
    page.get_by_role("button", name="快捷键（?）").click()
    dialog.get_by_role("checkbox", name="使用单键快捷键").uncheck()
    dialog.get_by_role("button", name="关闭").click()
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(dialog).to_be_hidden()
    expect(page.locator("article:focus")).to_have_count(0)
    page.get_by_role("button", name="快捷键（?）").click()
    dialog.get_by_role("checkbox", name="使用单键快捷键").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_role("article").nth(1)).to_be_focused()


def test_who_types_into_a_field_types(page: Page) -> None:
    come_to_the_desk(page, "nongye")
    page.keyboard.press("/")
    page.keyboard.type("j?u")
    expect(page.get_by_role("searchbox")).to_have_value("j?u")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_from_sign_in_to_submitted_with_one_file_in_four_steps(
    any_page: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    page = any_page
    page.goto("/")
    steps, loads = 0, []
    page.on("load", lambda loaded: loads.append(loaded.url))

    fill_in_sign_in(page, "nongye")
    steps += 1
    with page.expect_file_chooser() as chooser:
        page.get_by_role("link", name="上传材料 11-1").click()
    steps += 1
    chooser.value.set_files(write_pdf(tmp_path, "2023年度耕地巡查记录.pdf"))
    steps += 1
    expect(desk_row(page, "11-1")).to_contain_text("材料 1/")
    expect(desk_row(page, "11-1")).to_contain_text("《2023年度耕地巡查记录》已归入“耕地台账”")
    page.get_by_role("button", name="勾选 11-1 自评").click()
    steps += 1
    expect(desk_row(page, "11-1")).to_contain_text("2024-03-22 已提交")
    assert steps <= 4
    assert loads == [f"{live_server.url}/desk"]
    check_page(page)

    page.goto(address_of(live_server, "11-1"))
    paper = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="2023年度耕地巡查记录"))
    expect(paper.last).to_contain_text("已提交")


def test_one_button_chooses_and_uploads(any_page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    page = any_page
    come_in(page, "nongye")
    page.goto(address_of(live_server, "11-1"))
    check_page(page)
    button = page.locator("#materials").get_by_role("button", name="上传到").first
    expect(page.locator("#materials input[type=file]").first).to_be_hidden()
    choose(page, button.click).set_files(write_pdf(tmp_path, "蜂群甲.pdf"))
    expect(page.locator("#announcement")).to_contain_text("《蜂群甲》已归入")
    expect(button).to_be_focused()
    expect(page.get_by_role("button", name="拍照").first).to_be_hidden()
    check_page(page)

    page.get_by_role("link", name="蜂群甲").click()
    choose(page, page.get_by_role("button", name="上传新版本").click).set_files(
        write_pdf(tmp_path, "蜂群乙.pdf")
    )
    expect(page.get_by_text("已更新为第 2 版")).to_be_visible()
    check_page(page)


def test_a_telephone_takes_a_picture(browser: Browser, live_server: LiveServer, tmp_path: Path) -> None:
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
    )
    page = context.new_page()
    come_in(page, "nongye")
    page.goto(address_of(live_server, "11-1"))
    camera = choose(page, page.get_by_role("button", name="拍照上传到").first.click)
    assert camera.element.get_attribute("accept") == "image/*"
    assert camera.element.get_attribute("capture") == "environment"
    picture = tmp_path / "image.png"
    page.screenshot(path=picture)
    camera.set_files(picture)
    expect(page.get_by_role("link", name="照片-")).to_be_visible()
    check_page(page)
    context.close()


def test_without_scripts_the_field_of_the_browser_is_there(
    plain_page: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    page = plain_page
    come_in(page, "nongye")
    page.goto(address_of(live_server, "11-1"))
    page.locator("#materials input[type=file]").first.set_input_files(write_pdf(tmp_path, "蜂群.pdf"))
    expect(page.locator("#materials input[type=file]").first).to_be_visible()
    page.get_by_role("button", name="上传到").first.click()
    expect(page.get_by_role("link", name="蜂群")).to_be_visible()
    expect(page.get_by_role("button", name="拍照").first).to_be_hidden()


def come_to_the_desk(page: Page, username: str) -> None:
    """Sign in, and wait until the page listens to the keys, and Playwright to what they open: it begins to
    when somebody asks for choosers, and a key would be quicker."""
    page.on("filechooser", lambda _: None)
    come_in(page, username)
    expect(page.get_by_role("button", name="快捷键（?）")).to_be_visible()


def go_to(page: Page, code: str) -> Locator:
    """Press j until the row of the task has the focus."""
    row = desk_row(page, code)
    for _ in range(page.get_by_role("article").count()):
        if row.evaluate("row => row === document.activeElement"):
            break
        page.keyboard.press("j")
    expect(row).to_be_focused()
    return row


def has_ring(row: Locator) -> bool:
    """Whether people see that the row has the focus."""
    return bool(row.evaluate("row => parseFloat(getComputedStyle(row).outlineWidth) >= 2"))


def choose(page: Page, click: Callable[[], None]) -> FileChooser:
    """What the browser opens at a click."""
    with page.expect_file_chooser() as chooser:
        click()
    return chooser.value
