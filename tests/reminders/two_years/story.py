"""Two years of a campaign of four units, day by day: `script.csv` tells what people do, after it the
timetable of each morning runs. `mails.csv` lists what must have been sent; it was worked out by hand from
the ladder and the calendar."""

import csv
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session, joinedload

from tests.databases import RolledBackDatabase
from tests.outbox.conftest import FakeSender
from tests.world import CITY, MovableClock, find_milestone
from tracker.assignments.models import Assignment
from tracker.handover.actions import disable
from tracker.milestones import actions as milestones
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day, State
from tracker.outbox.jobs import deliver
from tracker.outbox.models import OutboxMessage
from tracker.people.models import User
from tracker.plan.models import Campaign, ItemParty, Reporter, Task
from tracker.reminders.jobs import remind
from tracker.reminders.models import Notice
from tracker.reminders.rules import NoticeKind
from tracker.reports import actions as reports
from tracker.reports.models import ReportPeriod
from tracker.reports.queries import period_of_month, report_of, terms_of
from tracker.reports.rules import LineText, Terms
from tracker.units.models import Unit
from tracker.workdays.models import SpecialDay
from tracker.workdays.queries import calendar_of
from tracker.workdays.rules import DayKind

HERE = Path(__file__).parent
UNITS = ("市农业农村局", "市市场监管局", "卡若区", "芒康县")
TASKS = (("11-1", "市农业农村局"), ("行动1", "市市场监管局"), ("11-2", "卡若区"), ("11-2", "芒康县"))
"""Whose milestones are left of the plan; those of the preparation, 07-31, are born 待补录 and never told."""
FIRST, LAST = date(2023, 8, 1), date(2025, 8, 31)
MORNING = time(9)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Told:
    """A mail as the table lists it, its lines in alphabetical order."""

    day: date
    to: str
    unit: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A line of the script."""

    at: datetime
    who: list[str]
    name: str
    what: list[str]


def expected() -> list[Told]:
    """What the table lists."""
    rows = _rows("mails.csv")
    return sorted(
        Told(date.fromisoformat(row["day"]), row["to"], row["unit"], tuple(sorted(row["told"].split("；"))))
        for row in rows
    )


def script() -> list[Step]:
    """What people do, in its order."""
    return [
        Step(
            datetime.fromisoformat(f"{row['day']}T{row['time']}").replace(tzinfo=CITY),
            row["who"].split(), row["step"], row["what"].split(),
        )
        for row in _rows("script.csv")
    ]  # fmt: skip


def cut(session: Session, campaign: Campaign) -> None:
    """Four units, a task of each and one person of the office are left."""
    ids = [session.scalars(select(Unit.id).where(Unit.short == short)).one() for short in UNITS]
    session.execute(delete(Reporter))
    session.add_all(Reporter(campaign_id=campaign.id, unit_id=number) for number in ids)
    tasks = select(Assignment.id).join(Assignment.task).where(tuple_(Task.code, Unit.short).in_(TASKS))
    kept = session.scalars(tasks.join(Unit, Unit.id == Assignment.unit_id)).all()
    session.execute(update(Milestone).where(Milestone.assignment_id.not_in(kept)).values(state=State.LEFT))
    session.execute(update(Assignment).where(Assignment.id.not_in(kept)).values(left_on=FIRST))
    session.execute(delete(ItemParty))
    session.execute(update(User).where(User.username == "office-admin").values(is_active=False))
    session.commit()


@dataclass
class Story:
    """The campaign on its way through the script."""

    session: Session
    database: RolledBackDatabase
    campaign: Campaign
    clock: MovableClock
    sender: FakeSender = field(default_factory=FakeSender)
    told: list[Told] = field(default_factory=list)
    today: date = FIRST
    down_through: date | None = None
    """The last day of an outage."""

    def play(self) -> None:
        """Live every day; where the clock is set back some come twice."""
        waiting = deque(script())
        while self.today <= LAST:
            today, morning = self.today, datetime.combine(self.today, MORNING, CITY)
            self.today += ONE_DAY
            self._do(waiting, before=morning)
            if self.down_through is None or today > self.down_through:
                self._work(morning)
            self._do(waiting, before=datetime.combine(today + ONE_DAY, time(0), CITY))
        assert not waiting

    def _work(self, morning: datetime) -> None:
        """The reminder run at nine, and what it wrote is sent at once."""
        self.clock.move_to(f"{morning:%Y-%m-%dT%H:%M}")
        before = len(self.sender.mails)
        if not remind(self.database, self.clock, base_url="https://tracker.example.test").count:
            return
        deliver(self.database, self.clock, self.sender, mail_from="tracker@example.test")
        for mail in self.sender.mails[before:]:
            self.told.append(self._read(morning.date(), mail["Message-ID"], mail["To"]))

    def _read(self, day: date, message_id: str, address: str) -> Told:
        number = int(message_id.removeprefix("<outbox-").split("-")[0])
        message = self.session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.id == number)
            .options(joinedload(OutboxMessage.user).joinedload(User.unit))
        ).one()
        notices = self.session.scalars(select(Notice).where(Notice.message_id == number))
        assert address == message.user.email
        lines = tuple(sorted(self._line(notice) for notice in notices))
        return Told(day, message.user.username, message.user.unit.short, lines)

    def _line(self, notice: Notice) -> str:
        """月报 2023-08 -5, 节点 11-2 自评 +1, 单位逾期节点 芒康县 +3 and so on."""
        return f"{notice.kind.label} {_OBJECTS[notice.kind](self.session, notice)}"

    def _do(self, waiting: deque[Step], *, before: datetime) -> None:
        while waiting and waiting[0].at < before:
            step = waiting.popleft()
            self.clock.move_to(f"{step.at:%Y-%m-%dT%H:%M:%S}")
            for username in step.who or [""]:
                _STEPS[step.name](self, step, username)
            self.session.commit()
            self.session.expire_all()

    @property
    def _day(self) -> Day:
        return Day(self.clock.today(), calendar_of(self.session, self.campaign.jurisdiction_id))

    @property
    def _terms(self) -> Terms:
        return terms_of(self.campaign, self._day)

    def _person(self, username: str) -> User:
        return self.session.scalars(select(User).where(User.username == username)).one()

    def _report(self, step: Step, username: str) -> None:
        by, terms = self._person(username), self._terms
        month = _month(self.session, self.campaign, step.what[0])
        report = report_of(self.session, month, by.unit_id) or reports.open_draft(
            self.session, month, by.unit, by=by, at=step.at, terms=terms
        )
        texts = {line.item_id: LineText(progress="已部署") for line in report.lines}
        reports.save_draft(self.session, report, texts, by=by, at=step.at, terms=terms)
        reports.submit(self.session, report, by=by, at=step.at, terms=terms)

    def _return_report(self, step: Step, username: str) -> None:
        month = _month(self.session, self.campaign, step.what[0])
        report = report_of(self.session, month, self._person(username).unit_id)
        assert report is not None
        office = self._person("office")
        reports.send_back(self.session, report, "数字不实", by=office, at=step.at, terms=self._terms)

    def _tick(self, step: Step, username: str) -> None:
        by = self._person(username)
        milestone = find_milestone(self.session, step.what[0], by.unit.short, step.what[1])
        milestones.submit(self.session, milestone, by=by, at=step.at, today=step.at.date())

    def _return_tick(self, step: Step, username: str) -> None:
        unit, office = self._person(username).unit, self._person("office")
        milestone = find_milestone(self.session, step.what[0], unit.short, step.what[1])
        milestones.send_back(self.session, milestone, "材料不全", by=office, at=step.at, day=self._day)

    def _replace(self, step: Step, username: str) -> None:
        leaver, (name,) = self._person(username), step.what
        successor = User(
            unit_id=leaver.unit_id, username=name, name="新任联络员", role=leaver.role,
            email=f"{name}@example.test",
        )  # fmt: skip
        self.session.add(successor)
        self.session.flush()
        disable(
            self.session, leaver, successor, is_vacant=False, by=self._person("admin"), at=step.at,
            today=step.at.date(),
        )  # fmt: skip

    def _enter_local_days(self, step: Step, _username: str) -> None:
        first, last = map(date.fromisoformat, step.what)
        for number in range((last - first).days + 1):
            day = first + number * ONE_DAY
            local = SpecialDay(day=day, kind=DayKind.HOLIDAY, name="藏历新年", is_local=True)
            local.jurisdiction_id = self.campaign.jurisdiction_id
            self.session.add(local)

    def _stop(self, step: Step, _username: str) -> None:
        self.down_through = date.fromisoformat(step.what[0])

    def _set_clock(self, step: Step, _username: str) -> None:
        self.today = date.fromisoformat(step.what[0])


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _month(session: Session, campaign: Campaign, name: str) -> ReportPeriod:
    found = period_of_month(session, campaign, date.fromisoformat(f"{name}-01"))
    assert found is not None
    return found


def _of_month(session: Session, notice: Notice) -> str:
    return session.get_one(ReportPeriod, notice.object_id).name


def _of_milestone(session: Session, notice: Notice) -> str:
    milestone = session.get_one(Milestone, notice.object_id)
    return f"{milestone.task.code} {milestone.deadline.label}"


def _rung(notice: Notice) -> str:
    return f"{notice.rung:+d}" if notice.rung else "0"


def _digest(session: Session, notice: Notice) -> str:
    counts = notice.text.partition("，")[2].replace(" 个单位", "")
    return f"{_of_month(session, notice)}：{counts}"


def _missing(session: Session, notice: Notice) -> str:
    names = notice.text.rpartition("：")[2]
    return f"{_of_month(session, notice)} {_rung(notice)}：{names}"


_OBJECTS: dict[NoticeKind, Callable[[Session, Notice], str]] = {
    NoticeKind.REPORT: lambda session, notice: f"{_of_month(session, notice)} {_rung(notice)}",
    NoticeKind.MILESTONE: lambda session, notice: f"{_of_milestone(session, notice)} {_rung(notice)}",
    NoticeKind.RETURNED_MILESTONE: _of_milestone,
    NoticeKind.DIGEST: _digest,
    NoticeKind.MISSING_REPORTS: _missing,
    NoticeKind.UNIT_MILESTONES: lambda session, notice: (
        f"{session.get_one(Unit, notice.object_id).short} {_rung(notice)}"
    ),
}

_STEPS: dict[str, Callable[[Story, Step, str], Any]] = {
    "report": Story._report,
    "return_report": Story._return_report,
    "tick": Story._tick,
    "return_tick": Story._return_tick,
    "replace": Story._replace,
    "local_days": Story._enter_local_days,
    "outage": Story._stop,
    "clock": Story._set_clock,
}
