"""People talk about a task, on a desk, on a telephone and without JavaScript."""

from playwright.sync_api import Page, expect

from tests.browser import check_page
from tests.journeys.steps import address_of, come_in
from tests.live_server import LiveServer


def test_a_comment_that_calls_a_wrong_name_is_mended(any_page: Page, live_server: LiveServer) -> None:
    address = address_of(live_server, "11-2")
    come_in(any_page, "mangkang")
    any_page.goto(address)
    any_page.get_by_text("可以 @ 的单位").click()
    check_page(any_page)
    _say(any_page, "请 @市农业农村居 看一下台账")
    expect(any_page.get_by_role("alert")).to_contain_text("最接近的是：市农业农村局")
    expect(any_page.get_by_label("写留言")).to_have_value("请 @市农业农村居 看一下台账")
    check_page(any_page)
    _say(any_page, "请 @市农业农村局 看一下台账")
    expect(any_page.get_by_role("article")).to_contain_text("提到 @市农业农村局")
    expect(any_page.get_by_role("region", name="办理记录", exact=True)).to_contain_text("留言")
    check_page(any_page)


def test_a_comment_needs_no_javascript(plain_page: Page, live_server: LiveServer) -> None:
    come_in(plain_page, "mangkang")
    plain_page.goto(address_of(live_server, "11-2"))
    _say(plain_page, "收到")
    expect(plain_page.get_by_role("article")).to_contain_text("收到")


def _say(page: Page, text: str) -> None:
    page.get_by_label("写留言").fill(text)
    page.get_by_role("button", name="留言", exact=True).click()
