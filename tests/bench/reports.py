"""`dev.py bench --reports`: a month of 10,000 units: opening it, reminders, delivery, the matrix."""

import re
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from sqlalchemy import func, select, text

from tests import world
from tests.bench import processes
from tests.bench.browser import Browser
from tests.bench.figures import Verdict
from tests.postgres import Server
from tests.soak.kills import noon_zone
from tests.soak.town import Town
from tests.world import PASSWORD
from tracker.db import Database
from tracker.outbox.models import OutboxMessage
from tracker.outbox.rules import MailState
from tracker.people.passwords import hash_password
from tracker.plan.models import Campaign
from tracker.reports.planning import plan_periods

UNITS = 10_000
DAY = date(2024, 4, 24)
"""A Wednesday, the last working day before the 25th: everybody who has not reported is told."""
MONTH = date(2024, 4, 1)
MOST_SECONDS = 20.0
MOST_MEMORY = 300e6
SENDERS = 4
LOOKS = 10


@dataclass
class Month:
    """Everything measured of one month; memory is the highest of the process, in bytes."""

    units: int
    opening: float = 0.0
    reminding: float = 0.0
    processor: float = 0.0
    """Seconds of it that the run itself computed; the rest it waited for the database or for a core."""
    memory: float = 0.0
    mails: int = 0
    again: float = 0.0
    delivery: float = 0.0
    pages: dict[str, tuple[float, int]] = field(default_factory=dict)
    """Of each page the median seconds and the bytes."""


def measure(server: Server, folder: Path, units: int, say: Callable[[str], None]) -> Month:
    """One month on PostgreSQL, with the product's own processes."""
    name = "tracker_bench_reports"
    server.drop(name)
    database = Database(server.create(name))
    month = Month(units)
    try:
        say(f"{units:,} 测试单位 with eight months of reports")
        _grow(database, units)
        month.opening = _opening(database)
        say("the reminder run of the 24th")
        settings = {"TRACKER_TODAY": DAY.isoformat(), "TRACKER_TIMEZONE": noon_zone()}
        environment = processes.environment(database.url, folder, **settings)
        month.reminding, month.processor, month.memory = _run(["remind"], environment)
        month.again, _, _ = _run(["remind"], environment)
        month.mails = _count(database, MailState.WAITING)
        say(f"delivery by {SENDERS} processes")
        month.delivery = _deliver(database, environment)
        say("pages of the office")
        with processes.product(database.url, folder, processes.WORKERS, **settings) as ours:
            office = Browser(ours.port, "office")
            for label, path in PAGES.items():
                month.pages[label] = _look(office, path)
    finally:
        database.engine.dispose()
        server.drop(name)
    return month


PAGES = {"matrix": "/reports", "the month's list": f"/reports/month/{MONTH:%Y-%m}"}


def as_table(month: Month) -> str:
    rate = month.mails / month.delivery
    lines = [
        f"{month.units:,} 测试单位, {month.mails:,} mails",
        f"opening the month {month.opening * 1000:>14.1f} ms",
        f"reminder run      {month.reminding:>14.1f} s, of it {month.processor:.1f} s computing, "
        f"highest memory {month.memory / 1e6:.0f} MB",
        f"the run once more {month.again:>14.1f} s",
        f"delivery          {month.delivery:>14.1f} s, {rate:.0f} mails a second",
        *(
            f"{label:<17} {seconds * 1000:>14.1f} ms, {size / 1e3:,.0f} kB"
            for label, (seconds, size) in month.pages.items()
        ),
    ]
    targets = [
        f"{'met    ' if one.is_met else 'NOT MET'}  {one.target}: {one.measured}" for one in verdicts(month)
    ]
    return "\n".join([*lines, "", *targets])


def as_data(month: Month) -> dict[str, Any]:
    """The same, with times in seconds."""
    return {"reports": asdict(month), "targets": [asdict(verdict) for verdict in verdicts(month)]}


def verdicts(month: Month) -> Iterator[Verdict]:
    yield Verdict(
        f"reminder run of {month.units:,} units under {MOST_SECONDS:.0f} s",
        f"{month.reminding:.1f} s",
        month.reminding < MOST_SECONDS,
    )
    yield Verdict(
        f"reminder run of {month.units:,} units under {MOST_MEMORY / 1e6:.0f} MB",
        f"{month.memory / 1e6:.0f} MB",
        month.memory < MOST_MEMORY,
    )
    yield Verdict("one mail for each unit", f"{month.mails:,}", month.mails == month.units)


def _grow(database: Database, units: int) -> None:
    """The plan of Changdu with nothing left to tick, and other units that report, each with a liaison and
    a head; they have reported every month before."""
    world.fill(database)
    with database.transaction() as session:
        campaign = session.scalars(select(Campaign)).one()
        campaign.report_last_month = MONTH.replace(month=3)
        words = {
            "units": units, "campaign": campaign.id, "city": campaign.jurisdiction_id, "zone": noon_zone(),
            "month": MONTH, "hash": hash_password(PASSWORD),
        }  # fmt: skip
        for statement in GROWTH:
            session.execute(text(statement), words)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _opening(database: Database) -> float:
    """The month joins the campaign: a row for all units, who begin their reports themselves."""
    with database.transaction() as session:
        session.scalars(select(Campaign)).one().report_last_month = MONTH
    started = time.perf_counter()
    with database.transaction() as session:
        opened = plan_periods(session, session.scalars(select(Campaign)).one())
    assert opened == 1
    return time.perf_counter() - started


def _run(arguments: list[str], environment: dict[str, str]) -> tuple[float, float, float]:
    """A command as a process: its seconds, those that it computed, and its highest memory."""
    started, before, memory = time.perf_counter(), _processor(), 0.0
    process = psutil.Popen([processes.TRACKER, *arguments], env=environment, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        memory = max(memory, _highest(process.pid))
        time.sleep(0.02)
    if process.returncode:
        raise RuntimeError(f"tracker {' '.join(arguments)} ended with {process.returncode}")
    return time.perf_counter() - started, _processor() - before, memory


def _processor() -> float:
    """Seconds that the processes which have ended computed."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _highest(pid: int) -> float:
    """The most memory that a process has had so far, in bytes."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024.0 if found else 0.0


def _deliver(database: Database, environment: dict[str, str]) -> float:
    """Several processes send all of it to a mail server on this machine."""
    with tempfile.TemporaryDirectory() as folder:
        town = Town(database, Path(folder), mail_delay=0.0)
        town.start("mail server")
        try:
            settings = {**environment, "TRACKER_SMTP_URL": f"smtp://127.0.0.1:{town.mail_port}"}
            started = time.perf_counter()
            senders = [
                subprocess.Popen([processes.TRACKER, "deliver"], env=settings, stdout=subprocess.DEVNULL)
                for _ in range(SENDERS)
            ]
            if any(sender.wait() for sender in senders):
                raise RuntimeError("a delivery failed")
            seconds = time.perf_counter() - started
            sent = {mail.message_id for mail in town.taken()}
        finally:
            town.close()
    if len(sent) != _count(database, MailState.SENT):
        raise RuntimeError(f"{len(sent)} mails came")
    return seconds


def _look(office: Browser, path: str) -> tuple[float, int]:
    times, size = [], len(office.get(path).encode())
    for _ in range(LOOKS):
        started = time.perf_counter()
        office.get(path)
        times.append(time.perf_counter() - started)
    return median(times), size


def _count(database: Database, state: MailState) -> int:
    with database.session() as session:
        return session.scalar(select(func.count()).where(OutboxMessage.state == state)) or 0


_PEOPLE = """
    INSERT INTO user_account (unit_id, username, name, sort_name, title, phone, email, role, is_active,
        password_hash, must_change_password, failed_count, password_set_at, has_second_factor)
    SELECT id, '{role}-' || id, '测试人员', '', '', '', '{role}-' || id || '@example.test', '{role}', true,
        :hash, false, 0, cast(:month AS date), false
    FROM unit WHERE name LIKE '测试单位%'
"""
GROWTH = (
    "UPDATE jurisdiction SET timezone = :zone",
    "UPDATE milestone SET state = 'accepted'",
    "DELETE FROM reporter",
    "DELETE FROM report_period WHERE month >= :month",
    """
    INSERT INTO unit (jurisdiction_id, name, short, kind, position, note)
    SELECT :city, name, name, 'county', 1000 + n, ''
    FROM (SELECT n, '测试单位' || lpad(n::text, 5, '0') AS name FROM generate_series(1, :units) AS n) AS made
    """,
    """
    INSERT INTO reporter (campaign_id, unit_id, is_on)
    SELECT :campaign, id, true FROM unit WHERE name LIKE '测试单位%'
    """,
    _PEOPLE.format(role="liaison"),
    _PEOPLE.format(role="unit_head"),
    """
    INSERT INTO monthly_report (period_id, unit_id, state, first_submitted_at, submitted_at, submitted_by_id,
        return_reason, is_resubmitted_late, version)
    SELECT p.id, u.unit_id, 'accepted', p.due_on - interval '2 days', p.due_on - interval '2 days', u.id,
        '', false, 1
    FROM report_period p JOIN user_account u ON u.username LIKE 'liaison-%'
    """,
)
