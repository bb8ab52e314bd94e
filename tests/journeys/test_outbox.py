"""A morning's mails: told at nine, read in 提醒发件箱, followed by their link to the task."""

from playwright.sync_api import Page, expect

from tests.browser import check_page
from tests.live_server import LiveServer
from tests.world import PASSWORD
from tracker.outbox.models import OutboxMessage
from tracker.outbox.rules import MailState
from tracker.reminders.jobs import remind


def test_the_office_reads_what_was_told_and_sends_a_mail_again(
    any_page: Page, live_server: LiveServer
) -> None:
    live_server.clock.move_to("2024-03-28T09:00")
    told = remind(live_server.database, live_server.clock, base_url=live_server.url)
    with live_server.database.transaction() as session:
        failed = session.get_one(OutboxMessage, 1)
        failed.state, failed.attempt_count, failed.answer = MailState.FAILED, 8, "550 5.1.1 no such user"
    page = any_page
    page.goto("/outbox")
    page.get_by_label("用户名").fill("office-admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="提醒发件箱")).to_be_visible()
    expect(page.get_by_text(f"共 {len(told.letters)} 条")).to_be_visible()
    check_page(page)
    page.get_by_role("navigation", name="状态").get_by_role("link", name="发送失败").click()
    expect(page.get_by_text("550 5.1.1 no such user")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="重发").click()
    expect(page.get_by_text("没有“发送失败”的邮件。")).to_be_visible()
    page.get_by_role("navigation", name="状态").get_by_role("link", name="待发").click()
    page.get_by_role("link", name="月报汇总").first.click()
    expect(page.get_by_text("本系统为非涉密系统").first).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="/reports/month/2024-03?campaign=changdu-2023").first.click()
    expect(page).to_have_url(f"{live_server.url}/reports/month/2024-03?campaign=changdu-2023")
