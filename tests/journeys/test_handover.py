"""A liaison leaves: the tasks and the mail that has not gone are the successor's."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.journeys.steps import address_of, come_in, expect_message, leave, look_at, open_from_menu
from tests.live_server import LiveServer
from tests.world import PASSWORD
from tracker.people.models import User
from tracker.people.passwords import hash_password


def test_a_task_goes_to_a_colleague_who_hands_it_over(any_page: Page, live_server: LiveServer) -> None:
    page = any_page
    _engage(live_server, "达瓦", beside="mangkang")
    address = address_of(live_server, "11-2")
    come_in(page, "mangkang")
    page.goto(address)
    page.get_by_text("指定经办人").click()
    look_at(page)
    page.get_by_label("经办人 11-2 芒康县", exact=True).select_option(label="达瓦")
    page.get_by_role("button", name="保存").click()
    expect_message(page, "经办人为达瓦")
    expect(page.get_by_text("经办：达瓦").first).to_be_visible()

    come_in(page, "office")
    page.goto(address)
    page.get_by_role("button", name="催一下 11-2 芒康县 自评").click()

    come_in(page, "admin")
    _open(page, "达瓦")
    page.get_by_role("link", name="停用").click()
    look_at(page)
    page.locator("main form").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="停用").click()
    expect(page.get_by_role("alert")).to_contain_text("请选择接任人")
    look_at(page)
    page.get_by_label("芒康县联络员").check()
    page.get_by_role("button", name="停用").click()
    expect_message(page, "1 项任务、1 封未发邮件交给芒康县联络员")
    leave(page)

    come_in(page, "mangkang")
    page.goto(address)
    expect(page.get_by_text("经办：芒康县联络员").first).to_be_visible()
    expect(page.get_by_role("region", name="办理记录", exact=True)).to_contain_text("达瓦 → 芒康县联络员")
    look_at(page)
    come_in(page, "office")
    open_from_menu(page, "提醒发件箱")
    expect(page.get_by_role("row", name="市食安办催办")).to_have_count(2)
    expect(page.get_by_text("dawa@example.test")).to_have_count(0)


def _open(page: Page, name: str) -> None:
    page.get_by_label("文字").fill(name)
    page.get_by_role("button", name="筛选").click()
    page.get_by_role("link", name=name).click()


def _engage(server: LiveServer, name: str, *, beside: str) -> None:
    """One more liaison of somebody's unit."""
    with server.database.transaction() as session:
        other = session.scalars(select(User).where(User.username == beside)).one()
        session.add(
            User(
                unit_id=other.unit_id, username="dawa", name=name, role=other.role, email="dawa@example.test",
                password_hash=hash_password(PASSWORD), must_change_password=False,
            )
        )  # fmt: skip
