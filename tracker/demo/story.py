"""What has happened in the demonstration until today: the same every time, done by the real actions.

The office went live on the day on which the plan was issued, closed what was due before, set earlier
days for the self-assessment point by point; units ticked in time, late or not at all, each after its
own habit; the office accepted, returned and left the last days' ticks for the visitor.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.clock import Clock
from tracker.demo.filing import Filing
from tracker.errors import Refused
from tracker.files.store import Store
from tracker.milestones import actions
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day, State
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.plan.models import Campaign, PlanItem, Task
from tracker.plan.rules import Gate, ItemKind, PartyRole
from tracker.workdays.queries import calendar_of

DILIGENCE = {
    "芒康县": 0.45, "边坝县": 0.6, "洛隆县": 0.75, "贡觉县": 0.8, "市商务局": 0.6,
    "市科技局": 0.7, "市城管执法局": 0.75, "市民政局": 0.8, "卡若区": 1.0, "市农业农村局": 0.9,
}  # fmt: skip
USUAL_DILIGENCE = 0.95
RETURN_REASONS = (
    "工作总结未盖章，请补盖后重新提交",
    "台账缺 2023 年数据，请补齐",
    "部署文件未附文号，请补充",
    "现场照片没有文字说明，请逐张注明时间、地点、内容",
)
REVIEW_BACKLOG_DAYS = 3
"""Ticks of the last days still wait for the office."""


@dataclass(frozen=True)
class Scene:
    """Something that somebody does at a moment."""

    at: datetime
    act: Callable[[], None]


class Story:
    """Makes the scenes of one campaign, in the order of time."""

    def __init__(self, session: Session, campaign: Campaign, clock: Clock, store: Store) -> None:
        self.session = session
        self.filing = Filing(session, campaign, store)
        self.campaign = campaign
        self.clock = clock
        self.today = clock.today()
        self.calendar = calendar_of(session, campaign.jurisdiction_id)
        people = session.scalars(select(User).options(joinedload(User.unit))).all()
        self.office, self.colleague = sorted(
            (user for user in people if user.role.is_office), key=lambda user: user.username
        )
        self.liaisons = {user.unit_id: user for user in people if user.role is Role.LIAISON}
        self.liaisons[campaign.office_unit_id] = self.office

    def scenes(self) -> list[Scene]:
        """All scenes up to today, in no order."""
        rows = self.session.execute(
            select(Milestone, Task, PlanItem)
            .join(Task, Task.id == Milestone.task_id)
            .join(PlanItem, PlanItem.id == Task.item_id)
            .where(Milestone.campaign_id == self.campaign.id)
            .options(joinedload(Milestone.deadline), joinedload(Milestone.unit))
            .options(joinedload(Milestone.assignment))
            .order_by(Milestone.id)
        ).all()
        found: list[Scene] = []
        for milestone, task, item in rows:
            if milestone.is_backfill:
                found.append(self._close(milestone))
                continue
            day = self._staggered_day(milestone, item)
            if day is not None:
                found.append(self._set_earlier(milestone, day))
            found.extend(self._work(milestone, task, day or milestone.planned_on))
        return found

    def _close(self, milestone: Milestone) -> Scene:
        at = self.moment(self.campaign.live_on + timedelta(days=6), 15, milestone.id)
        return Scene(at, lambda: actions.close_backfill(self.session, milestone, by=self.office, at=at))

    def _staggered_day(self, milestone: Milestone, item: PlanItem) -> date | None:
        """The office spread the self-assessment of the scored indicators over the weeks around today."""
        if item.kind is not ItemKind.INDICATOR or milestone.deadline.gate is not Gate.SELF_ASSESSMENT:
            return None
        if item.number > 72:
            return None
        day = self.calendar.on_or_before(self.today + timedelta(days=round(item.number * 0.9) - 30))
        return day if milestone.opens_on <= day < milestone.deadline.due_on else None

    def _set_earlier(self, milestone: Milestone, day: date) -> Scene:
        at = self.moment(self.today - timedelta(days=75), 10, milestone.id)
        seen = Day(self.clock.day_of(at), self.calendar)
        return Scene(
            at, lambda: actions.set_earlier_day(self.session, milestone, day, by=self.office, at=at, day=seen)
        )

    def _work(self, milestone: Milestone, task: Task, due_on: date) -> Iterator[Scene]:
        """The tick of one milestone and what the office made of it; nothing when it is still owed."""
        chance = Random(f"{task.code} {milestone.unit.short} {milestone.deadline.code}")  # noqa: S311  # a story
        day = self._tick_day(milestone, due_on, chance)
        if day is None or day > self.today or day < milestone.opens_on:
            return
        yield self._tick(milestone, task, day)
        review_day = self.calendar.add_working_days(day, chance.randint(1, 4))
        if review_day > self.today - timedelta(days=REVIEW_BACKLOG_DAYS):
            return
        if chance.random() < 0.1:
            yield self._return(milestone, review_day, chance.choice(RETURN_REASONS))
            again = self.calendar.add_working_days(review_day, chance.randint(2, 6))
            if chance.random() < 0.6 and again <= self.today:
                yield self._tick(milestone, task, again)
                if again < self.today - timedelta(days=REVIEW_BACKLOG_DAYS + 4):
                    yield self._accept(milestone, self.calendar.add_working_days(again, 2))
        else:
            yield self._accept(milestone, review_day)

    def _tick_day(self, milestone: Milestone, due_on: date, chance: Random) -> date | None:
        diligence = DILIGENCE.get(milestone.unit.short, USUAL_DILIGENCE)
        luck = chance.random()
        head_start = 6 if milestone.assignment.role is PartyRole.SUPPORT else 1
        early = self.calendar.on_or_before(due_on - timedelta(days=head_start + chance.randint(0, 9)))
        if due_on >= self.today + timedelta(days=21):
            return None
        if luck < diligence:
            return max(early, milestone.opens_on)
        if luck < diligence + (1 - diligence) * 0.5:
            return self.calendar.on_or_after(due_on + timedelta(days=chance.randint(1, 12)))
        return None

    def _tick(self, milestone: Milestone, task: Task, day: date) -> Scene:
        by = self.liaisons[milestone.unit_id]
        at = self.moment(day, 9, milestone.id)

        def act() -> None:
            if milestone.state in (State.OPEN, State.RETURNED):
                self.filing.prepare(milestone, task, by=by, at=at, today=day)
                actions.submit(self.session, milestone, by=by, at=at, today=day)

        return Scene(at, act)

    def _accept(self, milestone: Milestone, day: date) -> Scene:
        at = self.moment(day, 16, milestone.id)

        def act() -> None:
            if milestone.state is State.SUBMITTED:
                actions.accept(self.session, milestone, by=self.colleague, at=at)

        return Scene(at, act)

    def _return(self, milestone: Milestone, day: date, reason: str) -> Scene:
        at = self.moment(day, 16, milestone.id)

        def act() -> None:
            if milestone.state is State.SUBMITTED:
                seen = Day(day, self.calendar)
                actions.send_back(self.session, milestone, reason, by=self.colleague, at=at, day=seen)

        return Scene(at, act)

    def moment(self, day: date, hour: int, salt: int) -> datetime:
        return self.clock.moment(day, time(hour, salt % 60, salt % 59))


def play(scenes: list[Scene], tick: Callable[[], object] = lambda: None) -> None:
    """Let the scenes happen; who is refused (partners not ready) lets it be."""
    for scene in scenes:
        with suppress(Refused):
            scene.act()
        tick()
