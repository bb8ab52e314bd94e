"""Real processes of the timetable on a real database and a real mail server: several at once, and killed.

`tests/outbox/test_processes.py` runs it small, `dev.py soak` at length.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.outbox.mailroom import Mailroom
from tracker.clock import Clock
from tracker.db import Database
from tracker.milestones.models import Milestone
from tracker.milestones.rules import State
from tracker.outbox.actions import queue
from tracker.outbox.mails import Mail
from tracker.outbox.models import OutboxMessage
from tracker.outbox.rules import MailState
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders.jobs import plan_round
from tracker.units.models import Jurisdiction

TODAY = date(2024, 3, 26)
TRACKER = Path(sys.executable).parent / "tracker"
PATIENCE = 60.0


@dataclass
class Yard:
    """A database with reminders to tell and mails to send, and the processes at work on it."""

    database: Database
    mailroom: Mailroom
    log: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    """What the processes say; told when something goes wrong."""
    expected: int = 0
    """How many mails there are in the end."""

    def prepare(self, mail_count: int) -> None:
        """Nobody has been told anything today, and `mail_count` mails wait besides."""
        clock = Clock(zone=noon_zone(), pretended=TODAY)
        with self.database.transaction() as session:
            _make_day(session, clock.zone)
            _queue_mails(session, mail_count, clock)
        with self.database.session() as session:
            self.expected = mail_count + len(plan_round(session, clock, base_url="").letters)

    @contextmanager
    def scheduler(self) -> Iterator["subprocess.Popen[bytes]"]:
        """A scheduler process; one that still runs at the end of the block is killed."""
        process = subprocess.Popen([TRACKER, "scheduler"], env=self._environment(), stderr=self.log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Look again and again until it is so."""
        end = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < end, self.report()
            time.sleep(0.02)

    def report(self) -> str:
        """How far it came, and the last words of the processes."""
        self.log.seek(0)
        words = self.log.read().decode()[-4000:]
        return f"{self.states()} of {self.expected}, {len(self.mailroom.ids)} came\n{words}"

    def is_done(self) -> bool:
        """Whether everything is sent and the sending committed."""
        return self.states() == {MailState.SENT: self.expected}

    def states(self) -> dict[MailState, int]:
        """How many mails are in which state."""
        by_state = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
        with self.database.session() as session:
            return {row[0]: row[1] for row in session.execute(by_state)}

    def committed(self) -> set[str]:
        """The Message-IDs of the mails whose sending was committed."""
        sent = select(OutboxMessage.id).where(OutboxMessage.state == MailState.SENT)
        with self.database.session() as session:
            return {f"<outbox-{number}-0@localhost>" for number in session.scalars(sent)}

    def let_leases_run_out(self) -> None:
        """What ten minutes would do."""
        claimed = update(OutboxMessage).where(OutboxMessage.state == MailState.SENDING)
        with self.database.transaction() as session:
            session.execute(claimed.values(claimed_at=Clock().now() - timedelta(days=9999)))

    def _environment(self) -> dict[str, str]:
        others = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
        return others | {
            "TRACKER_DATABASE_URL": self.database.url,
            "TRACKER_SMTP_URL": self.mailroom.url,
            "TRACKER_TIMEZONE": noon_zone(),
            "TRACKER_TODAY": TODAY.isoformat(),
        }


def several_at_once(yard: Yard, *, mail_count: int, process_count: int) -> None:
    """Schedulers that start at the same time tell and send each mail once."""
    yard.prepare(mail_count)
    with yard.log, ExitStack() as stack:
        processes = [stack.enter_context(yard.scheduler()) for _ in range(process_count)]
        yard.wait_until(yard.is_done)
        for process in processes:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(PATIENCE) for process in processes] == [0] * process_count
    repeated = {number: count for number, count in Counter(yard.mailroom.ids).items() if count > 1}
    assert not repeated
    assert set(yard.mailroom.ids) == yard.committed()


def killed_again_and_again(yard: Yard, chance: random.Random, *, mail_count: int, kill_count: int) -> None:
    """A kill -9 at any moment loses no mail and repeats none whose sending was committed."""
    yard.prepare(mail_count)
    with yard.log:
        for _ in range(kill_count):
            _kill_one(yard, chance, at_most=mail_count // kill_count)
        with yard.scheduler():
            yard.wait_until(yard.is_done)
    assert set(yard.mailroom.ids) == yard.committed()
    repeated = len(yard.mailroom.ids) - len(set(yard.mailroom.ids))
    assert repeated <= kill_count, "a kill can repeat the one mail that was on its way"


def _kill_one(yard: Yard, chance: random.Random, *, at_most: int) -> None:
    """Start a scheduler, kill it when it has sent some mails or none, and look what it left."""
    arrived, committed = len(yard.mailroom.ids), yard.committed()
    goal = arrived + chance.randint(0, at_most)
    with yard.scheduler() as process:
        yard.wait_until(lambda: len(yard.mailroom.ids) >= goal or yard.is_done())
        time.sleep(chance.choice((0.0, chance.random() * 0.05, chance.random() * 2)))
        process.send_signal(signal.SIGKILL)
    assert not committed & set(yard.mailroom.ids[arrived:]), "a committed mail was sent again"
    assert yard.committed() <= set(yard.mailroom.ids), "a mail counts as sent that never came"
    yard.let_leases_run_out()


def noon_zone() -> str:
    """A zone in which it is about noon, so that reminders may go at whatever hour the tests run."""
    ahead = 12 - Clock(zone="UTC").now().hour
    return f"Etc/GMT{-ahead:+d}"  # the sign of these names is the other way round


def _make_day(session: Session, zone: str) -> None:
    """The 26th of March 2024, and nothing from before that month is owed."""
    march = TODAY.replace(day=1)
    session.execute(update(Jurisdiction).values(timezone=zone))
    session.execute(update(Campaign).values(live_on=march))
    session.execute(update(Milestone).where(Milestone.due_on < march).values(state=State.ACCEPTED))


def _queue_mails(session: Session, count: int, clock: Clock) -> None:
    user = session.scalars(select(User).where(User.username == "mangkang")).one()
    for number in range(count):
        queue(
            session,
            f"soak:{number}",
            Mail(f"【测试】{number}", "正文\n", "<p>正文</p>\n"),
            user_id=user.id,
            address=user.email,
            jurisdiction_id=user.unit.jurisdiction_id,
            at=clock.now(),
        )
