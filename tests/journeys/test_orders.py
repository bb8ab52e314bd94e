"""From what a unit has overdue to the order that is closed, and from a month's reports to the circular."""

from playwright.sync_api import Page, expect

from tests.journeys.steps import come_in, download, expect_message, have_reported, look_at, open_from_menu
from tests.live_server import LiveServer


def test_an_order_from_overdue_to_its_end(page: Page) -> None:
    come_in(page, "office")
    open_from_menu(page, "督办")
    page.get_by_label("单位", exact=True).select_option("芒康县")
    page.get_by_role("button", name="起草督办单").click()
    page.get_by_label("签发人").fill("高某某")
    look_at(page)
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_role("button", name="编号交办").click()
    expect_message(page, "已编号并交办芒康县")
    look_at(page)
    assert download(page, "下载公文（DOCX）").stat().st_size > 10_000
    come_in(page, "mangkang")
    open_from_menu(page, "督办")
    look_at(page)
    page.get_by_role("link", name="芒康县创建工作逾期事项").click()
    page.get_by_role("button", name="签收").click()
    page.get_by_label("办理情况").fill("已经补报")
    look_at(page)
    page.get_by_role("button", name="提交反馈").click()
    expect_message(page, "已反馈")
    address = page.url
    come_in(page, "office")
    page.goto(address)
    page.get_by_role("button", name="办结").click()
    expect_message(page, "已办结")
    look_at(page)


def test_a_circular_from_the_months_figures(page: Page) -> None:
    come_in(page, "office")
    open_from_menu(page, "通报")
    page.get_by_label("按月报").select_option("2024-02")
    page.get_by_role("button", name="生成月报通报").click()
    page.get_by_label("表扬").fill("市农业农村局")
    look_at(page)
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_role("button", name="编号印发").click()
    expect_message(page, "已编号印发")
    look_at(page)
    come_in(page, "mangkang")
    open_from_menu(page, "通报")
    expect(page.get_by_text("昌食安办通〔2024〕1号")).to_be_visible()
    look_at(page)


def test_a_months_summary_goes_upwards(page: Page, live_server: LiveServer) -> None:
    have_reported(live_server, "karuo", "已检查 20 家")
    come_in(page, "office")
    page.goto("/reports/month/2024-03")
    page.get_by_role("button", name="生成月度汇总").click()
    page.get_by_label("总体情况").fill("三月工作有序推进。")
    look_at(page)
    page.get_by_role("button", name="保存草稿").click()
    look_at(page)
    page.get_by_role("button", name="编号定稿").click()
    expect_message(page, "已定稿，内容不再变")
    page.get_by_label("报送对象").fill("自治区食安办")
    page.get_by_role("button", name="保存报送记录").click()
    expect_message(page, "已登记报送自治区食安办")
    assert download(page, "下载公文（DOCX）").stat().st_size > 10_000
    assert download(page, "下载汇总表（XLSX）").stat().st_size > 5_000
    come_in(page, "leader")
    open_from_menu(page, "月度汇总")
    expect(page.get_by_text("昌食安办报〔2024〕1号")).to_be_visible()
    look_at(page)
