"""What people do on the pages, in their own words; the journeys are told with these."""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook, load_workbook
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from tests import browser
from tests.browser import check_page
from tests.live_server import LiveServer
from tests.world import PASSWORD, city_moment
from tracker.milestones import actions
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day
from tracker.people.models import User
from tracker.people.passwords import hash_password
from tracker.people.rules import Role
from tracker.plan.models import Campaign, Deadline, Task
from tracker.reminders.jobs import remind
from tracker.reports import actions as report_actions
from tracker.reports.queries import period_of_month, terms_of
from tracker.reports.rules import LineText
from tracker.units.models import Unit
from tracker.workdays.queries import calendar_of

PHONE_WIDTH = 360


def come_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Sign in; whoever was signed in before leaves first."""
    if page.get_by_role("button", name="退出").count():
        leave(page)
    browser.sign_in(page, username, password)
    expect(page.get_by_role("button", name="退出")).to_be_visible()


def open_line(page: Page, number: str) -> None:
    """Unfold a line of a report in which nothing happened."""
    page.locator("details.fold > summary", has=page.locator(f"b:text-is('{number}')")).click()


def leave(page: Page) -> None:
    """Sign out, once the page is there with all that it frames: a preview that comes later would be
    answered by the sign-in page, which no page may frame."""
    page.wait_for_load_state("load")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()


def fill_in_sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Sign in on the sign-in page that is already there."""
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def open_from_menu(page: Page, label: str) -> None:
    """Go to a page by the menu."""
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name=label, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("使用手册" if label == "帮助" else label)


def open_search(page: Page) -> None:
    """The page of the search: by the box in the header, or from the menu where that has no room."""
    in_header = page.get_by_role("banner").get_by_role("button", name="搜索")
    if in_header.is_visible():
        in_header.click()
    else:
        open_from_menu(page, "搜索")


def look_at(page: Page) -> None:
    """Hold the page against axe-core and its width, as it is and on a telephone."""
    check_page(page)
    size = page.viewport_size
    assert size
    if size["width"] > PHONE_WIDTH:
        page.set_viewport_size({"width": PHONE_WIDTH, "height": size["height"]})
        check_page(page)
        page.set_viewport_size(size)


def desk_row(page: Page, code: str) -> Locator:
    """The row of a task on the desk."""
    return page.get_by_role("article").filter(has=page.get_by_text(code, exact=True))


def table_row(page: Page, *words: str) -> Locator:
    """The row of a table that holds all of the words."""
    row = page.get_by_role("row")
    for word in words:
        row = row.filter(has_text=word)
    return row


def pill(page: Page, label: str) -> int:
    """The number that a pill above a list shows."""
    pills = page.get_by_role("navigation", name="筛选")
    return int(pills.get_by_role("link").filter(has_text=label).inner_text().removeprefix(label))


def expect_pills(page: Page, **numbers: int) -> None:
    """The pills come to show these numbers; an underscore in a name stands for a stroke."""
    for label, number in numbers.items():
        name = f"{label.replace('_', '/')} {number}"
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def listed(page: Page) -> int:
    """How many rows a list says that it has."""
    words = page.get_by_role("navigation", name="分页").get_by_text("共").inner_text()
    return int(re.sub(r"\D", "", words))


def expect_message(page: Page, words: str) -> None:
    """The page says that it is done."""
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def narrow_down(page: Page, **wanted: str) -> None:
    """Use the filter of the ledger: `narrow_down(page, 单位="卡若区")`."""
    page.get_by_role("link", name="清除").click()
    form = page.locator("form.ledger-filter")
    for label, value in wanted.items():
        field = form.get_by_label(label, exact=False)
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    form.get_by_role("button", name="筛选").click()


def choose(page: Page, *names: str) -> None:
    """Tick rows of the ledger by their names: 11-2 卡若区 自评."""
    for name in names:
        page.get_by_role("checkbox", name=name, exact=True).check()


def download(page: Page, link: str) -> Path:
    """Follow a link that is a file."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link).click()
    return download.value.path()


def rows_of(workbook: Path) -> list[tuple[object, ...]]:
    """The rows of the first sheet, read by another program than wrote them."""
    with workbook.open("rb") as file:
        return list(load_workbook(file, read_only=True).worksheets[0].iter_rows(values_only=True))


def write_roster(path: Path, people: Iterable[tuple[str, ...]]) -> Path:
    """A filled roster as an office writes it."""
    book = Workbook()
    assert book.active
    for row in (("单位", "姓名", "职务", "手机", "邮箱", "角色"), *people):
        book.active.append(row)
    book.save(path)
    return path


def write_file(folder: Path, name: str, content: bytes) -> Path:
    """A file that somebody has on the desktop."""
    path = folder / name
    path.write_bytes(content)
    return path


def upload_from_desk(page: Page, code: str, *files: Path) -> None:
    """上传材料 in a row of the desk; the system finds the places by the files' names."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("link", name=f"上传材料 {code}").click()
    chooser.value.set_files(files)


def upload_to(page: Page, slot: str, *files: Path) -> None:
    """上传 beside an expected material on the page of a task."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=f"上传到 {slot}", exact=True).click()
    chooser.value.set_files(files)


def tick(page: Page, gate: str = "自评") -> None:
    """勾选提交 on the page of a task."""
    own_row(page, gate).get_by_role("button", name="勾选提交").click()
    expect_message(page, "已提交，等待市食安办审核")


def own_row(page: Page, gate: str = "自评") -> Locator:
    """The row of the unit's own milestone on the page of a task."""
    name = re.compile("的节点$")
    return (
        page.get_by_role("group", name=name)
        .get_by_role("row")
        .filter(has=page.get_by_role("rowheader", name=gate, exact=True))
    )


def share_row(page: Page, code: str, unit: str) -> Locator:
    """The row of a unit among all that work on the indicator."""
    shares = page.get_by_role("group", name="各单位进度")
    return shares.get_by_role("row").filter(has_text=code).filter(has_text=unit)


def address_of(server: LiveServer, code: str) -> str:
    """Where the page of a task is."""
    with server.database.session() as session:
        return f"/tasks/{session.scalars(select(Task.id).where(Task.code == code)).one()}"


def engage(server: LiveServer, unit: str, username: str, name: str) -> None:
    """One more liaison of a unit (short name)."""
    with server.database.transaction() as session:
        unit_id = session.scalars(select(Unit.id).where(Unit.short == unit)).one()
        session.add(
            User(
                unit_id=unit_id, username=username, name=name, role=Role.LIAISON,
                email=f"{username}@example.test", password_hash=hash_password(PASSWORD),
                must_change_password=False,
            )
        )  # fmt: skip


def remind_at(server: LiveServer, moment: str) -> None:
    """The morning's reminders of that moment are written."""
    let_time_pass(server, moment)
    remind(server.database, server.clock, base_url=server.url)


def have_ticked(server: LiveServer, username: str, *codes: str, gate: str = "自评") -> None:
    """Somebody ticked these tasks before the story begins."""
    with server.database.transaction() as session:
        person = session.scalars(select(User).where(User.username == username)).one()
        at: datetime = server.clock.now()
        mine = (
            select(Milestone)
            .join(Task, Task.id == Milestone.task_id)
            .join(Deadline, Deadline.id == Milestone.deadline_id)
            .where(Milestone.unit_id == person.unit_id, Task.code.in_(codes), Deadline.label == gate)
        )
        found = session.scalars(mine).all()
        assert len(found) == len(codes)
        for milestone in found:
            actions.submit(session, milestone, by=person, at=at, today=server.clock.today())


def have_reported(server: LiveServer, username: str, progress: str) -> None:
    """Somebody sent the month's report before the story begins, the same words in each line."""
    with server.database.transaction() as session:
        by, at = session.scalars(select(User).where(User.username == username)).one(), server.clock.now()
        campaign = session.scalars(select(Campaign)).one()
        terms = terms_of(campaign, Day(server.clock.today(), calendar_of(session, campaign.jurisdiction_id)))
        month = period_of_month(session, campaign, server.clock.today().replace(day=1))
        assert month is not None
        report = report_actions.open_draft(session, month, by.unit, by=by, at=at, terms=terms)
        texts = {line.item_id: LineText(progress=progress) for line in report.lines}
        report_actions.save_draft(session, report, texts, by=by, at=at, terms=terms)
        report_actions.submit(session, report, by=by, at=at, terms=terms)


def let_time_pass(server: LiveServer, moment: str) -> None:
    """The clock moves on; it never goes back."""
    assert city_moment(moment) > server.clock.now()
    server.clock.move_to(moment)
