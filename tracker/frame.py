"""What stands around every page: the city's title, the menu of the role, today, the telephone."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain

from flask import Flask, current_app, request, url_for
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
    around: tuple[str, ...] = ()
    """Where pages begin that are reached from here but lie elsewhere."""


BOARD = Entry("总览", "board.show", ("/units/",))
DESK = Entry(
    "我的任务",
    "desk.show",
    ("/tasks/", "/evidence/", "/placements/", "/assignments/", "/materials/", "/milestones"),
)
MILESTONES = Entry("任务台账", "milestones.index", DESK.around)
APPEALS = Entry("申请", "appeals.index")
REPORTS = Entry("月报", "reports.index", ("/units/",))
ORDERS = Entry("督办", "supervision.index")
CIRCULARS = Entry("通报", "circulars.index")
SUMMARIES = Entry("月度汇总", "summaries.index")
PLAN = Entry("指标任务", "plan.index", ("/plan/breakdown",))
SEARCH = Entry("搜索", "search.show")
PEOPLE = Entry("单位与人员", "people.index", ("/password-requests",))
PASSWORD_REQUESTS = Entry("找回密码申请", "forgotten.index")
OUTBOX = Entry("提醒发件箱", "outbox.index")
AUDIT = Entry("审计", "audit.index")
SETTINGS = Entry("创建设置", "plan.settings", ("/plan/",))
MANUAL = Entry("帮助", "manual.show")

OVERSIGHT = (BOARD, MILESTONES, APPEALS)
PAPERS = (REPORTS, SUMMARIES, ORDERS, CIRCULARS)
LOOKING_UP = (PLAN, SEARCH)
UNIT_MENU = ((DESK, APPEALS), (REPORTS, ORDERS, CIRCULARS), (*LOOKING_UP, MANUAL))
READER_MENU = (OVERSIGHT, PAPERS, (*LOOKING_UP, MANUAL))

MENUS: dict[Role, tuple[tuple[Entry, ...], ...]] = {
    Role.OFFICE_ADMIN: (
        (*OVERSIGHT, DESK),
        PAPERS,
        LOOKING_UP,
        (PEOPLE, OUTBOX, SETTINGS, MANUAL),
    ),
    Role.OFFICE: ((*OVERSIGHT, DESK), PAPERS, LOOKING_UP, (OUTBOX, MANUAL)),
    Role.LIAISON: UNIT_MENU,
    Role.UNIT_HEAD: UNIT_MENU,
    Role.LEADER: READER_MENU,
    Role.REVIEWER: READER_MENU,
    Role.SYSTEM_ADMIN: ((PEOPLE, MANUAL),),
    Role.SECURITY_ADMIN: ((PEOPLE, PASSWORD_REQUESTS, AUDIT, MANUAL),),
    Role.AUDIT_ADMIN: ((AUDIT, MANUAL),),
}
"""Each role's menu in groups: what is watched, what is reported and issued, what is looked up, the rest."""


@dataclass(frozen=True)
class Line:
    """An entry of the menu as the page shows it."""

    label: str
    url: str
    is_here: bool
    is_first: bool
    """Whether a group begins with it, but for the first group."""
    is_in_header: bool
    """Whether the header of a wide page offers the same."""


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
        groups = [[entry for entry in group if _is_open(entry)] for group in MENUS[web.me().role]]
        here = _entry_around(request.path, list(chain.from_iterable(groups))) if request.endpoint else None
        return [
            Line(
                entry.label,
                _address(entry.endpoint, request.script_root),
                is_here=entry is here,
                is_first=entry is group[0] and group is not groups[0],
                is_in_header=entry is SEARCH and bool(self.search_url),
            )
            for group in groups
            for entry in group
        ]

    @cached_property
    def search_url(self) -> str:
        """Where the box in the header sends its words; empty for those who search nothing, and on the
        page of the search, which has a larger one."""
        is_asked = current_user.is_authenticated and request.endpoint != SEARCH.endpoint
        has_search = is_asked and any(SEARCH in group for group in MENUS[web.me().role])
        return url_for(SEARCH.endpoint) if has_search else ""

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


@cache
def page_words(endpoint: str) -> tuple[str, str]:
    """What people call the page of an endpoint, and its address: ("单位与人员", "/people/…/role").

    The name is that of the menu's entry under which it lies, empty where it lies under none; both are
    empty where there is no such endpoint, as in old notes.
    """
    if endpoint not in current_app.view_functions:
        return ("", "")
    rule = next(current_app.url_map.iter_rules(endpoint)).rule
    entry = _entry_around(rule, list(chain.from_iterable(chain.from_iterable(MENUS.values()))))
    return (entry.label if entry else "", re.sub("<[^>]*>", "…", rule))


def _entry_around(path: str, entries: list[Entry]) -> Entry | None:
    """The entry under which a page lies most closely; of several the one whose own address it is, then
    the first of the menu."""
    nearest = max(entries, key=lambda entry: _closeness(entry, path), default=None)
    return nearest if nearest and any(_closeness(nearest, path)) else None


def _closeness(entry: Entry, path: str) -> tuple[int, bool]:
    """How much of a path an entry has in common with it, and whether by its own address."""
    own = _address(entry.endpoint, request.script_root)
    return max(
        ((len(begin), begin == own) for begin in (own, *entry.around) if path.startswith(begin)),
        default=(0, False),
    )


@cache
def _address(endpoint: str, root: str) -> str:
    """The address of a page that needs no parameters, below `root`, where the server has the application; the
    menu of every page asks for all."""
    return url_for(endpoint)


def _is_open(entry: Entry) -> bool:
    """Whether this installation gives the page to whose menu has it."""
    is_office = web.me().role is Role.OFFICE_ADMIN
    return entry is not PEOPLE or not is_office or web.core().config.office_manages_people


def _date_with_weekday(day: date) -> str:
    return f"{day:%Y-%m-%d} 星期{WEEKDAYS[day.weekday()]}"
