"""The administrator gives accounts, one by one and by the roster; the new people make them theirs."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.steps import (
    come_in,
    expect_message,
    leave,
    let_time_pass,
    look_at,
    open_from_menu,
    table_row,
    write_roster,
)
from tests.live_server import LiveServer
from tracker.reminders.jobs import remind

OWN_PASSWORD = "Kamdo-sky-24"
SOLANG = ("卡若区", "索朗某某", "科员", "13900000001", "solang@example.test", "联络员")
DAWA = ("芒康县", "达瓦某某", "科员", "13900000002", "dawa@example.test", "联络员")


def test_a_new_person_sets_a_password_before_anything_else(page: Page) -> None:
    come_in(page, "office-admin")
    open_from_menu(page, "单位与人员")
    look_at(page)
    page.get_by_role("link", name="新增人员").click()
    look_at(page)
    page.get_by_label("单位").select_option(label="江达县")
    page.get_by_label("姓名").fill("扎西某某")
    page.get_by_label("用户名").fill("jiangda")
    page.get_by_role("button", name="新增").click()
    expect(page.get_by_text("已新增 1 人")).to_be_visible()
    look_at(page)
    one_time = page.get_by_role("definition").nth(3).inner_text()

    come_in(page, "jiangda", one_time)
    expect(page.get_by_text("请先设置自己的密码")).to_be_visible()
    page.goto("/desk")
    expect(page.get_by_role("heading", name="修改密码")).to_be_visible()
    look_at(page)
    _change_password(page, one_time, "short")
    expect(page.get_by_label("新密码", exact=True)).to_have_attribute("aria-invalid", "true")
    look_at(page)
    _change_password(page, one_time, OWN_PASSWORD)
    expect_message(page, "密码已修改")
    expect(page.get_by_role("heading", name="我的任务")).to_be_visible()
    leave(page)
    come_in(page, "jiangda", OWN_PASSWORD)


def test_a_roster_is_corrected_by_the_address_of_its_cell(page: Page, tmp_path: Path) -> None:
    come_in(page, "office-admin")
    open_from_menu(page, "单位与人员")
    page.get_by_role("link", name="导入名册").click()
    look_at(page)
    wrong = ("芒康区", *DAWA[1:3], "139", *DAWA[4:])
    _upload(page, write_roster(tmp_path / "wrong.xlsx", [SOLANG, wrong]))
    expect(page.get_by_text("尚未保存任何内容")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="A3：没有名为“芒康区”的单位")).to_be_visible()
    expect(page.get_by_role("cell", name="D3：")).to_be_visible()
    look_at(page)
    page.get_by_role("link", name="重新上传").click()
    _upload(page, write_roster(tmp_path / "right.xlsx", [SOLANG, DAWA]))
    expect(page.get_by_text("没有错误：新增 2 人")).to_be_visible()
    look_at(page)
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("已新增 2 人")).to_be_visible()
    look_at(page)
    page.get_by_role("link", name="已打印，回到人员").click()
    expect(page.get_by_role("row", name="达瓦某某")).to_contain_text("待首次登录")


def test_two_administrators_make_an_account(page: Page) -> None:
    come_in(page, "admin")
    page.get_by_role("link", name="新增人员").click()
    look_at(page)
    page.get_by_label("单位").select_option(label="江达县")
    page.get_by_label("姓名").fill("扎西某某")
    page.get_by_label("用户名").fill("jiangda")
    page.get_by_role("button", name="新增").click()
    expect_message(page, "新账号待安全管理员启用")
    expect(table_row(page, "扎西某某")).to_contain_text("待启用")

    come_in(page, "security")
    look_at(page)
    table_row(page, "扎西某某").get_by_role("link").click()
    look_at(page)
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_text("账号已启用")).to_be_visible()
    one_time = page.get_by_role("definition").nth(3).inner_text()

    come_in(page, "jiangda", one_time)
    _change_password(page, one_time, OWN_PASSWORD)
    page.get_by_role("link", name="我的账号").click()
    expect(page.get_by_role("heading", name="我的账号")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="本机")).to_be_visible()
    look_at(page)


def test_a_unit_is_renamed_and_found_by_its_old_name(page: Page) -> None:
    come_in(page, "admin")
    page.get_by_role("link", name="各单位联络员").click()
    look_at(page)
    page.get_by_role("link", name="改名 市农业农村局").click()
    look_at(page)
    page.get_by_label("全称").fill("市教育局")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("名称“市教育局”已经指“市教育局”")).to_be_visible()
    page.get_by_label("全称").fill("昌都市农业农村和水利局")
    page.get_by_label("简称").fill("市农水局")
    page.get_by_role("button", name="保存").click()
    expect_message(page, "原来的名称留作别名")
    expect(table_row(page, "市农水局")).to_be_visible()
    page.get_by_role("link", name="新增单位").click()
    look_at(page)


def _upload(page: Page, file: Path) -> None:
    page.get_by_label("填好的名册（.xlsx）").set_input_files(file)
    page.get_by_role("button", name="上传预检").click()


def _change_password(page: Page, old: str, new: str) -> None:
    page.get_by_label("原密码").fill(old)
    page.get_by_label("新密码", exact=True).fill(new)
    page.get_by_label("再输一次新密码").fill(new)
    page.get_by_role("button", name="保存新密码").click()


def test_a_leader_is_put_in_charge_and_told_where_the_ladder_says_so(
    page: Page, live_server: LiveServer
) -> None:
    come_in(page, "office-admin")
    open_from_menu(page, "单位与人员")
    page.get_by_role("link", name="分管领导").click()
    look_at(page)
    page.get_by_label("芒康县", exact=True).select_option(label="市食安办领导")
    page.get_by_role("button", name="保存分管领导").click()
    expect_message(page, "改动 1 个单位的分管领导")
    page.get_by_role("link", name="各单位联络员").click()
    expect(page.get_by_role("row", name="芒康县")).to_contain_text("市食安办领导")
    look_at(page)

    page.goto("/plan/settings/ladder")
    reports = page.get_by_role("region", name="月报")
    reports.get_by_role("row", name="逾期第 1 个工作日").get_by_label("分管领导").check()
    reports.get_by_label("再次告知的间隔：逾期第 1 个工作日").fill("5")
    reports.get_by_role("button", name="保存月报的阶梯").click()
    expect(page.get_by_text("间隔和次数要一起填")).to_be_visible()
    look_at(page)
    reports.get_by_label("再次告知的次数：逾期第 1 个工作日").fill("2")
    reports.get_by_role("button", name="保存月报的阶梯").click()
    expect_message(page, "月报的提醒阶梯已保存")
    let_time_pass(live_server, "2024-03-26T09:00")
    remind(live_server.database, live_server.clock, base_url=live_server.url)

    come_in(page, "leader")
    page.get_by_role("banner").get_by_role("link", name="提醒").click()
    look_at(page)
    page.get_by_role("link", name="1 个单位未报").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2024-03")
