"""Simulated months with a web server, four schedulers and a mail server that are killed at random moments.

`tests/outbox/test_processes.py` runs it small, `dev.py soak` over twelve months with 200 kills.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPException

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.bench.browser import Browser
from tests.reports.conftest import filled, form_of
from tests.soak.kills import noon_zone
from tests.soak.sink import digest
from tests.soak.town import NAMES, SCHEDULERS, Town
from tracker.clock import Clock
from tracker.milestones.models import Milestone
from tracker.milestones.rules import State
from tracker.outbox.models import OutboxMessage
from tracker.outbox.rules import MailState
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.plan.models import Campaign
from tracker.reminders.jobs import plan_round
from tracker.reminders.models import Notice
from tracker.reminders.rules.ladder import rung_day
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.queries import reporting_units
from tracker.reports.rules import ReportState
from tracker.units.models import Jurisdiction
from tracker.workdays.queries import calendar_of

FIRST, LAST = date(2023, 10, 1), date(2024, 9, 30)
"""Twelve months."""
WEIGHTS = {"mail server": 3, "web": 3} | dict.fromkeys(SCHEDULERS, 2)
"""How likely each process is the next to be killed."""
RUNGS = (-1, 0, 1, 3)
ONE_DAY = timedelta(days=1)


@dataclass
class Tally:
    """What happened, and how it ended."""

    seed: int
    days: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    reports: int = 0
    unanswered: int = 0
    mails: int = 0
    notices: int = 0
    twice: int = 0
    again: int = 0
    seconds: float = 0.0

    def words(self) -> str:
        """All of it on one line."""
        kills = ", ".join(f"{count} of {name}" for name, count in sorted(self.kills.items()))
        return (
            f"seed {self.seed}: {self.days} days, kills: {kills}; {self.reports} reports "
            f"({self.unanswered} whose answer was lost), {self.notices} notices in {self.mails} mails, "
            f"{self.twice} sent again after a scheduler died between the 250 and its commit, {self.again} "
            f"after the mail server died before its 250 was out; {self.seconds:.0f} s"
        )


class Months:
    """The days of a campaign, lived by real processes.

    Args:
        days: the simulated days on which the processes run.
        reports_a_day: how many units hand in their report on each of them.
    """

    def __init__(self, town: Town, seed: int, days: Sequence[date], reports_a_day: int) -> None:
        self._town = town
        self._chance = random.Random(seed)
        self._days = days
        self._reports_a_day = reports_a_day
        self._in_flight: set[str] = set()
        """Mails that a process had claimed when a kill hit a scheduler."""
        self._answered: set[tuple[int, int]] = set()
        """Month and unit of the reports that the web server said it has."""
        self._missing: dict[int, list[str]] = {}
        self.tally = Tally(seed)

    def run(self, kill_count: int) -> Tally:
        """Live all days and look whether anything was lost or told twice."""
        started = time.monotonic()
        with self._town.database.transaction() as session:
            _people_the_town(session)
        kills = Counter(self._chance.choices(range(len(self._days)), k=kill_count))
        self._town.start("mail server")
        try:
            for number, day in enumerate(self._days):
                self._live(day, kills[number])
        finally:
            self._town.close()
        self._verify()
        self.tally.seconds = round(time.monotonic() - started, 1)
        return self.tally

    def _live(self, day: date, kill_count: int) -> None:
        self._town.today = day
        committed, arrived = self._ids(MailState.SENT), len(self._town.taken())
        owed = self._owed()
        for name in ("web", *SCHEDULERS):
            self._town.start(name)
        with self._units_reporting(day):
            for _ in range(kill_count):
                self._kill_one()
        self._town.wait_until(lambda: not self._owed() and not self._is_busy())
        self._town.end(("web", *SCHEDULERS))
        self._let_time_pass()
        assert not {mail.message_id for mail in self._town.taken()[arrived:]} & committed, "sent again"
        reported = {unit_id for _, unit_id in self._answered}
        with self._town.database.session() as session:
            lost = owed - _told(session)
            assert {unit for unit, _ in lost} <= reported, f"{day}: {lost}\n{self._town.said()}"
        self.tally.days += 1

    def _kill_one(self) -> None:
        """Wait for some mails, or for nothing, and kill the next best process; it starts again at once."""
        goal, end = self._town.line_count() + self._chance.randint(0, 30), time.monotonic() + 2
        while self._town.line_count() < goal and time.monotonic() < end:
            time.sleep(0.005)
        time.sleep(self._chance.choice((0.0, self._chance.random() * 0.05, self._chance.random())))
        (name,) = self._chance.choices(NAMES, [WEIGHTS[name] for name in NAMES])
        self._town.kill(name)
        if name in SCHEDULERS:
            self._in_flight |= self._ids(MailState.SENDING)
        self.tally.kills["scheduler" if name in SCHEDULERS else name] += 1
        self._town.start(name)

    @contextmanager
    def _units_reporting(self, day: date) -> Iterator[None]:
        """Some units hand in the report of the month, each asking until the web server has it."""
        period_id, usernames = self._next_reporters(day)
        failures: list[BaseException] = []

        def report() -> None:
            try:
                for username in usernames:
                    self._report(period_id, username)
            except BaseException as error:  # told by the main thread
                failures.append(error)

        thread = threading.Thread(target=report)
        thread.start()
        yield
        thread.join()
        if failures:
            raise failures[0]

    def _next_reporters(self, day: date) -> tuple[int, list[str]]:
        month = day.replace(day=1) if day.day > 10 else (day.replace(day=1) - ONE_DAY).replace(day=1)
        with self._town.database.session() as session:
            period = session.scalars(select(ReportPeriod).where(ReportPeriod.month == month)).one()
            if period.id not in self._missing:
                campaign = session.scalars(select(Campaign)).one()
                names = [f"unit-{unit.id}" for unit in reporting_units(session, campaign)]
                self._missing[period.id] = self._chance.sample(names, len(names))
            missing = self._missing[period.id]
            now, self._missing[period.id] = missing[: self._reports_a_day], missing[self._reports_a_day :]
            return period.id, now

    def _report(self, period_id: int, username: str) -> None:
        path, end = f"/reports/{period_id}", time.monotonic() + 120
        while True:
            try:
                browser = Browser(self._town.web_port, username)
                page = browser.get(path)
                if '<form class="report"' in page:
                    browser.post(f"{path}/submission", filled(form_of(page)))
                else:
                    self.tally.unanswered += 1  # the answer was lost with its process, the report was not
                break
            except (OSError, HTTPException):
                assert time.monotonic() < end, self._town.said()
                time.sleep(0.1)
        self._answered.add((period_id, int(username.removeprefix("unit-"))))

    def _owed(self) -> set[tuple[int, str]]:
        """What a run would tell now: the unit and the ledger's key."""
        clock = Clock(zone=noon_zone(), pretended=self._town.today)
        with self._town.database.session() as session:
            planned = plan_round(session, clock, base_url="")
        return {
            (letter.due.recipient.unit_id, item.key(letter.due.recipient.id))
            for letter in planned.letters
            for item in letter.due.all_items
        }

    def _is_busy(self) -> bool:
        """Whether a scheduler still has mails that it may send, or sends one; a lost claim stays."""
        before = self._states()
        time.sleep(0.3)
        waiting = select(func.count()).where(
            OutboxMessage.state == MailState.WAITING, OutboxMessage.next_try_at.is_(None)
        )
        with self._town.database.session() as session:
            return bool(session.scalar(waiting)) or self._states() != before

    def _let_time_pass(self) -> None:
        """What the next minutes would do: leases run out, and what failed is tried again."""
        lost = update(OutboxMessage).where(OutboxMessage.state == MailState.SENDING)
        failed = update(OutboxMessage).where(OutboxMessage.state == MailState.WAITING)
        long_ago = Clock().now() - timedelta(days=9999)
        while self._states().keys() - {MailState.SENT}:
            with self._town.database.transaction() as session:
                session.execute(lost.values(claimed_at=long_ago))
                session.execute(failed.values(next_try_at=None))
            self._town.run("deliver")
            assert not self._states().keys() - {MailState.SENT, MailState.WAITING}, self._states()

    def _states(self) -> dict[MailState, int]:
        by_state = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
        with self._town.database.session() as session:
            return {row[0]: row[1] for row in session.execute(by_state)}

    def _ids(self, state: MailState) -> set[str]:
        with self._town.database.session() as session:
            found = session.scalars(select(OutboxMessage.id).where(OutboxMessage.state == state))
            return {_message_id(number) for number in found}

    def _verify(self) -> None:
        """Compare what the mail server has with outbox, ledger and reports."""
        taken = self._town.taken()
        arrivals = Counter(mail.message_id for mail in taken if not mail.is_answered)
        answers = Counter(mail.message_id for mail in taken if mail.is_answered)
        with self._town.database.session() as session:
            rows = {_message_id(row.id): row for row in session.scalars(select(OutboxMessage))}
            told = set(session.scalars(select(Notice.message_id).distinct()))
            self.tally.notices = session.scalar(select(func.count()).select_from(Notice)) or 0
            _verify_reports(session, self._answered)
        assert {row.state for row in rows.values()} == {MailState.SENT}
        assert arrivals.keys() == rows.keys(), "lost, or nobody knows it"
        assert told == {row.id for row in rows.values()}, "a notice without its mail, or the other way round"
        for mail in taken:
            row = rows[mail.message_id]
            assert (mail.to, mail.digest) == (row.to_address, digest(row.body_text))
        twice = {number for number, count in answers.items() if count > 1}
        assert twice <= self._in_flight, "repeated without a kill"
        assert sum(answers.values()) - len(answers) <= self.tally.kills["scheduler"]
        unsure = {number for number, count in arrivals.items() if count > answers[number]}
        again = {number for number, count in arrivals.items() if count > 1}
        assert again <= twice | unsure, "repeated although the mail server had answered"
        self.tally.mails, self.tally.reports = len(rows), len(self._answered)
        self.tally.twice, self.tally.again = len(twice), len(again - twice)


def twelve_months(session: Session) -> list[date]:
    """The days from FIRST to LAST on which one of RUNGS of a report falls."""
    campaign = session.scalars(select(Campaign)).one()
    calendar = calendar_of(session, campaign.jurisdiction_id)
    due_days = session.scalars(select(ReportPeriod.due_on).order_by(ReportPeriod.month))
    days = {rung_day(due_on, rung, calendar) for due_on in due_days for rung in RUNGS}
    return sorted(day for day in days if FIRST <= day <= LAST)


def _people_the_town(session: Session) -> None:
    """Every reporting unit gets a liaison and a head; one in twenty of the milestones is left to do."""
    session.execute(update(Jurisdiction).values(timezone=noon_zone()))
    session.execute(update(Milestone).where(Milestone.id % 20 != 0).values(state=State.ACCEPTED))
    session.execute(update(User).where(User.role.in_((Role.LIAISON, Role.UNIT_HEAD))).values(is_active=False))
    known = session.scalars(select(User).where(User.username == "nongye")).one()
    campaign = session.scalars(select(Campaign)).one()
    for unit in reporting_units(session, campaign):
        for username, role in ((f"unit-{unit.id}", Role.LIAISON), (f"head-{unit.id}", Role.UNIT_HEAD)):
            session.add(
                User(
                    unit_id=unit.id, username=username, name=f"测试{role.label}", role=role,
                    email=f"{username}@example.test", password_hash=known.password_hash,
                    must_change_password=False,
                )
            )  # fmt: skip


def _told(session: Session) -> set[tuple[int, str]]:
    rows = session.execute(
        select(
            User.unit_id, Notice.campaign_id, Notice.kind, Notice.object_id, Notice.late_from, Notice.rung,
            User.id,
        ).join(User, User.id == Notice.user_id)
    )  # fmt: skip
    return {(row[0], ":".join(str(part) for part in row[1:])) for row in rows}


def _verify_reports(session: Session, answered: set[tuple[int, int]]) -> None:
    rows = session.scalars(select(MonthlyReport)).all()
    assert {(row.period_id, row.unit_id) for row in rows if row.state is ReportState.SUBMITTED} == answered
    assert all(len(row.versions) == 1 for row in rows), "a report was submitted twice"


def _message_id(number: int) -> str:
    return f"<outbox-{number}-0@localhost>"
