"""The 25th: a unit reports, the office returns it, the unit sends it again, the office accepts."""

from io import BytesIO
from unicodedata import normalize

from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlalchemy import update

from tests.browser import check_page, sign_in
from tests.journeys.steps import let_time_pass, open_line
from tests.live_server import LiveServer
from tracker.plan.models import Campaign
from tracker.reminders.jobs import remind


def test_a_report_goes_to_the_office_and_back_and_is_accepted(any_page: Page) -> None:
    page = any_page
    _change_to(page, "nongye")
    _write_and_submit(page)
    _change_to(page, "office")
    _return(page, "请补充第 3 条的数据")
    _change_to(page, "nongye")
    _send_again(page)
    _change_to(page, "office")
    _accept_from_the_list(page)


def test_without_scripts_the_report_is_written_all_the_same(plain_page: Page) -> None:
    page = plain_page
    _change_to(page, "karuo")
    page.goto("/reports")
    page.get_by_role("link", name="填写 2024-03").click()
    page.get_by_label("统一原因").fill("本月没有安排")
    page.get_by_label("没有填写进展的各条都按无进展处理").check()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("月报已提交，等待市食安办审核")).to_be_visible()


def _change_to(page: Page, username: str) -> None:
    if page.get_by_role("button", name="退出").count():
        page.get_by_role("button", name="退出").click()
    sign_in(page, username)
    expect(page.get_by_role("button", name="退出")).to_be_visible()


def _write_and_submit(page: Page) -> None:
    page.goto("/reports")
    check_page(page)
    page.get_by_role("link", name="填写 2024-03").click()
    check_page(page)
    open_line(page, "11")
    page.get_by_label("本月工作进展（指标 11）").fill("耕地分类管理台账已更新到三月")
    expect(page.get_by_text("已自动保存 10:00")).to_be_visible()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("没有填完整")).to_be_visible()
    check_page(page)
    page.get_by_label("统一原因").fill("本月没有安排")
    page.get_by_label("没有填写进展的各条都按无进展处理").check()
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("草稿已保存，还没有提交")).to_be_visible()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("月报已提交，等待市食安办审核")).to_be_visible()
    _open_sections(page)
    expect(page.get_by_text("耕地分类管理台账已更新到三月")).to_be_visible()
    check_page(page)


def _open_sections(page: Page) -> None:
    """Unfold what a telephone folds of a report to read."""
    folded = page.locator(".section:not([open]) > summary")
    while folded.count():
        folded.first.click()


def _return(page: Page, reason: str) -> None:
    page.goto("/reports")
    check_page(page)
    page.get_by_role("row", name="市农业农村局").get_by_role("link").last.click()
    check_page(page)
    page.get_by_label("退回原因", exact=True).fill(reason)
    _open_sections(page)
    page.locator("summary", has_text="退回这一条").filter(visible=True).first.click()
    page.get_by_label("这一条的退回原因").filter(visible=True).fill("缺附件")
    check_page(page)
    page.get_by_role("button", name="退回").click()
    expect(page.get_by_text("退回（按时）")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="打印月报表").click()
    expect(page.get_by_role("columnheader", name="评价内容")).to_be_visible()
    check_page(page)
    printed = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    first, *_, last = (normalize("NFKC", each.extract_text()) for each in printed.pages)
    assert "示范城市创建工作月报表" in first, "the form begins on the first page"
    assert "任务跟踪" not in first, "and nothing of the site stands above it"
    assert "单位(盖章)" in last


def _send_again(page: Page) -> None:
    page.goto("/reports")
    page.get_by_role("link", name="填写 2024-03").click()
    expect(page.get_by_text("请补充第 3 条的数据")).to_be_visible()
    expect(page.get_by_text("退回原因：缺附件")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("月报已提交，等待市食安办审核")).to_be_visible()


def _accept_from_the_list(page: Page) -> None:
    page.goto("/reports/month/2024-03?status=review")
    check_page(page)
    page.get_by_label("选中市农业农村局").check()
    page.get_by_role("button", name="采信选中的").click()
    expect(page.get_by_text("已采信 1 份月报")).to_be_visible()
    page.goto("/reports/month/2024-03?status=accepted")
    expect(page.get_by_text("已采信（按时）")).to_be_visible()
    check_page(page)


def test_the_head_approves_what_the_liaison_took_back_and_handed_up_again(
    page: Page, live_server: LiveServer
) -> None:
    with live_server.database.transaction() as session:
        session.execute(update(Campaign).values(is_report_approved=True))
    _change_to(page, "nongye")
    page.goto("/reports")
    page.get_by_role("link", name="填写 2024-03").click()
    page.get_by_label("统一原因").fill("本月没有安排")
    page.get_by_label("没有填写进展的各条都按无进展处理").check()
    page.get_by_role("button", name="送审签").click()
    expect(page.get_by_text("已送单位负责人审签")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="撤回修改").click()
    expect(page.get_by_text("已撤回，可以继续修改")).to_be_visible()
    page.get_by_role("button", name="送审签").click()
    let_time_pass(live_server, "2024-03-25T09:00")
    remind(live_server.database, live_server.clock, base_url=live_server.url)

    _change_to(page, "nongye-head")
    page.get_by_role("banner").get_by_role("link", name="提醒").click()
    page.get_by_role("link", name="2024-03 月报请您审签").click()
    check_page(page)
    expect(page.get_by_role("button", name="撤回修改")).to_have_count(0)
    page.get_by_role("button", name="审签并报送").click()
    expect(page.get_by_text("月报已审签报送，等待市食安办审核")).to_be_visible()
