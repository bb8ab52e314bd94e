"""Somebody signs in at the city's identity platform, in a browser that the pages' CSP lets go there."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import HtmlChecker, check_page
from tests.databases import Stock
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.steps import expect_message, leave
from tests.live_server import serving
from tests.people.identity_platform import CLIENT, SECRET, running_platform
from tests.world import MovableClock
from tracker import create_app
from tracker.config import Config

BUTTON = "昌都市统一身份登录"


@pytest.fixture(params=[DESK, PHONE], ids=["1280", "360"])
def page(
    request: pytest.FixtureRequest,
    browser: Browser,
    stocks: Callable[[str], Stock],
    config: Config,
    clock: MovableClock,
    html_checker: HtmlChecker,
) -> Iterator[Page]:
    """A page of an installation that people reach through a platform as well."""
    with stocks("sqlite").seeded() as database:
        app = create_app(config, database, clock)
        with (
            serving(app, database, clock) as server,
            running_platform(clock.now().timestamp(), f"{server.url}/sign-in/oidc/return") as platform,
        ):
            settings = replace(
                config, base_url=server.url, oidc_issuer=platform.url, oidc_client_id=CLIENT,
                oidc_client_secret=SECRET, oidc_name=BUTTON,
            )  # fmt: skip
            app.extensions["tracker"] = replace(app.extensions["tracker"], config=settings)
            context = browser.new_context(base_url=server.url, viewport=request.param, locale="zh-CN")
            complaints: list[str] = []
            page = context.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda message: complaints.append(message.text))
            yield page
            context.close()
        assert not [words for words in complaints if "status of 403" not in words]
        assert not {
            name: found for name, html in server.pages.items() if (found := html_checker.violations(html))
        }


def test_one_comes_through_the_platform_to_the_page_one_wanted(page: Page) -> None:
    page.goto("/desk?view=all")
    check_page(page)
    go_through_the_platform(page, "zhaxi")
    expect_message(page, "没有登录：“zhaxi”在本系统没有账号，请找市食安办开通。")
    expect(page.get_by_label("密码")).to_be_visible()
    check_page(page)

    go_through_the_platform(page, "nongye")
    expect(page).to_have_url(re.compile(r"/desk\?view=all$"))
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    leave(page)
    expect_message(page, "已退出")


def go_through_the_platform(page: Page, person: str) -> None:
    page.get_by_role("link", name=BUTTON).click()
    page.get_by_label("账号").fill(person)
    page.get_by_role("button", name="同意登录").click()
