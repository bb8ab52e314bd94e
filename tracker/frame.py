"""What stands around every page: the city's title, the menu of the role, today, the telephone."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask, request, url_for
from flask_login import current_user
from werkzeug.exceptions import NotFound

from tracker import web
from tracker.people.rules import Role

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    label: str
    endpoint: str

    @property
    def url(self) -> str:
        return url_for(self.endpoint)

    @property
    def is_here(self) -> bool:
        """Whether the page lies below this line, and below none that says it more closely."""
        if not request.endpoint or not request.path.startswith(self.url):
            return False
        others = (entry.url for entry in MENUS[web.me().role])
        return not any(len(url) > len(self.url) and request.path.startswith(url) for url in others)


BOARD = Entry("总览", "board.show")
DESK = Entry("我的任务", "desk.show")
MILESTONES = Entry("任务台账", "milestones.index")
REPORTS = Entry("月报", "reports.index")
PLAN = Entry("指标任务", "plan.index")
PEOPLE = Entry("单位与人员", "people.index")
OUTBOX = Entry("提醒发件箱", "outbox.index")
SETTINGS = Entry("创建设置", "plan.settings")
MANUAL = Entry("帮助", "manual.show")

MENUS = {
    Role.OFFICE_ADMIN: (BOARD, DESK, MILESTONES, REPORTS, PLAN, PEOPLE, OUTBOX, SETTINGS, MANUAL),
    Role.OFFICE: (BOARD, DESK, MILESTONES, REPORTS, PLAN, MANUAL),
    Role.LIAISON: (DESK, REPORTS, PLAN, MANUAL),
    Role.UNIT_HEAD: (DESK, REPORTS, PLAN, MANUAL),
    Role.LEADER: (BOARD, MILESTONES, REPORTS, PLAN, MANUAL),
    Role.REVIEWER: (BOARD, MILESTONES, REPORTS, PLAN, MANUAL),
    Role.SYSTEM_ADMIN: (PEOPLE, MANUAL),
    Role.SECURITY_ADMIN: (MANUAL,),
    Role.AUDIT_ADMIN: (MANUAL,),
}


class Frame:
    """Answers the base template's questions; asks the database only when it must."""

    @property
    def title(self) -> str:
        found = self._campaign()
        return f"{found.title} · 任务跟踪" if found else "任务跟踪"

    @property
    def menu(self) -> tuple[Entry, ...]:
        return MENUS[web.me().role] if current_user.is_authenticated else ()

    @property
    def office_phone(self) -> str:
        found = self._campaign()
        return found.office_phone if found else ""

    @property
    def date_words(self) -> str:
        """2024-03-22 星期五（工作日）"""
        day = web.day()
        kind = "工作日" if day.calendar.is_working_day(day.today) else "休息日"
        return f"{_date_with_weekday(day.today)}（{kind}）"

    @staticmethod
    def _campaign() -> Any:
        if not current_user.is_authenticated:
            return web.newest_campaign()
        try:
            return web.campaign()
        except NotFound:
            return None


def install(app: Flask) -> None:
    """Give every template the name `frame`."""
    app.context_processor(lambda: {"frame": Frame()})


def _date_with_weekday(day: date) -> str:
    return f"{day:%Y-%m-%d} 星期{WEEKDAYS[day.weekday()]}"
