"""Who is to be told what today: a few queries over whole sets, each leaving out what the ledger holds."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from tracker.milestones.rules import Day
from tracker.plan.models import Campaign
from tracker.reminders.items import Due
from tracker.reminders.queries.appeals import appeal_lines
from tracker.reminders.queries.ladder import ladders_of
from tracker.reminders.queries.ledger import served, untold
from tracker.reminders.queries.mentions import mentions
from tracker.reminders.queries.milestones import late_counts, overdue_units, owing_milestones
from tracker.reminders.queries.orders import order_lines
from tracker.reminders.queries.posts import recipients
from tracker.reminders.queries.reports import Owed, digests, missing_reports, on_rungs, owed_reports
from tracker.reminders.queries.returned import returned_documents, returned_lines
from tracker.reminders.rules.ladder import Ladders, is_told
from tracker.reports.queries import terms_of
from tracker.reports.rules import Terms


def due_today(session: Session, jurisdiction_id: int, campaigns: Iterable[Campaign], day: Day) -> list[Due]:
    """Who is to be told what, by person; who has had today's mail is left out. The day is a working day."""
    people = recipients(session, jurisdiction_id, day.today)
    has_had = served(session, people, day.today)
    found = {person.id: Due(person) for person in people if person.id not in has_had}
    for campaign in campaigns:
        ladders = ladders_of(session, campaign)
        terms = terms_of(campaign, day)
        owed = owed_reports(session, campaign, terms)
        late = Counter(late_counts(session, campaign, day))
        late.update(one.unit.id for one in owed if one.due_on < day.today)
        _add_reports(session, campaign, ladders, owed, terms, found)
        _add_milestones(session, campaign, ladders, day, found, late)
        _add_news(session, campaign, owed, day, found)
        for due in found.values():
            due.late_count += late[due.recipient.unit_id]
    return [due for due in found.values() if due.all_items]


def _add_reports(
    session: Session,
    campaign: Campaign,
    ladders: Ladders,
    owed: Sequence[Owed],
    terms: Terms,
    found: dict[int, Due],
) -> None:
    """Add what is told of reports."""
    climbing = on_rungs(owed, ladders, terms)
    people = [due.recipient for due in found.values()]
    to_units = [
        (person, item)
        for one, rung, item in climbing
        for person in people
        if person.unit_id == one.unit.id and is_told(person.role, rung)
    ]
    missing = missing_reports(campaign, climbing, terms.day)
    to_office = [(person, item) for item in missing for person in people if person.role.is_office]
    for person, item in untold(session, to_units + to_office):
        found[person.id].items.append(item)
    news = {digest.item.identity: digest for digest in digests(session, campaign, terms)}
    told_of = [(person, news[name].item) for name in news for person in people if person.role.is_office]
    for person, item in untold(session, told_of):
        found[person.id].digests.append(news[item.identity])


def _add_milestones(
    session: Session,
    campaign: Campaign,
    ladders: Ladders,
    day: Day,
    found: dict[int, Due],
    late: Mapping[int, int],
) -> None:
    for user_id, item in owing_milestones(session, campaign, ladders, day):
        if user_id in found:
            found[user_id].items.append(item)
    office = [due.recipient for due in found.values() if due.recipient.role.is_office]
    if office:
        overdue = overdue_units(session, campaign, ladders, day, late)
        for person, item in untold(session, [(person, item) for item in overdue for person in office]):
            found[person.id].items.append(item)


def _add_news(
    session: Session, campaign: Campaign, owed: Sequence[Owed], day: Day, found: dict[int, Due]
) -> None:
    """Add what somebody else has said or asked since: milestones, reports and documents that were returned,
    appeals and their answers, comments. To be added last: what a rung tells of a return is not told twice."""
    people = [due.recipient for due in found.values()]
    news = [
        *returned_lines(session, campaign, found, owed, day),
        *order_lines(session, campaign, people),
        *appeal_lines(session, campaign, people, day),
        *returned_documents(session, campaign, people, day),
        *mentions(session, campaign, day, people),
    ]
    for person, item in untold(session, news):
        found[person.id].items.append(item)
