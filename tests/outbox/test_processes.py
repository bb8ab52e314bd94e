"""Real processes: four schedulers at once, and killed at random moments (long in `dev.py soak`)."""

import random
from datetime import date
from pathlib import Path

from tests.outbox.mailroom import Mailroom
from tests.soak.kills import Yard, killed_again_and_again, several_at_once
from tests.soak.months import Months
from tests.soak.town import Town
from tracker.db import Database


def test_four_schedulers_at_once_send_each_mail_once(own_database: Database, mailroom: Mailroom) -> None:
    mailroom.delay = 0.005
    several_at_once(Yard(own_database, mailroom), mail_count=40, process_count=4)


def test_a_killed_scheduler_loses_no_mail_and_repeats_none_that_was_committed(
    own_database: Database, mailroom: Mailroom
) -> None:
    mailroom.delay = 0.005
    killed_again_and_again(Yard(own_database, mailroom), random.Random(), mail_count=40, kill_count=2)


def test_a_day_of_kills_of_web_schedulers_and_mail_server_loses_nothing(
    own_database: Database, tmp_path: Path
) -> None:
    """The first working day past the 25th: liaisons and heads are told, two units still report."""
    town, seed = Town(own_database, tmp_path), random.getrandbits(32)
    months = Months(town, seed, [date(2023, 10, 26)], reports_a_day=2)
    tally = months.run(kill_count=5)
    assert (sum(tally.kills.values()), tally.reports) == (5, 2), tally.words()
    assert tally.mails >= 66
