"""A reform joins one department into another, and a county leaves the counties."""

from playwright.sync_api import Page, expect

from tests.journeys.steps import address_of, come_in, expect_message, look_at, open_from_menu
from tests.live_server import LiveServer


def test_a_department_joins_another(page: Page, live_server: LiveServer) -> None:
    task = address_of(live_server, "11-1")
    come_in(page, "admin")
    page.goto("/people/units")
    page.get_by_role("link", name="改名 市农业农村局").click()
    look_at(page)
    page.get_by_role("link", name="并入另一个单位").click()
    look_at(page)
    page.get_by_role("button", name="查看合并结果").click()
    expect(page.get_by_text("请选择并入哪个市级部门")).to_be_visible()
    page.get_by_label("并入", exact=True).select_option(label="市林草局")
    page.get_by_role("button", name="查看合并结果").click()
    expect(page.get_by_text("人员：2 个账号转到市林草局")).to_be_visible()
    look_at(page)
    page.get_by_role("button", name="确认合并").click()
    expect_message(page, "市农业农村局已并入市林草局")
    expect(page.get_by_text("已并入市林草局）")).to_be_visible()
    look_at(page)
    come_in(page, "nongye")
    page.goto(task)
    expect(page.get_by_role("region", name="办理记录", exact=True)).to_contain_text(
        "原由市农业农村局承担，该单位已并入"
    )
    look_at(page)
    open_from_menu(page, "我的任务")
    look_at(page)


def test_a_county_leaves_the_counties_of_the_plan(page: Page) -> None:
    come_in(page, "office-admin")
    page.goto("/plan/settings")
    look_at(page)
    group = page.get_by_role("region", name="集合：各县（区）")
    group.get_by_label("边坝县", exact=True).uncheck()
    group.get_by_role("button", name="查看调整结果").click()
    expect(page.get_by_text("边坝县退出：")).to_be_visible()
    look_at(page)
    page.get_by_role("button", name="确认调整").click()
    expect_message(page, "各县（区）：现有 10 个单位")
    expect(group.get_by_text("已调整")).to_be_visible()
