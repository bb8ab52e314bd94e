"""The 25th at its busiest: signed-in people of all units work at once on the product as operators start it.

The people are processes of `tests/soak/clicks.py`; here stand the installation, and what is read from
the figures afterwards.
"""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.bench.processes import product
from tracker.db import Database
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.plan.models import Campaign
from tracker.reports.queries import reporting_units

ROOT = Path(__file__).resolve().parents[2]
DUE_DAY = "2024-03-25"
"""A Monday: the reports of March are due, those who have not reported are many."""
MOST_MILLISECONDS = 300
"""Issue 5: 95 of 100 answers are there within this time."""
PATIENCE = 120.0
WHOLE = "Aggregated"
ROLES = {
    Role.LIAISON: "liaison", Role.UNIT_HEAD: "reader", Role.LEADER: "reader", Role.REVIEWER: "reader",
    Role.OFFICE: "office", Role.OFFICE_ADMIN: "office",
}  # fmt: skip
"""Who works how; the three administrators do not work on tasks."""


@dataclass(frozen=True)
class Answers:
    """How often one kind of page was asked for, how often in vain, and its times in milliseconds."""

    name: str
    count: int
    failure_count: int
    median: float
    p95: float
    slowest: float


@dataclass(frozen=True)
class Rush:
    """What came of it: each kind of page, all together last, and what went wrong, in words."""

    pages: list[Answers]
    failures: list[str]

    @property
    def whole(self) -> Answers:
        return self.pages[-1]

    @property
    def faults(self) -> list[str]:
        """Why it is not as it should be; empty when it is."""
        slow = [f"p95 is {self.whole.p95:.0f} ms, not under {MOST_MILLISECONDS} ms"]
        return self.failures + (slow if self.whole.p95 >= MOST_MILLISECONDS else [])

    def table(self) -> str:
        """For docs/benchmarks.md."""
        rows = [
            f"| {page.name} | {page.count:,} | {page.failure_count} | {page.median:.0f} | {page.p95:.0f} "
            f"| {page.slowest:.0f} |"
            for page in self.pages
        ]
        return "\n".join(
            ["| | answers | wrong | median ms | p95 ms | slowest ms |", "|---|---|---|---|---|---|", *rows]
        )


def people_the_city(session: Session) -> list[tuple[str, str]]:
    """Every reporting unit without a liaison gets one; returns everybody who works, with how."""
    known = session.scalars(select(User).where(User.username == "nongye")).one()
    campaign = session.scalars(select(Campaign)).one()
    there = set(session.scalars(select(User.unit_id).where(User.role == Role.LIAISON)))
    for unit in reporting_units(session, campaign):
        if unit.id not in there:
            session.add(
                User(
                    unit_id=unit.id, username=f"unit-{unit.id}", name="测试联络员", role=Role.LIAISON,
                    email=f"unit-{unit.id}@example.test", password_hash=known.password_hash,
                    must_change_password=False,
                )
            )  # fmt: skip
    session.flush()
    people = session.scalars(select(User).where(User.role.in_(ROLES)).order_by(User.id))
    return [(person.username, ROLES[person.role]) for person in people]


def shared_out(people: list[tuple[str, str]], count: int) -> dict[str, list[str]]:
    """Accounts for so many people at work, by how they work, everybody in turn; a second one of a unit uses
    the same account, as happens in offices."""
    chosen = [people[number % len(people)] for number in range(count)]
    return {how: [name for name, works in chosen if works == how] for how in sorted(set(ROLES.values()))}


def rush(database: Database, folder: Path, *, minutes: float, users: int, pause: tuple[float, float]) -> Rush:
    """Let so many people work for so long, with so many seconds (from, to) between two clicks of one; what
    counts begins when all have come, as a password takes its time on purpose.

    Raises:
        AssertionError: the people could not begin.
    """
    with database.transaction() as session:
        people = people_the_city(session)
    files = folder / "files"
    files.mkdir()
    with product(database.url, files, TRACKER_TODAY=DUE_DAY) as server:
        command = [
            sys.executable, "-m", "locust", "--locustfile", "tests/soak/clicks.py", "--headless",
            "--host", f"http://127.0.0.1:{server.port}", "--users", str(users),
            "--spawn-rate", str(max(1, users // 10)), "--run-time", f"{round(minutes * 60)}s",
            "--csv", str(folder / "rush"), "--only-summary", "--reset-stats", "--exit-code-on-error", "0",
        ]  # fmt: skip
        settings = {
            "SOAK_PEOPLE": json.dumps(shared_out(people, users)),
            "SOAK_PAUSE": json.dumps(pause),
        }
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=False,
            timeout=minutes * 60 + PATIENCE,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    return read(folder / "rush")


def read(prefix: Path) -> Rush:
    """The figures as locust wrote them."""
    pages = [
        Answers(
            row["Name"], int(row["Request Count"]), int(row["Failure Count"]),
            float(row["Median Response Time"]), float(row["95%"]), float(row["Max Response Time"]),
        )
        for row in _rows(prefix, "stats")
        if int(row["Request Count"])
    ]  # fmt: skip
    pages.sort(key=lambda page: (page.name == WHOLE, page.name))
    assert pages, "nobody asked for anything"
    failures = [f"{row['Name']}: {row['Error']} ({row['Occurrences']})" for row in _rows(prefix, "failures")]
    failures += [f"{row['Message']} ({row['Count']})" for row in _rows(prefix, "exceptions")]
    return Rush(pages, failures)


def _rows(prefix: Path, which: str) -> Iterator[dict[str, str]]:
    with prefix.with_name(f"{prefix.name}_{which}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
