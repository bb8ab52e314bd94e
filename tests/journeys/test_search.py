"""Somebody finds tasks and documents by typing."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import check_page
from tests.journeys.steps import address_of, come_in, look_at, open_from_menu, open_search
from tests.live_server import LiveServer

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def write_pdf(folder: Path, name: str) -> Path:
    """A small file that is what its name says."""
    path = folder / name
    path.write_bytes(PDF + name.encode())
    return path


def have_filed(page: Page, server: LiveServer, code: str, *paths: Path) -> None:
    """Somebody who is signed in uploads files under a task."""
    page.goto(address_of(server, code))
    page.locator("#materials input[type=file]").first.set_input_files(paths)
    for path in paths:
        expect(page.locator("#materials").get_by_role("link", name=path.stem)).to_be_visible()


def test_results_come_as_one_types(any_page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    page = any_page
    come_in(page, "nongye")
    have_filed(page, live_server, "11-1", write_pdf(tmp_path, "2023年蜂群巡查记录.pdf"))
    open_search(page)
    check_page(page)
    page.evaluate("window.isStillHere = true")
    box = page.get_by_role("searchbox", name="搜索任务和材料")
    expect(box).to_be_focused()
    box.press_sequentially("蜂群", delay=20)
    found = page.get_by_role("region", name="材料")
    expect(found.get_by_role("link", name="2023年蜂群巡查记录")).to_be_visible()
    expect(found.locator("mark").first).to_have_text("蜂群")
    expect(page.get_by_text("没有匹配的任务。")).to_be_visible()
    expect(page.locator("#announcement")).to_have_text("任务 0 项，材料 1 份")
    expect(page).to_have_url(f"{live_server.url}/search?q=%E8%9C%82%E7%BE%A4")
    check_page(page)

    box.fill("11-1")
    link = page.get_by_role("region", name="任务").get_by_role("link").first
    expect(link).to_contain_text("11-1")
    box.fill("11-1 没有的字")
    expect(page.get_by_text("没有找到“11-1 没有的字”")).to_be_visible()
    check_page(page)
    box.fill("11-1")
    expect(link).to_contain_text("11-1")
    assert page.evaluate("window.isStillHere"), "the page was loaded again"
    box.press("Tab")
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("11-1")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("11-1")


def test_what_an_input_method_spells_is_not_searched_for(page: Page) -> None:
    come_in(page, "nongye")
    open_search(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/search?" in request.url else None)
    page.get_by_role("searchbox").evaluate(
        """box => {
            const input = (value, isComposing) => {
                box.value = value;
                box.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing }));
            };
            input("g", true); input("geng'di", true); input("耕地", true);
            const end = new CompositionEvent("compositionend", { bubbles: true });
            setTimeout(() => box.dispatchEvent(end), 400);
        }"""
    )
    expect(page.get_by_role("region", name="任务")).to_be_visible()
    assert len(asked) == 1


def test_the_box_in_the_header_leads_to_the_search(page: Page, live_server: LiveServer) -> None:
    come_in(page, "office")
    page.goto("/milestones")
    page.keyboard.press("/")
    box = page.get_by_role("searchbox", name="搜索任务和材料")
    expect(box).to_be_focused()
    page.keyboard.type("台账/")
    expect(box).to_have_value("台账/")
    box.fill("台账")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/search?q=%E5%8F%B0%E8%B4%A6")
    page.get_by_role("link", name="更多任务").click()
    expect(page.get_by_role("navigation", name="任务分页")).to_contain_text("第 2 页")
    look_at(page)


def test_a_telephone_has_the_menu_alone(phone: Page) -> None:
    come_in(phone, "leader")
    expect(phone.get_by_role("searchbox")).to_have_count(0)
    open_from_menu(phone, "搜索")
    expect(phone.get_by_role("searchbox")).to_be_visible()


def test_without_scripts_the_form_finds(plain_page: Page) -> None:
    page = plain_page
    come_in(page, "mangkang")
    open_search(page)
    page.get_by_role("searchbox").fill("11-2 芒康")
    page.get_by_role("button", name="搜索").click()
    expect(page.get_by_role("region", name="任务").get_by_role("link", name="11-2")).to_be_visible()
