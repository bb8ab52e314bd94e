"""Who is to be told what today: a few queries over whole sets, each leaving out what the ledger holds."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from tracker.milestones.rules import Day
from tracker.plan.models import Campaign
from tracker.reminders.items import Due
from tracker.reminders.queries.appeals import appeal_lines
from tracker.reminders.queries.ledger import served, untold
from tracker.reminders.queries.mentions import mentions
from tracker.reminders.queries.milestones import late_counts, overdue_units, owing_milestones
from tracker.reminders.queries.orders import order_lines
from tracker.reminders.queries.posts import recipients
from tracker.reminders.queries.reports import digests, missing_reports, owing_reports
from tracker.reminders.queries.returned import returned_documents
from tracker.reminders.rules import is_told
from tracker.reports.queries import terms_of


def due_today(session: Session, jurisdiction_id: int, campaigns: Iterable[Campaign], day: Day) -> list[Due]:
    """Who is to be told what, by person; who has had today's mail is left out. The day is a working day."""
    people = recipients(session, jurisdiction_id, day.today)
    has_had = served(session, people, day.today)
    found = {person.id: Due(person) for person in people if person.id not in has_had}
    for campaign in campaigns:
        late = Counter(late_counts(session, campaign, day))
        late.update(_add_reports(session, campaign, day, found))
        _add_milestones(session, campaign, day, found, late)
        _add_news(session, campaign, day, found)
        for due in found.values():
            due.late_count += late[due.recipient.unit_id]
    return [due for due in found.values() if due.all_items]


def _add_reports(session: Session, campaign: Campaign, day: Day, found: dict[int, Due]) -> Counter[int]:
    """Add what is told of reports; returns how many of them each unit has late."""
    terms = terms_of(campaign, day)
    owing = owing_reports(session, campaign, terms)
    people = [due.recipient for due in found.values()]
    to_units = [
        (person, item)
        for unit, item in owing
        for person in people
        if person.unit_id == unit.id and is_told(person.role, item.rung)
    ]
    missing = missing_reports(campaign, owing, day)
    to_office = [(person, item) for item in missing for person in people if person.role.is_office]
    for person, item in untold(session, to_units + to_office):
        found[person.id].items.append(item)
    news = {digest.item.identity: digest for digest in digests(session, campaign, terms)}
    told_of = [(person, news[name].item) for name in news for person in people if person.role.is_office]
    for person, item in untold(session, told_of):
        found[person.id].digests.append(news[item.identity])
    return Counter(unit.id for unit, item in owing if item.rung > 0)


def _add_milestones(
    session: Session, campaign: Campaign, day: Day, found: dict[int, Due], late: Mapping[int, int]
) -> None:
    for user_id, item in owing_milestones(session, campaign, day):
        if user_id in found:
            found[user_id].items.append(item)
    office = [due.recipient for due in found.values() if due.recipient.role.is_office]
    if office:
        units = [(person, item) for item in overdue_units(session, campaign, day, late) for person in office]
        for person, item in untold(session, units):
            found[person.id].items.append(item)


def _add_news(session: Session, campaign: Campaign, day: Day, found: dict[int, Due]) -> None:
    """Add what somebody else has said or asked since: appeals and their answers, documents that were
    returned, comments."""
    people = [due.recipient for due in found.values()]
    news = [
        *order_lines(session, campaign, people),
        *appeal_lines(session, campaign, people, day),
        *returned_documents(session, campaign, people, day),
        *mentions(session, campaign, day, people),
    ]
    for person, item in untold(session, news):
        found[person.id].items.append(item)
