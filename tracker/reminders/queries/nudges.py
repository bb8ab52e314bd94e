"""What a nudge (催办) needs to know: how the one who urges stands to the shares, who was urged today."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.assignments.models import Assignment
from tracker.evidence.queries import Filing, covered_years, slots_by_task
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day
from tracker.people.models import User
from tracker.plan.models import Campaign, Task
from tracker.plan.rules import PartyRole
from tracker.reminders.items import Item, Recipient
from tracker.reminders.models import Notice
from tracker.reminders.queries.milestones import nudge_items
from tracker.reminders.queries.posts import recipients
from tracker.reminders.rules import NoticeKind, Ties, Urged, refuse_nudge


@dataclass(frozen=True)
class Standing:
    """How somebody stands to the shares that are to be urged: the tasks that the own unit leads, the
    items in which it has a share, the milestones urged today, and who would read of it by unit."""

    by: User
    today: date
    led: Collection[int]
    items: Collection[int]
    urged: Collection[int]
    posts: dict[int, list[Recipient]]

    def refusal(self, milestone: Milestone) -> str | None:
        """Why the milestone may not be urged now, or None."""
        unit, ties = milestone.unit, Ties(milestone.task_id in self.led, milestone.task.item_id in self.items)
        urged = Urged(unit.id, unit.kind, milestone.assignment.role)
        if reason := refuse_nudge(milestone, urged, self.by, self.by.unit.kind, ties, self.today):
            return reason
        if milestone.id in self.urged:
            return "今天已经催过"
        return None if self.posts.get(unit.id) else "该单位没有在用的联络员账号，没有人收催办邮件"


def standing(session: Session, milestones: Collection[Milestone], by: User, today: date) -> Standing:
    """How `by` stands to these milestones."""
    items = {milestone.task.item_id for milestone in milestones}
    own = session.execute(
        select(Task.id, Task.item_id, Assignment.role)
        .join(Assignment, Assignment.task_id == Task.id)
        .where(Task.item_id.in_(items), Assignment.unit_id == by.unit_id, Assignment.left_on.is_(None))
    ).all()
    return Standing(
        by,
        today,
        led={row.id for row in own if row.role is PartyRole.LEAD},
        items={row.item_id for row in own},
        urged=urged_today(session, [milestone.id for milestone in milestones], today),
        posts=posts_of(session, by.unit.jurisdiction_id, today, {one.unit_id for one in milestones}),
    )


def nudge_lines(
    session: Session, campaign: Campaign, urged: Mapping[int, Milestone], day: Day
) -> Iterator[tuple[Milestone, Item]]:
    """What a unit reads of each milestone that is urged: its day, and the materials that are missing in
    the unit's own eyes."""
    slots = slots_by_task(session, campaign)
    units, tasks = ({getattr(one, name) for one in urged.values()} for name in ("unit_id", "task_id"))
    filings = {
        unit_id: Filing(slots, covered_years(session, unit_id, tasks, is_own=True), campaign.starts_on)
        for unit_id in units
    }
    for milestone_id, item in nudge_items(session, campaign, urged, day).items():
        milestone = urged[milestone_id]
        materials = filings[milestone.unit_id].of(milestone.task_id, milestone.due_on)
        yield milestone, replace(item, text=f"{item.text}；{materials.words}") if materials.missing else item


def urged_today(session: Session, milestone_ids: Iterable[int], today: date) -> set[int]:
    """The milestones among these that somebody urged today."""
    told = Notice.kind == NoticeKind.NUDGE, Notice.late_from == today
    return set(session.scalars(select(Notice.object_id).where(*told, Notice.object_id.in_(milestone_ids))))


def lock(session: Session, milestones: Iterable[Milestone]) -> None:
    """Hold the rows until the end: of two who urge at the same moment, the second sees the first."""
    ids = sorted(milestone.id for milestone in milestones)
    session.execute(
        select(Milestone.id).where(Milestone.id.in_(ids)).order_by(Milestone.id).with_for_update()
    )


def posts_of(
    session: Session, jurisdiction_id: int, today: date, unit_ids: Collection[int]
) -> dict[int, list[Recipient]]:
    """Who would read of it, by unit: the liaisons in service."""
    found: dict[int, list[Recipient]] = defaultdict(list)
    for person in recipients(session, jurisdiction_id, today):
        if person.unit_id in unit_ids and person.role.handles_tasks:
            found[person.unit_id].append(person)
    return found
