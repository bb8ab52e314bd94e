"""On a telephone the tables fold: no page scrolls sideways, nor does a table within it."""

import re
from typing import cast

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser import check_page
from tests.journeys.steps import come_in, have_ticked
from tests.live_server import LiveServer
from tests.world import MovableClock
from tracker.units.models import Unit

OFFICE_PAGES = (
    *("/board", "/board/units", "/board/brief", "/reports", "/milestones", "/people", "/people/units"),
    *("/outbox", "/account", "/orders", "/plan/settings/working-days"),
)


@pytest.fixture
def late(live_server: LiveServer, clock: MovableClock) -> str:
    """The id of a county of which much is late, months too."""
    have_ticked(live_server, "nongye", "11-1")
    clock.move_to("2024-06-20T09:00")
    with live_server.database.session() as session:
        return str(session.scalars(select(Unit.id).where(Unit.short == "芒康县")).one())


def test_the_pages_of_the_office_fit_a_telephone(phone: Page, late: str) -> None:
    come_in(phone, "office-admin")
    for address in (
        *OFFICE_PAGES,
        f"/units/{late}",
        f"/orders/overdue?unit={late}",
        f"/orders/new?unit={late}",
    ):
        phone.goto(address)
        expect(phone.get_by_role("heading", level=1)).to_be_visible()
        check_page(phone)
        assert _wider_tables(phone) == [], address


def test_all_months_slide_under_the_names_of_the_units(phone: Page, late: str) -> None:
    come_in(phone, "office-admin")
    phone.goto("/reports")
    phone.get_by_role("link", name="列出全部").click()
    expect(phone.get_by_text("左右滑动")).to_be_visible()
    check_page(phone)
    assert _wider_tables(phone) == ["matrix"]
    unit = phone.get_by_role("rowheader", name="芒康县")
    before = unit.bounding_box()
    phone.locator(".wide").evaluate("each => each.scrollLeft = 200")
    assert before
    assert unit.bounding_box() == before


def _wider_tables(page: Page) -> list[str]:
    """The names of the tables that scroll in their boxes."""
    name = "each => each.getAttribute('aria-label') || each.getAttribute('aria-labelledby')"
    wider = f"all => all.filter(each => each.scrollWidth > each.clientWidth).map({name})"
    return cast(list[str], page.locator(".wide").evaluate_all(wider))


def test_a_report_begins_folded_on_a_telephone(phone: Page, live_server: LiveServer) -> None:
    have_ticked(live_server, "nongye", "11-1")
    come_in(phone, "nongye")
    phone.goto("/reports")
    phone.get_by_role("link", name="填写 2024-03").click()
    written = phone.get_by_label("本月工作进展（指标 11）")
    expect(written).to_be_hidden()
    expect(phone.get_by_role("button", name="提交")).to_be_in_viewport()
    check_page(phone)
    phone.locator("summary", has_text="已写").click()
    expect(written).to_have_value(re.compile("11-1"))
    written.fill("台账已更新到三月")
    phone.get_by_role("button", name="保存草稿").click()
    expect(phone.get_by_text("草稿已保存，还没有提交")).to_be_visible()
    expect(written).to_be_hidden()
    phone.get_by_role("button", name="提交").click()
    expect(phone.locator("[aria-invalid=true]").first).to_be_visible()
    expect(written).to_be_hidden()
    expect(written).to_have_value("台账已更新到三月")
    phone.get_by_label("统一原因").fill("本月没有安排")
    phone.get_by_label("没有填写进展的各条都按无进展处理").check()
    phone.get_by_role("button", name="保存草稿").click()
    expect(phone.locator(".report-line").first).to_be_hidden()
    phone.locator("summary", has=phone.get_by_role("heading", name="基础工作")).click()
    expect(phone.locator("details.fold").first).to_be_visible()
    check_page(phone)


def test_without_scripts_and_on_a_wide_page_a_written_line_is_open(
    plain_page: Page, page: Page, live_server: LiveServer
) -> None:
    have_ticked(live_server, "nongye", "11-1")
    for each in (plain_page, page):
        come_in(each, "nongye")
        each.goto("/reports")
        each.get_by_role("link", name="填写 2024-03").click()
        expect(each.get_by_label("本月工作进展（指标 11）")).to_be_visible()
        expect(each.locator("summary", has_text="已写")).to_be_hidden()
