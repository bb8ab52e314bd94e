"""Telling a person, by the ladder or because somebody urges: the mail into the outbox and its lines into
the ledger, in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.events.actions import record
from tracker.milestones.bulk import Bulk
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day, Step
from tracker.outbox.actions import Draft, queue, queue_missing
from tracker.outbox.mails import Mail
from tracker.outbox.rules import goes_at
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders import mails
from tracker.reminders.items import Due, Item, Recipient
from tracker.reminders.mails import Letterhead, Urger
from tracker.reminders.models import Notice
from tracker.reminders.queries.ledger import untold, went_stale
from tracker.reminders.queries.nudges import Standing, lock, nudge_lines, standing
from tracker.reminders.rules import nudge_key


@dataclass(frozen=True)
class Letter:
    """One person's mail of one day."""

    key: str
    jurisdiction_id: int
    due: Due
    mail: Mail


def tell(session: Session, letters: Sequence[Letter], *, at: datetime) -> list[Letter]:
    """Queue the mails and note what they tell; returns those that nobody else has written meanwhile.

    Raises:
        IntegrityError: something else than a mail's key is in the way.
    """
    numbers = queue_missing(session, [_draft(letter) for letter in letters], at=at)
    told = [letter for letter in letters if letter.key in numbers]
    _note(session, [(letter.due, numbers[letter.key]) for letter in told], at)
    return told


def tell_in_app(session: Session, due: Due, *, at: datetime) -> bool:
    """Note what is told in the system alone; False when somebody else noted it meanwhile.

    Raises:
        IntegrityError: something else than what was told already is in the way.
    """
    try:
        with session.begin_nested():
            _note(session, [(due, None)], at)
    except IntegrityError:
        lines = [(due.recipient, item) for item in due.all_items]
        if len(list(untold(session, lines))) == len(lines):
            raise
        return False
    return True


def nudge(
    session: Session,
    campaign: Campaign,
    milestones: Sequence[Milestone],
    *,
    by: User,
    at: datetime,
    day: Day,
    head: Letterhead,
) -> Bulk[Milestone]:
    """催办: mail what they owe to the liaisons of the milestones' units, one mail a person; a milestone
    is urged once a day, whoever does it. What may not be urged is told with its reason."""
    lock(session, milestones)
    case = standing(session, milestones, by, day.today)
    reasons = [(milestone, case.refusal(milestone)) for milestone in milestones]
    urged = {milestone.id: milestone for milestone, reason in reasons if reason is None}
    for due in _by_person(case, nudge_lines(session, campaign, urged, day)):
        _send_nudge(session, due, by=by, at=at, day=day, head=head)
    for milestone in urged.values():
        _record_nudge(session, milestone, case.posts[milestone.unit_id], by=by, at=at)
    return Bulk(len(urged), [(milestone, reason) for milestone, reason in reasons if reason])


def _by_person(case: Standing, urged: Iterable[tuple[Milestone, Item]]) -> list[Due]:
    found: dict[int, Due] = {}
    for milestone, item in urged:
        for recipient in case.posts[milestone.unit_id]:
            found.setdefault(recipient.id, Due(recipient)).items.append(item)
    return list(found.values())


def _record_nudge(
    session: Session, milestone: Milestone, told: Iterable[Recipient], *, by: User, at: datetime
) -> None:
    names = "、".join(recipient.name for recipient in told)
    record(
        session, "milestone", milestone.id, Step.NUDGE.value, by=by, at=at, note=f"发给：{names}",
        task_id=milestone.task_id, unit_id=milestone.unit_id,
    )  # fmt: skip


def _send_nudge(session: Session, due: Due, *, by: User, at: datetime, day: Day, head: Letterhead) -> None:
    recipient, jurisdiction = due.recipient, by.unit.jurisdiction
    message = queue(
        session,
        nudge_key(recipient.id, due.items[0].object_id, day.today),
        mails.nudge(recipient, due.items, Urger(by.unit.short, by.name), head),
        user_id=recipient.id,
        address=recipient.email,
        jurisdiction_id=jurisdiction.id,
        at=goes_at(at.astimezone(jurisdiction.zone), day.calendar),
    )
    session.execute(insert(Notice), rows(due, message.id, at))


def _draft(letter: Letter) -> Draft:
    recipient = letter.due.recipient
    return Draft(letter.key, letter.mail, recipient.id, recipient.email, letter.jurisdiction_id)


def _note(session: Session, told: Sequence[tuple[Due, int | None]], at: datetime) -> None:
    """Lines of the ledger; what stood in mails that were given up makes room for them."""
    if not told:
        return
    people = [due.recipient.id for due, _ in told]
    session.execute(delete(Notice).where(Notice.user_id.in_(people), went_stale()))
    session.execute(insert(Notice), [row for due, number in told for row in rows(due, number, at)])


def rows(due: Due, message_id: int | None, at: datetime) -> list[dict[str, object]]:
    return [
        {
            "campaign_id": item.campaign_id,
            "kind": item.kind,
            "object_id": item.object_id,
            "late_from": item.late_from,
            "rung": item.rung,
            "user_id": due.recipient.id,
            "message_id": message_id if item.channel.is_mail else None,
            "is_in_app": item.channel.is_in_app,
            "read_at": None if item.channel.is_in_app else at,
            "at": at,
            "text": item.text,
            "url": item.path,
        }
        for item in due.all_items
    ]
