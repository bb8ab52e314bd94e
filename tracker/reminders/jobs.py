"""The reminder run: what is true today and was not told yet goes out, once, one mail a person.

Safe to run twice, in several processes and after any downtime: people are told some at a time, each
time in one transaction, whose unique keys let one run win and the others pass by.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.clock import Clock
from tracker.db import Database
from tracker.milestones.rules import Day
from tracker.plan.models import Campaign
from tracker.reminders import mails
from tracker.reminders.actions import Letter, tell, tell_in_app
from tracker.reminders.items import Due
from tracker.reminders.posting import GroupLetter, group_letter, tell_group
from tracker.reminders.queries import due_today
from tracker.reminders.queries.hooks import is_posted, unposted, webhook_of
from tracker.reminders.queries.posts import jurisdictions, live_campaigns
from tracker.reminders.rules import mail_key, refuse_telling
from tracker.units.models import Jurisdiction
from tracker.workdays.queries import calendar_of

AT_ONCE = 200
"""Mails of one transaction: few enough that others who write wait for a moment only."""


@dataclass
class Round:
    """What a run tells, by mail or in the system alone, or why a city is told nothing now."""

    letters: list[Letter] = field(default_factory=list)
    in_app: list[Due] = field(default_factory=list)
    groups: list[GroupLetter] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many people are told something."""
        return len(self.letters) + len(self.in_app)


def remind(database: Database, clock: Clock, *, base_url: str) -> Round:
    """Tell everybody what is due to be told now; returns what this run, and no other, told."""
    with database.session() as session:
        planned = plan_round(session, clock, base_url=base_url)
    told = Round(refusals=planned.refusals)
    for first in range(0, len(planned.letters), AT_ONCE):
        with database.transaction() as session:
            told.letters += tell(session, planned.letters[first : first + AT_ONCE], at=clock.now())
    for post in planned.groups:
        with database.transaction() as session:
            if tell_group(session, post, at=clock.now()):
                told.groups.append(post)
    for due in planned.in_app:
        with database.transaction() as session:
            if tell_in_app(session, due, at=clock.now()):
                told.in_app.append(due)
    return told


def plan_round(session: Session, clock: Clock, *, base_url: str) -> Round:
    """What a run would tell now; changes nothing."""
    planned = Round()
    for jurisdiction in jurisdictions(session):
        _plan_city(session, jurisdiction, clock.now(), base_url, planned)
    return planned


def _plan_city(
    session: Session, jurisdiction: Jurisdiction, at: datetime, base_url: str, planned: Round
) -> None:
    local = at.astimezone(jurisdiction.zone)
    day = Day(local.date(), calendar_of(session, jurisdiction.id))
    refusal = refuse_telling(local, day.calendar)
    if refusal:
        planned.refusals.append(f"{jurisdiction.name}：{refusal}")
        return
    campaigns = live_campaigns(session, jurisdiction.id, day.today)
    if not campaigns:
        return
    for campaign in campaigns:
        _plan_group(session, campaign, day, base_url, planned)
    head = mails.letterhead(campaigns, base_url, day.today)
    for due in due_today(session, jurisdiction.id, campaigns, day):
        if not due.is_mailed:
            planned.in_app.append(due)
            continue
        write = mails.digest if due.digests else mails.reminder
        key = mail_key(due.recipient.id, day.today)
        planned.letters.append(Letter(key, jurisdiction.id, due, write(due, head)))


def _plan_group(session: Session, campaign: Campaign, day: Day, base_url: str, planned: Round) -> None:
    """One message a day to the campaign's group, where it has a robot that is on."""
    hook = webhook_of(session, campaign)
    if hook is None or not hook.is_on:
        return
    items = unposted(session, campaign, day)
    letter = group_letter(campaign, hook, items, base_url=base_url, today=day.today)
    if items and not is_posted(session, letter.key):
        planned.groups.append(letter)
