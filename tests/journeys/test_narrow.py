"""On a telephone the tables fold: no page scrolls sideways, nor does a table within it."""

import re
from io import BytesIO
from typing import cast
from unicodedata import normalize

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlalchemy import select

from tests.browser import check_page
from tests.journeys.steps import address_of, come_in, expect_message, have_reported, have_ticked
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


def test_the_pages_of_the_office_fit_a_telephone(phone: Page, late: str, live_server: LiveServer) -> None:
    come_in(phone, "office-admin")
    for address in (
        *OFFICE_PAGES,
        f"/units/{late}",
        f"/orders/overdue?unit={late}",
        f"/orders/new?unit={late}",
        address_of(live_server, "11-1"),
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


def test_a_report_to_read_is_folded_and_printed_whole(phone: Page, live_server: LiveServer) -> None:
    have_ticked(live_server, "nongye", "11-1")
    come_in(phone, "nongye")
    _report_the_rest_without_progress(phone)
    expect(phone.locator(".section")).not_to_have_count(1)
    expect(phone.locator(".report-line").filter(visible=True)).to_have_count(0)
    check_page(phone)
    phone.locator("summary", has=phone.get_by_role("heading", name="基础工作")).click()
    expect(phone.get_by_text("本月提交：11-1（自评）")).to_be_visible()
    idle = phone.locator("details.fold", has_text="本月没有安排").filter(visible=True).first
    expect(idle.locator(".report-line")).to_be_hidden()
    check_page(phone)
    idle.locator("summary").first.click()
    expect(idle.locator(".report-line")).to_be_visible()
    phone.locator(".section[open] > summary").click()
    pages = PdfReader(BytesIO(phone.pdf())).pages
    printed = "".join(normalize("NFKC", each.extract_text()) for each in pages)
    assert "本月提交:11-1(自评)" in printed
    assert printed.count("本月没有安排") == _idle_count(phone)
    expect(phone.locator(".report-line").filter(visible=True)).to_have_count(0)


def _idle_count(page: Page) -> int:
    """How many lines the head of a report says to be without progress."""
    found = re.search(r"其中无进展 (\d+) 条", page.locator("main > .sub").inner_text())
    assert found
    return int(found[1])


def test_a_report_to_read_is_open_without_scripts_and_on_a_wide_page(
    plain_page: Page, page: Page, live_server: LiveServer
) -> None:
    have_ticked(live_server, "nongye", "11-1")
    come_in(page, "nongye")
    _report_the_rest_without_progress(page)
    come_in(plain_page, "nongye")
    plain_page.goto(page.url)
    for each in (page, plain_page):
        expect(each.locator(".report-line").filter(visible=True)).to_have_count(
            each.locator(".report-line").count()
        )
        expect(each.locator(".fold > summary").filter(visible=True)).to_have_count(0)


def _report_the_rest_without_progress(page: Page) -> None:
    page.goto("/reports")
    page.get_by_role("link", name="填写 2024-03").click()
    page.get_by_label("统一原因").fill("本月没有安排")
    page.get_by_label("没有填写进展的各条都按无进展处理").check()
    page.get_by_role("button", name="提交").click()
    expect_message(page, "月报已提交，等待市食安办审核")


def test_a_summary_is_folded_by_its_sections(phone: Page, live_server: LiveServer) -> None:
    have_reported(live_server, "karuo", "已检查 20 家")
    come_in(phone, "office")
    phone.goto("/reports/month/2024-03")
    phone.get_by_role("button", name="生成月度汇总").click()
    expect(phone.get_by_label("总体情况")).to_be_visible()
    _open_first_section(phone)
    phone.get_by_label("指标 1", exact=False).first.fill("字" * 5000)
    phone.get_by_role("button", name="保存草稿").click()
    expect(phone.get_by_text("文字过长").first).to_be_visible()
    expect(phone.locator(".summary-item [aria-invalid=true]")).to_be_visible()
    phone.locator(".summary-item [aria-invalid=true]").fill("卡若区已检查 20 家。")
    phone.get_by_role("button", name="保存草稿").click()
    expect_message(phone, "草稿已保存")
    _open_first_section(phone)
    phone.get_by_role("button", name="编号定稿").click()
    phone.get_by_label("报送对象").fill("自治区食安办")
    phone.get_by_role("button", name="保存报送记录").click()
    expect(phone.get_by_role("rowheader", name="自治区食安办")).to_be_visible()
    check_page(phone)
    assert _wider_tables(phone) == []


def _open_first_section(page: Page) -> None:
    """The sections of the page are closed; the first is opened, with the units' lines of its first item."""
    expect(page.locator(".summary-item").filter(visible=True)).to_have_count(0)
    page.locator(".section > summary").first.click()
    page.locator(".summary-item summary").first.click()
    expect(page.get_by_role("rowheader", name="卡若区").first).to_be_visible()
    check_page(page)
    assert _wider_tables(page) == []


def test_the_ledger_begins_with_its_rows(phone: Page, page: Page) -> None:
    for each in (phone, page):
        come_in(each, "office")
        each.goto("/milestones")
    expect(phone.get_by_role("checkbox", name="1-1 市食安办 准备")).to_be_in_viewport()
    for name in ("筛选", "办结"):
        expect(phone.get_by_role("button", name=name, exact=True)).to_be_hidden()
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    expect(page.locator(".fold > summary").filter(visible=True)).to_have_count(0)
    phone.locator("summary", has_text="批量办理").click()
    phone.get_by_role("button", name="退回").click()
    expect(phone.get_by_text("请先勾选")).to_be_visible()
    check_page(phone)
    phone.locator("summary", has_text="筛选").click()
    phone.get_by_label("条目").fill("11-1")
    phone.get_by_role("button", name="筛选").click()
    expect(phone.get_by_label("条目")).to_have_value("11-1")
    expect(phone.get_by_label("条目")).to_be_visible()
    expect(phone.get_by_role("button", name="催办")).to_be_visible()
    check_page(phone)
    phone.get_by_role("link", name="清除").click()
    expect(phone.get_by_label("条目")).to_have_value("")
    expect(phone.get_by_label("条目")).to_be_visible()
