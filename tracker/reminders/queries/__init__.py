"""Who is to be told what today: a few queries over whole sets, each leaving out what the ledger holds."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tracker.milestones.rules import Day
from tracker.plan.models import Campaign
from tracker.reminders.items import Due, Item, Recipient, by_unit
from tracker.reminders.queries.appeals import appeal_lines
from tracker.reminders.queries.approvals import approval_lines
from tracker.reminders.queries.ladder import ladders_of
from tracker.reminders.queries.ledger import served, untold
from tracker.reminders.queries.mentions import mentions
from tracker.reminders.queries.milestones import late_counts, overdue_units, owing_milestones
from tracker.reminders.queries.orders import order_lines
from tracker.reminders.queries.posts import leaders, recipients
from tracker.reminders.queries.reports import (
    Climbing,
    Owed,
    digests,
    missing_reports,
    on_rungs,
    owed_reports,
)
from tracker.reminders.queries.returned import returned_documents, returned_lines
from tracker.reminders.rules.ladder import Audience, Ladders, is_told
from tracker.reports.queries import terms_of
from tracker.reports.rules import Terms

People = dict[int, Due]
"""Who is told what, by person."""


@dataclass(frozen=True)
class Case:
    """A campaign today: the reports that the office has not in hand and those of them that are on a rung,
    and how much each unit has late in all."""

    campaign: Campaign
    ladders: Ladders
    terms: Terms
    owed: Sequence[Owed]
    climbing: Sequence[Climbing]
    late: Counter[int]

    @property
    def day(self) -> Day:
        return self.terms.day


def due_today(session: Session, jurisdiction_id: int, campaigns: Iterable[Campaign], day: Day) -> list[Due]:
    """Who is to be told what, by person; who has had today's mail is left out. The day is a working day."""
    people = recipients(session, jurisdiction_id, day.today)
    in_charge = leaders(session, jurisdiction_id, day.today)
    has_had = served(session, day.today)
    found = {person.id: Due(person) for person in people if person.id not in has_had}
    led = {person.id: Due(person) for person in in_charge if person.id not in has_had}
    for campaign in campaigns:
        case = _case(session, campaign, day)
        _add_reports(session, case, found)
        _add_milestones(session, case, found)
        _add_news(session, case, found)
        _add_led(session, case, in_charge, led)
        for due in found.values():
            due.late_count += case.late[due.recipient.unit_id]
    return [due for due in (*found.values(), *led.values()) if due.all_items]


def _case(session: Session, campaign: Campaign, day: Day) -> Case:
    ladders, terms = ladders_of(session, campaign), terms_of(campaign, day)
    owed = owed_reports(session, campaign, terms)
    late = Counter(late_counts(session, campaign, day))
    late.update(one.unit.id for one in owed if one.due_on < day.today)
    return Case(campaign, ladders, terms, owed, on_rungs(owed, ladders, terms), late)


def _add_reports(session: Session, case: Case, found: People) -> None:
    """Add what is told of reports."""
    people = [due.recipient for due in found.values()]
    people_of = by_unit(people)
    to_units = [
        (person, item)
        for one, rung, item in case.climbing
        for person in people_of[one.unit.id]
        if is_told(person.role, rung)
    ]
    missing = missing_reports(case.campaign, case.climbing, case.day, to=Audience.OFFICE)
    to_office = [(person, item) for item in missing for person in people if person.role.is_office]
    _add_untold(session, found, to_units + to_office)
    news = {digest.item.identity: digest for digest in digests(session, case.campaign, case.terms)}
    told_of = [(person, news[name].item) for name in news for person in people if person.role.is_office]
    for person, item in untold(session, told_of):
        found[person.id].digests.append(news[item.identity])


def _add_milestones(session: Session, case: Case, found: People) -> None:
    for user_id, item in owing_milestones(session, case.campaign, case.ladders, case.day):
        if user_id in found:
            found[user_id].items.append(item)
    office = [due.recipient for due in found.values() if due.recipient.role.is_office]
    if office:
        overdue = _overdue_units(session, case, to=Audience.OFFICE)
        _add_untold(session, found, [(person, item) for item in overdue for person in office])


def _add_news(session: Session, case: Case, found: People) -> None:
    """Add what somebody else has said or asked since: milestones, reports and documents that were returned,
    reports that wait for a head, orders, appeals and their answers, comments. To be added last: what a
    rung tells of a return is not told twice."""
    campaign, day = case.campaign, case.day
    people = [due.recipient for due in found.values()]
    news = [
        *returned_lines(session, campaign, found, case.owed, day),
        *approval_lines(session, campaign, people, case.terms),
        *order_lines(session, campaign, people),
        *appeal_lines(session, campaign, people, day),
        *returned_documents(session, campaign, people, day),
        *mentions(session, campaign, day, people),
    ]
    _add_untold(session, found, news)


def _add_led(session: Session, case: Case, in_charge: Mapping[Recipient, set[int]], led: People) -> None:
    """Add what leaders are told of the units that they are in charge of."""
    if not led:
        return
    overdue = list(_overdue_units(session, case, to=Audience.LEADER))
    lines: list[tuple[Recipient, Item]] = []
    for person in (due.recipient for due in led.values()):
        units = in_charge[person]
        own = [one for one in case.climbing if one.owed.unit.id in units]
        missing = missing_reports(case.campaign, own, case.day, to=Audience.LEADER)
        lines += [(person, item) for item in missing]
        lines += [(person, item) for item in overdue if item.object_id in units]
    _add_untold(session, led, lines)


def _overdue_units(session: Session, case: Case, *, to: Audience) -> Iterable[Item]:
    return overdue_units(session, case.campaign, case.ladders, case.day, case.late, to=to)


def _add_untold(session: Session, found: People, lines: Sequence[tuple[Recipient, Item]]) -> None:
    for person, item in untold(session, lines):
        found[person.id].items.append(item)
