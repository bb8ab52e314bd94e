"""What a journey can ask for: a real server on a database of its own, and pages of a real browser."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.browser import HtmlChecker, running_browser
from tests.databases import Stock
from tests.live_server import LiveServer, serving
from tests.world import MovableClock
from tracker import create_app
from tracker.config import Config

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def html_checker() -> Iterator[HtmlChecker]:
    checker = HtmlChecker()
    yield checker
    checker.close()


@pytest.fixture
def live_server(
    stocks: Callable[[str], Stock],
    config: Config,
    clock: MovableClock,
    html_checker: HtmlChecker,
    compiled_templates: FileSystemBytecodeCache,
) -> Iterator[LiveServer]:
    """A server on a seeded SQLite file of its own. All HTML that it served must be valid."""
    with stocks("sqlite").seeded() as database:
        app = create_app(config, database, clock)
        app.jinja_env.bytecode_cache = compiled_templates
        with serving(app, database, clock) as server:
            yield server
        wrong = {
            name: found for name, html in server.pages.items() if (found := html_checker.violations(html))
        }
        assert not wrong, "\n".join(
            f"{name}: {finding}" for name, found in wrong.items() for finding in found
        )


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page of an office desk, 1280 px wide; nobody is signed in."""
    with _page(browser, live_server, DESK) as page:
        yield page


@pytest.fixture
def phone(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page of a telephone, 360 px wide."""
    with _page(browser, live_server, PHONE) as page:
        yield page


@pytest.fixture(params=[DESK, PHONE], ids=["1280", "360"])
def any_page(request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """The journey is made twice, 1280 and 360 px wide."""
    with _page(browser, live_server, request.param) as page:
        yield page


@pytest.fixture
def plain_page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page of a browser without JavaScript."""
    with _page(browser, live_server, DESK, scripts=False) as page:
        yield page


@contextmanager
def _page(
    browser: Browser, server: LiveServer, size: dict[str, int], *, scripts: bool = True
) -> Iterator[Page]:
    """A page in a context of its own, which must end without complaints of the browser."""
    complaints: list[str] = []
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": size["width"], "height": size["height"]},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        java_script_enabled=scripts,
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.on("console", lambda message: complaints.extend(_complaint(message)))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.extend(_stray(request, server.url)))
    try:
        yield page
    finally:
        context.close()
    assert not complaints, "\n".join(complaints)


def _complaint(message: ConsoleMessage) -> list[str]:
    """Errors and breaches of the CSP; an answer 4xx is the application's way to say no."""
    is_refusal = "the server responded with a status of 4" in message.text
    return [message.text] if message.type == "error" and not is_refusal else []


def _stray(request: Request, own: str) -> list[str]:
    is_own = request.url.startswith((own, "data:", "blob:", "about:"))
    return [] if is_own else [f"a request to {request.url}"]
