"""The timetable: what runs when. Any number of processes may run it; every job looks after itself."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.cron import CronTrigger

from tracker.clock import Clock
from tracker.config import Config
from tracker.db import Database
from tracker.operations.actions import beat
from tracker.operations.rules import SCHEDULER
from tracker.outbox.actions import expire
from tracker.outbox.jobs import deliver, deliver_posts
from tracker.outbox.smtp import SmtpSender
from tracker.outbox.webhook import post
from tracker.reminders.jobs import remind

log = logging.getLogger("tracker.timetable")

HOURS_OF_GRACE = 6
"""A job that could not start in time, as on a machine that slept, still starts within these hours."""


@dataclass(frozen=True)
class House:
    """What every job works with."""

    config: Config
    database: Database
    clock: Clock


def _remind(house: House) -> str:
    if house.config.smtp_url:
        with house.database.transaction() as session:
            expire(session, at=house.clock.now())  # what did not go yesterday may be told today
    told = remind(house.database, house.clock, base_url=house.config.base_url)
    return "；".join([f"提醒 {told.count} 人", *told.refusals])


def _deliver(house: House) -> str:
    if not house.config.smtp_url:
        return ""
    done = deliver(
        house.database,
        house.clock,
        SmtpSender(house.config.smtp_url),
        mail_from=house.config.mail_from,
    )
    return done.words


def _post(house: House) -> str:
    return deliver_posts(house.database, house.clock, post).words


def _beat(house: House) -> str:
    with house.database.transaction() as session:
        beat(session, SCHEDULER, at=Clock().now())
    return ""


@dataclass(frozen=True)
class Entry:
    """One line of the timetable: a job, its times in the city's zone, whether the start of the
    process catches up on it, and the minutes after which it is tried again when it failed."""

    name: str
    run: Callable[[House], str]
    times: str
    at_start: bool = False
    again_after: int | None = None


TIMETABLE = (
    Entry("beat", _beat, "* * * * *", at_start=True),
    Entry("remind", _remind, "0 9 * * *", at_start=True, again_after=5),
    Entry("deliver", _deliver, "* * * * *", at_start=True),
    Entry("post", _post, "* * * * *", at_start=True),
)


def background(config: Config, database: Database, clock: Clock) -> BackgroundScheduler:
    """The timetable, run by threads of its own from `.start()` to `.shutdown()`."""
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    house, zone = House(config, database, clock), config.timezone
    defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": HOURS_OF_GRACE * 3600}
    scheduler = BackgroundScheduler(timezone=zone, job_defaults=defaults)
    for entry in TIMETABLE:
        times = CronTrigger.from_crontab(entry.times, zone)
        scheduler.add_job(_run, times, (entry, house, scheduler), name=entry.name)
    scheduler.add_job(_catch_up, args=(house, scheduler), name="catch up")
    return scheduler


def _catch_up(house: House, scheduler: BaseScheduler) -> None:
    for entry in TIMETABLE:
        if entry.at_start:
            _run(entry, house, scheduler)


def _run(entry: Entry, house: House, scheduler: BaseScheduler) -> None:
    try:
        words = entry.run(house)
    except Exception:
        log.exception("%s 出错", entry.name)
        if entry.again_after:
            again_at = Clock().now() + timedelta(minutes=entry.again_after)  # of the machine, never pretended
            scheduler.add_job(_run, "date", (entry, house, scheduler), run_date=again_at, name=entry.name)
    else:
        if words:
            log.info("%s %s", entry.name, words)
