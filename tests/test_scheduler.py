"""The timetable: what stands in it, and that a job that fails ends nothing."""

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.databases import RolledBackDatabase
from tests.world import MovableClock
from tracker import scheduler
from tracker.config import Config
from tracker.db import Database
from tracker.scheduler import TIMETABLE, Entry, House, background


@pytest.fixture
def house(config: Config, database: RolledBackDatabase, clock: MovableClock) -> House:
    return House(config, database, clock)


@contextmanager
def paused(house: House) -> Iterator[Any]:
    timetable = background(house.config, house.database, house.clock)
    timetable.start(paused=True)
    try:
        yield timetable
    finally:
        timetable.shutdown()


def test_reminders_go_at_nine_in_the_city_and_mails_every_minute(house: House) -> None:
    with paused(house) as timetable:
        jobs = {job.name: job for job in timetable.get_jobs()}
    assert set(jobs) == {"beat", "remind", "deliver", "post", "catch up"}
    times = jobs["remind"].trigger
    assert str(times.timezone) == "Asia/Shanghai"
    first = times.get_next_fire_time(None, house.clock.now())
    assert (first.date(), first.hour, first.minute) == (date(2024, 3, 23), 9, 0)
    every = jobs["deliver"].trigger
    assert every.get_next_fire_time(first, first) - first == timedelta(minutes=1)


def test_a_start_catches_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def noting(name: str) -> Callable[[House], str]:
        def run(_: House) -> str:
            ran.append(name)
            return ""

        return run

    entries = tuple(replace(entry, run=noting(entry.name)) for entry in TIMETABLE)
    monkeypatch.setattr(scheduler, "TIMETABLE", entries)
    with paused(house) as timetable:
        scheduler._catch_up(house, timetable)
    assert ran == ["beat", "remind", "deliver", "post"]


def test_a_job_that_fails_is_told_and_tried_again(house: House, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: House) -> str:
        raise RuntimeError("no database")

    with paused(house) as timetable:
        scheduler._run(Entry("remind", fail, "0 9 * * *", again_after=5), house, timetable)
        scheduler._run(Entry("deliver", fail, "* * * * *"), house, timetable)
        again = [job.name for job in timetable.get_jobs() if "date" in str(job.trigger)]
    assert "remind 出错" in caplog.text
    assert "deliver 出错" in caplog.text
    assert sorted(again) == ["catch up", "remind"]


def test_each_run_is_one_line(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with paused(house) as timetable:
        caplog.clear()
        for entry in TIMETABLE:
            scheduler._run(entry, house, timetable)
    (line,) = [record.getMessage() for record in caplog.records if record.name == "tracker.timetable"]
    assert line.startswith("remind 提醒 ")  # without a mail server there is nothing to deliver


def test_a_scheduler_that_is_told_to_end_while_it_starts_a_job_ends(own_database: Database) -> None:
    told = (
        "import os, signal\n"
        "from apscheduler.executors.base import BaseExecutor\n"
        "from tracker.cli import main\n"
        "submit = BaseExecutor.submit_job\n"
        "def end(*args): os.kill(os.getpid(), signal.SIGTERM); return submit(*args)\n"
        "BaseExecutor.submit_job = end\n"
        "main()"
    )
    environment = {"TRACKER_DATABASE_URL": own_database.url, "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-c", told, "scheduler"], env=environment, timeout=60, check=False)
    assert done.returncode == 0
