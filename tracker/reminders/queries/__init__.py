"""Who is to be told what today: a few queries over whole sets, each leaving out what the ledger holds."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from tracker.milestones.rules import Day
from tracker.plan.models import Campaign
from tracker.reminders.items import Due, by_unit
from tracker.reminders.queries.appeals import appeal_lines
from tracker.reminders.queries.ladder import ladders_of
from tracker.reminders.queries.ledger import served, untold
from tracker.reminders.queries.mentions import mentions
from tracker.reminders.queries.milestones import late_counts, overdue_units, owing_milestones
from tracker.reminders.queries.orders import order_lines
from tracker.reminders.queries.posts import recipients
from tracker.reminders.queries.reports import digests, missing_reports, on_rungs, owed_reports
from tracker.reminders.queries.returned import returned_documents, returned_milestones
from tracker.reminders.rules.ladder import Ladder, LadderKind, is_told
from tracker.reports.queries import terms_of


def due_today(session: Session, jurisdiction_id: int, campaigns: Iterable[Campaign], day: Day) -> list[Due]:
    """Who is to be told what, by person; who has had today's mail is left out. The day is a working day."""
    people = recipients(session, jurisdiction_id, day.today)
    has_had = served(session, day.today)
    found = {person.id: Due(person) for person in people if person.id not in has_had}
    for campaign in campaigns:
        ladders = ladders_of(session, campaign)
        late = Counter(late_counts(session, campaign, day))
        late.update(_add_reports(session, campaign, ladders[LadderKind.REPORT], day, found))
        _add_milestones(session, campaign, ladders[LadderKind.MILESTONE], day, found, late)
        _add_news(session, campaign, day, found)
        for due in found.values():
            due.late_count += late[due.recipient.unit_id]
    return [due for due in found.values() if due.all_items]


def _add_reports(
    session: Session, campaign: Campaign, ladder: Ladder, day: Day, found: dict[int, Due]
) -> Counter[int]:
    """Add what is told of reports; returns how many of them each unit has late."""
    terms = terms_of(campaign, day)
    owed = owed_reports(session, campaign, terms)
    owing, rungs = on_rungs(owed, ladder, terms), {rung.days: rung for rung in ladder.rungs}
    people = [due.recipient for due in found.values()]
    people_of = by_unit(people)
    to_units = [
        (person, item)
        for unit, item in owing
        for person in people_of[unit.id]
        if is_told(person.role, rungs[item.rung])
    ]
    missing = missing_reports(campaign, ladder, owing, day)
    to_office = [(person, item) for item in missing for person in people if person.role.is_office]
    for person, item in untold(session, to_units + to_office):
        found[person.id].items.append(item)
    news = {digest.item.identity: digest for digest in digests(session, campaign, terms)}
    told_of = [(person, news[name].item) for name in news for person in people if person.role.is_office]
    for person, item in untold(session, told_of):
        found[person.id].digests.append(news[item.identity])
    return Counter(one.unit.id for one in owed if one.due_on < day.today)


def _add_milestones(
    session: Session,
    campaign: Campaign,
    ladder: Ladder,
    day: Day,
    found: dict[int, Due],
    late: Mapping[int, int],
) -> None:
    for user_id, item in owing_milestones(session, campaign, ladder, day):
        if user_id in found:
            found[user_id].items.append(item)
    office = [due.recipient for due in found.values() if due.recipient.role.is_office]
    if office:
        overdue = overdue_units(session, campaign, ladder, day, late)
        for person, item in untold(session, [(person, item) for item in overdue for person in office]):
            found[person.id].items.append(item)


def _add_news(session: Session, campaign: Campaign, day: Day, found: dict[int, Due]) -> None:
    """Add what somebody else has said or asked since: milestones and documents that were returned,
    appeals and their answers, comments."""
    people = [due.recipient for due in found.values()]
    sent_back = returned_milestones(session, campaign, day)
    news = [
        *((found[user_id].recipient, item) for user_id, item in sent_back if user_id in found),
        *order_lines(session, campaign, people),
        *appeal_lines(session, campaign, people, day),
        *returned_documents(session, campaign, people, day),
        *mentions(session, campaign, day, people),
    ]
    for person, item in untold(session, news):
        found[person.id].items.append(item)
