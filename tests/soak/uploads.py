"""Processes that upload in a loop, and are killed: `python -m tests.soak.uploads URL FOLDER SEED` is one.

`tests/files/test_processes.py` runs it small, `dev.py soak` at length.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.files.samples import PDF
from tests.world import city_moment
from tracker.assignments.models import Assignment
from tracker.commands.doctor import examine
from tracker.commands.findings import DAY, Finding, Visit
from tracker.config import Config
from tracker.console import Console
from tracker.db import Database
from tracker.events.models import Event
from tracker.evidence import actions
from tracker.evidence.queries import slots_of
from tracker.files.actions import Received, receive
from tracker.files.models import StoredFile
from tracker.files.store import Store, digest
from tracker.people.models import User

ROOT = Path(__file__).resolve().parents[2]
AT = city_moment("2024-03-22T10:00")
PATIENCE = 60.0
CONTENTS = 40
"""So few that many are stored again, by several at once."""


@dataclass
class Quay:
    """An installation to which processes upload, and what they say."""

    database: Database
    folder: Path
    log: IO[bytes] = field(default_factory=tempfile.TemporaryFile)

    @contextmanager
    def uploader(self, seed: int) -> Iterator["subprocess.Popen[bytes]"]:
        """A process that uploads until it is killed, at the latest at the end of the block."""
        command = [sys.executable, "-m", "tests.soak.uploads", self.database.url, str(self.folder), str(seed)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=self.log, stderr=self.log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def uploaded(self) -> int:
        """How many steps were committed: events are never deleted."""
        with self.database.session() as session:
            return session.scalar(select(func.max(Event.id))) or 0

    def wait_for(self, goal: int) -> None:
        """Wait until so many steps were committed."""
        end = time.monotonic() + PATIENCE
        while self.uploaded() < goal:
            assert time.monotonic() < end, self.said()
            time.sleep(0.01)

    def said(self) -> str:
        self.log.seek(0)
        return self.log.read().decode()[-4000:]

    def doctor(self, *, is_cleaning: bool) -> list[Finding]:
        """What the doctor finds of the files."""
        config = Config(data_dir=self.folder, database_url=self.database.url)
        console = Console(config)
        try:
            return list(examine(Visit(console, is_cleaning), {"files", "folder"}))
        finally:
            console.close()


def killed_again_and_again(quay: Quay, chance: random.Random, *, kill_count: int) -> None:
    """A kill -9 at any moment leaves no row without its file and no half file under a hash."""
    with quay.log:
        for _ in range(kill_count):
            _kill_two(quay, chance)
            _assert_whole(quay)
        _assert_clean(quay)


def _kill_two(quay: Quay, chance: random.Random) -> None:
    """Two at once, so that one takes in what the other was storing."""
    goal = quay.uploaded() + chance.randint(2, 30)
    seeds = chance.sample(range(10**6), 2)
    with quay.uploader(seeds[0]) as one, quay.uploader(seeds[1]) as other:
        quay.wait_for(goal)
        time.sleep(chance.random() * 0.2)
        one.send_signal(signal.SIGKILL)
        time.sleep(chance.choice((0.0, chance.random() * 0.1)))
        other.send_signal(signal.SIGKILL)
        assert [one.wait(), other.wait()] == [-signal.SIGKILL] * 2, quay.said()


def _assert_whole(quay: Quay) -> None:
    store = Store(quay.folder)
    with quay.database.session() as session:
        rows = {row.sha256: row.size for row in session.scalars(select(StoredFile))}
    files = {path.name: path.stat().st_size for path in store.all()}
    assert rows.items() <= files.items(), "a row without its file"
    assert all(digest(path) == path.name for path in store.all()), "half a file"
    assert quay.doctor(is_cleaning=False) == []


def _assert_clean(quay: Quay) -> None:
    """A day later nothing lies there but what is used."""
    store = Store(quay.folder)
    for path in (*store.all(), *store.left_over()):
        moment = path.stat().st_mtime - DAY - 60
        os.utime(path, (moment, moment))
    assert all(finding.is_cleaned for finding in quay.doctor(is_cleaning=True))
    with quay.database.session() as session:
        rows = set(session.scalars(select(StoredFile.sha256)))
    assert {path.name for path in store.all()} == rows
    assert not list(store.left_over())
    assert quay.doctor(is_cleaning=False) == []


def upload_for_ever(database: Database, store: Store, chance: random.Random) -> None:
    """File, renew and delete documents of one unit after another."""
    while True:
        received = _taken_in(store, chance)
        with database.transaction() as session:
            _file(session, received, chance)


def _taken_in(store: Store, chance: random.Random) -> Received:
    content = random.Random(chance.randrange(CONTENTS))
    size = content.choice((10, 100_000, 3_000_000))
    name = f"材料{chance.randrange(1000)}.pdf"
    return receive(store, name, BytesIO(PDF + content.randbytes(size)), most_bytes=10_000_000)


def _file(session: Session, received: Received, chance: random.Random) -> None:
    nongye = session.scalars(select(User).where(User.username == "nongye")).one()
    own = select(Assignment).where(Assignment.unit_id == nongye.unit_id).order_by(Assignment.id)
    assignment = chance.choice(session.scalars(own).all())
    slots = slots_of(session, assignment.task_id)[:1]
    if not slots:
        return
    added = actions.add(session, assignment, received, slots, by=nongye, at=AT, today=AT.date())
    if chance.random() < 0.3:
        actions.delete(session, added.evidence, by=nongye, at=AT, version=None)


if __name__ == "__main__":
    url, folder, seed = sys.argv[1:]
    upload_for_ever(Database(url), Store(Path(folder)), random.Random(int(seed)))
