"""Schedulers as real processes: four at once, and killed at random moments (long in `dev.py soak`)."""

import random

from tests.outbox.mailroom import Mailroom
from tests.soak.kills import Yard, killed_again_and_again, several_at_once
from tracker.db import Database


def test_four_schedulers_at_once_send_each_mail_once(own_database: Database, mailroom: Mailroom) -> None:
    mailroom.delay = 0.005
    several_at_once(Yard(own_database, mailroom), mail_count=40, process_count=4)


def test_a_killed_scheduler_loses_no_mail_and_repeats_none_that_was_committed(
    own_database: Database, mailroom: Mailroom
) -> None:
    mailroom.delay = 0.005
    killed_again_and_again(Yard(own_database, mailroom), random.Random(), mail_count=40, kill_count=2)
