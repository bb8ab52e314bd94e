"""What the office returned, milestones, reports and documents: told at once, with the reason, to the units
that have to mend it; the ladder of returned things goes on from there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.evidence.models import Evidence
from tracker.evidence.rules import EvidenceState
from tracker.labels import shortened
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day, State
from tracker.plan.models import Campaign, Task
from tracker.reminders.items import Due, Item, Recipient, news
from tracker.reminders.models import Notice
from tracker.reminders.queries.ledger import went_stale
from tracker.reminders.queries.milestones import line_words, lines_for
from tracker.reminders.queries.posts import REMINDED
from tracker.reminders.queries.reports import Owed
from tracker.reminders.rules import DIGEST_DAYS, NoticeKind, quoted
from tracker.reports.models import MonthlyReport
from tracker.reports.rules import ReportState

RUNGS = {
    NoticeKind.RETURNED_MILESTONE: NoticeKind.MILESTONE,
    NoticeKind.RETURNED_REPORT: NoticeKind.REPORT,
}
"""As what the ladder tells of the same thing."""


class Back(NamedTuple):
    """The line of what was returned at a moment, for a person."""

    person: Recipient
    item: Item
    at: datetime

    @property
    def on_ladder(self) -> tuple[int, NoticeKind, int]:
        """Who is told of the same thing on the ladder."""
        return self.person.id, RUNGS[self.item.kind], self.item.object_id


def returned_lines(
    session: Session, campaign: Campaign, found: Mapping[int, Due], owed: Iterable[Owed], day: Day
) -> Iterator[tuple[Recipient, Item]]:
    """Every milestone and report that was returned of late and still waits, with each person who is to
    mend it, but whom a rung, which gives the reason too, tells of it in today's mail or has told since.

    Args:
        found: what everybody is told today by the ladders.
        owed: the reports that the office has not in hand.
    """
    first_day = day.calendar.add_working_days(day.today, -DIGEST_DAYS)
    back = [
        *_reports(campaign, found, owed, first_day),
        *_milestones(session, campaign, found, first_day, day.today),
    ]
    rungs = _rung_mails(session, campaign, back)
    for one in back:
        told_at = rungs.get(one.on_ladder)
        if not _is_told_today(one, found[one.person.id]) and (told_at is None or told_at < one.at):
            yield one.person, one.item


def returned_documents(
    session: Session, campaign: Campaign, people: Sequence[Recipient], day: Day
) -> Iterator[tuple[Recipient, Item]]:
    """Every document that was returned of late and still waits, with each liaison of its unit."""
    first_day = day.calendar.add_working_days(day.today, -DIGEST_DAYS)
    rows = session.execute(
        select(Evidence.id, Evidence.unit_id, Evidence.title, Evidence.reason, Evidence.decided_at)
        .where(
            Evidence.campaign_id == campaign.id,
            Evidence.state == EvidenceState.RETURNED,
            Evidence.decided_at >= datetime.combine(first_day, time(), campaign.jurisdiction.zone),
        )
        .order_by(Evidence.decided_at, Evidence.id)
    ).all()
    for row in rows:
        item = _document(campaign, row)
        for person in people:
            if person.unit_id == row.unit_id and person.role.handles_tasks:
                yield person, item


def _milestones(
    session: Session, campaign: Campaign, found: Mapping[int, Due], first_day: date, today: date
) -> Iterator[Back]:
    rows = session.execute(
        lines_for([role for role in REMINDED if role.handles_tasks], today)
        .add_columns(Milestone.returned_on, Milestone.decided_at)
        .where(
            Milestone.campaign_id == campaign.id,
            Milestone.state == State.RETURNED,
            Milestone.returned_on >= first_day,
        )
        .order_by(Milestone.returned_on, Task.position, Milestone.id)
    )
    for row in rows:
        if row.user_id in found:
            yield Back(found[row.user_id].recipient, _milestone(campaign, row), row.decided_at)


def _reports(
    campaign: Campaign, found: Mapping[int, Due], owed: Iterable[Owed], first_day: date
) -> Iterator[Back]:
    zone = campaign.jurisdiction.zone
    for one in owed:
        report = one.returned
        if report is None or report.returned_at is None or report.state is not ReportState.RETURNED:
            continue
        returned_on = report.returned_at.astimezone(zone).date()
        if returned_on < first_day:
            continue
        item = _report(one, report, returned_on)
        for due in found.values():
            if due.recipient.unit_id == one.unit.id and due.recipient.role.handles_tasks:
                yield Back(due.recipient, item, report.returned_at)


def _is_told_today(back: Back, due: Due) -> bool:
    return any(
        (back.person.id, item.kind, item.object_id) == back.on_ladder
        for item in due.items
        if item.channel.is_mail and item.campaign_id == back.item.campaign_id
    )


def _rung_mails(
    session: Session, campaign: Campaign, back: Iterable[Back]
) -> dict[tuple[int, NoticeKind, int], datetime]:
    """When a rung last told of the same thing by mail."""
    things = {one.item.object_id for one in back}
    if not things:
        return {}
    rows = session.execute(
        select(Notice.user_id, Notice.kind, Notice.object_id, Notice.at)
        .where(
            Notice.campaign_id == campaign.id,
            Notice.kind.in_(RUNGS.values()),
            Notice.object_id.in_(things),
            Notice.message_id.is_not(None),
            ~went_stale(),
        )
        .order_by(Notice.at)
    )
    return {(row.user_id, row.kind, row.object_id): row.at for row in rows}


def _milestone(campaign: Campaign, row: Any) -> Item:
    back = f"：被市食安办退回（{row.returned_on}）：{quoted(row.reason)}"
    return news(
        NoticeKind.RETURNED_MILESTONE,
        campaign.id,
        row.id,
        row.returned_on,
        name=f"退回 {row.code} {row.label}",
        text=f"{line_words(row)}{back}；期限 {row.due_on}",
        path=f"/tasks/{row.task_id}?milestone={row.id}",
    )


def _report(one: Owed, report: MonthlyReport, returned_on: date) -> Item:
    back = f"被市食安办退回（{returned_on}）：{quoted(report.return_reason)}"
    return news(
        NoticeKind.RETURNED_REPORT,
        one.month.campaign_id,
        one.month.id,
        returned_on,
        name=f"退回 {one.month.name} 月报",
        text=f"{one.month.name} 月报：{back}；重报期限 {one.due_on}",
        path=f"/reports/{one.month.id}",
    )


def _document(campaign: Campaign, row: Any) -> Item:
    returned_on = row.decided_at.astimezone(campaign.jurisdiction.zone).date()
    return news(
        NoticeKind.RETURNED_DOCUMENT,
        campaign.id,
        row.id,
        returned_on,
        name=f"退回材料 {shortened(row.title, 20)}",
        text=f"《{row.title}》被市食安办退回（{returned_on}）：{quoted(row.reason)}",
        path=f"/evidence/{row.id}",
    )
