"""The tools of the journeys can fail: they see what is wrong in a page that is wrong."""

import pytest
from playwright.sync_api import Browser

from tests.browser import HtmlChecker, check_page


def test_html_validate_sees_a_missing_alternative_text(html_checker: HtmlChecker) -> None:
    assert html_checker.violations('<p><img src="a.png"></p>')[0].startswith("wcag/h37")


def test_html_validate_asks_a_whole_page_for_more_than_a_fragment(html_checker: HtmlChecker) -> None:
    label = '<label for="elsewhere">单位</label>'
    assert not html_checker.violations(label)
    page = f'<!doctype html><html lang="zh-CN"><head><title>单位</title></head><body>{label}</body></html>'
    assert html_checker.violations(page)[0].startswith("no-missing-references")


def test_axe_and_the_width_are_looked_at(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.set_content(
        '<!doctype html><html><title>t</title><main style="width: 400px"><h1>昌都</h1></main></html>'
    )
    with pytest.raises(AssertionError) as error:
        check_page(page)
    page.close()
    assert "html-has-lang" in str(error.value)
    assert "px wider than the window" in str(error.value)


def test_the_browser_has_chinese_letters(browser: Browser) -> None:
    """A missing letter is drawn as a box, the same box for every letter."""
    page = browser.new_page()
    page.set_content('<span id="a">昌</span><span id="b">都</span>')
    pictures = {page.locator(f"#{name}").screenshot() for name in "ab"}
    page.close()
    assert len(pictures) == 2
