"""Who reads everything changes nothing, and who belongs to one unit sees no other."""

from io import BytesIO
from typing import cast
from unicodedata import normalize

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser import check_page
from tests.journeys.steps import address_of, come_in, have_ticked, look_at, open_from_menu
from tests.live_server import LiveServer
from tests.world import MovableClock

PAPER_WIDTH = 1032
"""Of A4 landscape between its margins."""


def test_a_leader_reads_all_and_changes_nothing(page: Page, live_server: LiveServer) -> None:
    have_ticked(live_server, "nongye", "11-1")
    come_in(page, "leader")
    for name in ("总览", "任务台账", "月报", "指标任务", "帮助"):
        open_from_menu(page, name)
        _expect_nothing_to_change(page)
    page.goto("/milestones?light=review")
    page.get_by_role("link", name="11-1").click()
    _expect_nothing_to_change(page)
    open_from_menu(page, "月报")
    page.get_by_role("link", name="2024-03 月报").click()
    _expect_nothing_to_change(page)
    page.get_by_role("link", name="芒康县").click()
    _expect_nothing_to_change(page)


def test_what_belongs_to_another_unit_is_not_there(page: Page, live_server: LiveServer) -> None:
    come_in(page, "nongye")
    page.goto(address_of(live_server, "11-1"))
    expect(page.get_by_role("heading", name="11-1")).to_be_visible()
    for address in (address_of(live_server, "21-1"), "/tasks/999999", "/milestones?unit=芒康县"):
        page.goto(address)
        expect(page.get_by_role("heading", name="没有找到")).to_be_visible()
        expect(page.get_by_text("没有这一条，或者它不属于您的单位。")).to_be_visible()
    look_at(page)


def test_the_board_fits_its_page_on_screen_and_on_paper(
    page: Page, live_server: LiveServer, clock: MovableClock
) -> None:
    clock.move_to("2024-06-20T09:00")
    come_in(page, "leader")
    open_from_menu(page, "总览")
    look_at(page)
    assert _cut_tables(page) == []
    page.set_viewport_size({"width": PAPER_WIDTH, "height": 700})
    page.emulate_media(media="print")
    assert _cut_tables(page) == []
    expect(page.get_by_role("link", name="修改密码")).to_be_hidden()
    expect(page.get_by_role("button", name="退出")).to_be_hidden()
    expect(page.get_by_role("search")).to_be_hidden()
    broken = "all => all.map(each => getComputedStyle(each).breakInside)"
    assert set(page.locator(".panel").evaluate_all(broken)) == {"auto"}
    assert set(page.locator(".card, tr").evaluate_all(broken)) == {"avoid"}


def test_the_brief_is_one_page_of_a4(any_page: Page, clock: MovableClock) -> None:
    clock.move_to("2024-06-20T09:00")  # much is late, much comes next
    come_in(any_page, "leader")
    any_page.get_by_role("link", name="一页简报").click()
    expect(any_page.get_by_role("heading", name="四、接下来")).to_be_visible()
    check_page(any_page)
    paper = PdfReader(BytesIO(any_page.pdf(prefer_css_page_size=True)))
    (sheet,) = paper.pages
    assert [round(float(side)) for side in sheet.mediabox[2:]] == [595, 842]
    words = normalize("NFKC", sheet.extract_text())  # the font has some signs as radicals
    assert "接下来" in words
    assert "与总览同一来源" in words
    assert "退出" not in words


def _cut_tables(page: Page) -> list[str]:
    """What of the tables side by side is wider than its panel."""
    cut = "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.innerText)"
    return cast(list[str], page.locator(".two .wide").evaluate_all(cut))


def _expect_nothing_to_change(page: Page) -> None:
    expect(page.locator("main form[method=post]")).to_have_count(0)
    look_at(page)
