"""The office looks at its board, decides, sets earlier days, and takes its list along."""

from playwright.sync_api import Page, expect

from tests.journeys.steps import (
    choose,
    come_in,
    desk_row,
    download,
    expect_message,
    have_ticked,
    listed,
    look_at,
    narrow_down,
    open_from_menu,
    rows_of,
    table_row,
)
from tests.live_server import LiveServer


def test_the_office_decides_and_the_liaison_sees_it(page: Page, live_server: LiveServer) -> None:
    have_ticked(live_server, "karuo", "11-2", "12-2", "13-2", "14-2")
    have_ticked(live_server, "nongye", "11-1")
    come_in(page, "office")
    look_at(page)
    page.get_by_role("link", name="待审核").click()
    expect(page.get_by_role("row")).to_have_count(1 + 5)
    assert listed(page) == 5
    look_at(page)
    _accept_one(page, "11-1", "市农业农村局")
    _return_one(page, "11-2", "卡若区", "请补充耕地台账")
    _accept_two(page)
    come_in(page, "karuo")
    page.get_by_role("link", name="退回 1").click()
    expect(desk_row(page, "11-2")).to_contain_text("退回：请补充耕地台账")
    look_at(page)


def test_the_office_decides_for_many_at_once(page: Page) -> None:
    come_in(page, "office")
    open_from_menu(page, "任务台账")
    narrow_down(page, 单位="卡若区", 条目="要点5", 节点="自评")
    choose(page, "11-2 卡若区 自评", "12-2 卡若区 自评")
    page.get_by_label("新期限").fill("2024-03-27")
    page.get_by_role("button", name="提前期限").click()
    expect_message(page, "已提前期限 2 项")
    expect(table_row(page, "11-2", "2024-03-27")).to_contain_text("还有 3 个工作日")
    narrow_down(page, 单位="卡若区", 状态="待补录")
    backfill = listed(page)
    page.get_by_role("button", name="补录办结").click()
    expect(page.get_by_text("请先勾选要办理的节点")).to_be_visible()
    look_at(page)
    page.get_by_label(f"提前期限、补录办结用于筛选出的全部 {backfill} 条").check()
    page.get_by_role("button", name="补录办结").click()
    expect_message(page, f"已补录办结 {backfill} 项")
    expect(page.get_by_text("没有符合条件的节点。")).to_be_visible()
    come_in(page, "karuo")
    page.get_by_role("link", name="7 个工作日内 2").click()
    expect(desk_row(page, "11-2")).to_contain_text("还有 3 个工作日")
    expect(desk_row(page, "11-2")).to_contain_text("准备办结")


def test_the_list_comes_along_as_a_workbook(page: Page) -> None:
    come_in(page, "office")
    open_from_menu(page, "任务台账")
    narrow_down(page, 单位="卡若区", 状态="逾期")
    heading, *rows = rows_of(download(page, "导出 Excel"))
    assert len(rows) == listed(page)
    assert "单位" in heading
    assert all("卡若区" in row for row in rows)


def _accept_one(page: Page, code: str, unit: str) -> None:
    table_row(page, code, unit).get_by_role("link").click()
    look_at(page)
    page.get_by_role("button", name=f"办结 {code} {unit} 自评").click()
    expect_message(page, f"{code} {unit} 自评：已办结")
    page.go_back()
    page.go_back()


def _return_one(page: Page, code: str, unit: str, reason: str) -> None:
    table_row(page, code, unit).get_by_role("link").click()
    shares = page.get_by_role("group", name="本指标各单位进度")
    share = shares.get_by_role("row").filter(has_text=unit)
    share.get_by_text("退回", exact=True).click()
    share.get_by_label("原因", exact=True).fill(reason)
    share.get_by_role("button", name=f"退回{unit}").click()
    expect_message(page, f"{code} {unit} 自评：已退回")


def _accept_two(page: Page) -> None:
    open_from_menu(page, "任务台账")
    narrow_down(page, 状态="待审核")
    choose(page, "12-2 卡若区 自评", "13-2 卡若区 自评")
    page.get_by_role("button", name="办结", exact=True).click()
    expect_message(page, "已办结 2 项")
    assert listed(page) == 1
