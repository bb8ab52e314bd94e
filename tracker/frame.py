"""What stands around every page: the city's title, the menu of the role, today, the telephone."""

from dataclasses import dataclass
from datetime import date

from flask import Flask, request, url_for
from flask_login import current_user
from werkzeug.exceptions import NotFound
from werkzeug.utils import cached_property

from tracker import web
from tracker.people.rules import Role
from tracker.plan.models import Campaign

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    label: str
    endpoint: str


BOARD = Entry("总览", "board.show")
DESK = Entry("我的任务", "desk.show")
MILESTONES = Entry("任务台账", "milestones.index")
APPEALS = Entry("申请", "appeals.index")
REPORTS = Entry("月报", "reports.index")
ORDERS = Entry("督办", "supervision.index")
CIRCULARS = Entry("通报", "circulars.index")
SUMMARIES = Entry("月度汇总", "summaries.index")
PLAN = Entry("指标任务", "plan.index")
SEARCH = Entry("搜索", "search.show")
PEOPLE = Entry("单位与人员", "people.index")
PASSWORD_REQUESTS = Entry("找回密码申请", "forgotten.index")
OUTBOX = Entry("提醒发件箱", "outbox.index")
AUDIT = Entry("审计", "audit.index")
SETTINGS = Entry("创建设置", "plan.settings")
MANUAL = Entry("帮助", "manual.show")

MENUS = {
    Role.OFFICE_ADMIN: (
        BOARD,
        DESK,
        MILESTONES,
        APPEALS,
        REPORTS,
        ORDERS,
        CIRCULARS,
        SUMMARIES,
        PLAN,
        SEARCH,
        PEOPLE,
        OUTBOX,
        SETTINGS,
        MANUAL,
    ),
    Role.OFFICE: (
        BOARD,
        DESK,
        MILESTONES,
        APPEALS,
        REPORTS,
        ORDERS,
        CIRCULARS,
        SUMMARIES,
        PLAN,
        SEARCH,
        OUTBOX,
        MANUAL,
    ),
    Role.LIAISON: (DESK, APPEALS, REPORTS, ORDERS, CIRCULARS, PLAN, SEARCH, MANUAL),
    Role.UNIT_HEAD: (DESK, APPEALS, REPORTS, ORDERS, CIRCULARS, PLAN, SEARCH, MANUAL),
    Role.LEADER: (BOARD, MILESTONES, APPEALS, REPORTS, ORDERS, CIRCULARS, SUMMARIES, PLAN, SEARCH, MANUAL),
    Role.REVIEWER: (BOARD, MILESTONES, APPEALS, REPORTS, ORDERS, CIRCULARS, SUMMARIES, PLAN, SEARCH, MANUAL),
    Role.SYSTEM_ADMIN: (PEOPLE, MANUAL),
    Role.SECURITY_ADMIN: (PEOPLE, PASSWORD_REQUESTS, AUDIT, MANUAL),
    Role.AUDIT_ADMIN: (AUDIT, MANUAL),
}


@dataclass(frozen=True)
class Line:
    """An entry of the menu as the page shows it."""

    label: str
    url: str
    is_here: bool


class Frame:
    """Answers the base template's questions; asks the database only when it must, and once.

    `functools.cached_property` of Python 3.11 has one lock for all threads: whoever waits for SQLite's write
    lock within it stops the very thread that has the write lock. Werkzeug's has none.
    """

    @property
    def title(self) -> str:
        return f"{self._campaign.title} · 任务跟踪" if self._campaign else "任务跟踪"

    @cached_property
    def menu(self) -> list[Line]:
        """The menu of the role; the line under which the page lies most closely is marked."""
        if not current_user.is_authenticated:
            return []
        addresses = {entry: url_for(entry.endpoint) for entry in MENUS[web.me().role] if _is_open(entry)}
        around = [url for url in addresses.values() if request.endpoint and request.path.startswith(url)]
        here = max(around, key=len, default=None)
        return [Line(entry.label, url, url == here) for entry, url in addresses.items()]

    @property
    def search_url(self) -> str:
        """Where the box in the header sends its words; empty for those who search nothing, and on the
        page of the search, which has a larger one."""
        is_asked = current_user.is_authenticated and request.endpoint != SEARCH.endpoint
        return url_for(SEARCH.endpoint) if is_asked and SEARCH in MENUS[web.me().role] else ""

    @property
    def bell(self) -> int | None:
        """How many notices wait to be read; None for those whom nothing is told."""
        is_asked = current_user.is_authenticated and not web.me().role.is_admin
        return web.unread_count() if is_asked else None

    @property
    def office_phone(self) -> str:
        return self._campaign.office_phone if self._campaign else ""

    @property
    def date_words(self) -> str:
        """2024-03-22 星期五（工作日）"""
        day = web.day()
        kind = "工作日" if day.calendar.is_working_day(day.today) else "休息日"
        return f"{_date_with_weekday(day.today)}（{kind}）"

    @cached_property
    def _campaign(self) -> Campaign | None:
        if not current_user.is_authenticated:
            return web.newest_campaign()
        try:
            return web.campaign()
        except NotFound:
            return None


def install(app: Flask) -> None:
    """Give every template the name `frame`."""
    app.context_processor(lambda: {"frame": Frame()})


def _is_open(entry: Entry) -> bool:
    """Whether this installation gives the page to whose menu has it."""
    is_office = web.me().role is Role.OFFICE_ADMIN
    return entry is not PEOPLE or not is_office or web.core().config.office_manages_people


def _date_with_weekday(day: date) -> str:
    return f"{day:%Y-%m-%d} 星期{WEEKDAYS[day.weekday()]}"
