"""What units of the demonstration took note of, what they asked the office, and what it answered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from tracker.appeals import actions
from tracker.appeals.models import Appeal
from tracker.appeals.queries import is_handed_in
from tracker.appeals.rules import AppealKind, Ground
from tracker.assignments.actions import acknowledge
from tracker.assignments.queries import unacknowledged
from tracker.demo.story import Scene, Story
from tracker.forgotten.actions import ask as forget
from tracker.milestones.models import Milestone
from tracker.milestones.rules import State
from tracker.people.models import User
from tracker.units.models import Unit

FORGETFUL = "bianba"
"""Who asked for a new password yesterday."""
SLOW_TO_ACKNOWLEDGE = frozenset({"芒康县", "边坝县", "市商务局"})


@dataclass
class Plot:
    """One unit asks, so many days ago, and the office answers, or leaves it for the visitor."""

    unit: str
    kind: AppealKind
    days_ago: int
    reason: str
    answer: str = ""
    is_granted: bool = False
    appeal: Appeal | None = field(default=None, init=False)


def _plots() -> tuple[Plot, ...]:
    extension, waiver, objection = AppealKind.EXTENSION, AppealKind.WAIVER, AppealKind.OBJECTION
    return (
        Plot("洛隆县", extension, 16, "山路塌方，检测车辆月底才能到县", "同意，请抓紧", is_granted=True),
        Plot("市民政局", waiver, 12, "辖区内没有新建的养老机构食堂", "请附在册名单后再提出"),
        Plot("边坝县", extension, 2, "新换经办人，台账还在核对"),
        Plot("卡若区", waiver, 1, "辖区内没有这一业态，附清查说明"),
        Plot("市商务局", objection, 1, "这一项由市市场监管局办理"),
    )


def asking_scenes(story: Story) -> Iterator[Scene]:
    """签收 in the first days, and a few appeals of the last weeks."""
    for n, (unit_id, by) in enumerate(sorted(story.liaisons.items())):
        if by.unit.short not in SLOW_TO_ACKNOWLEDGE:
            yield _acknowledge_all(story, unit_id, by, story.campaign.live_on + timedelta(days=1 + n % 5))
    for n, plot in enumerate(_plots()):
        asked_on = story.calendar.on_or_before(story.today - timedelta(days=plot.days_ago))
        yield _ask(story, plot, asked_on, n)
        if plot.answer:
            yield _answer(story, plot, story.calendar.add_working_days(asked_on, 2), n)
    yield _forget_password(story)


def _forget_password(story: Story) -> Scene:
    """Somebody without a mail server asks for a new password, which waits for the security administrator."""
    at = story.moment(story.calendar.add_working_days(story.today, -1), 16, 9)
    name = FORGETFUL

    def act() -> None:
        forget(story.session, name, can_mail=False, at=at, today=at.date(), origin="10.2.0.23")

    return Scene(at, act)


def _acknowledge_all(story: Story, unit_id: int, by: User, day: date) -> Scene:
    at = story.moment(day, 9, unit_id)

    def act() -> None:
        for assignment in unacknowledged(story.session, story.campaign, unit_id):
            acknowledge(story.session, assignment, by=by, at=at)

    return Scene(at, act)


def _ask(story: Story, plot: Plot, day: date, salt: int) -> Scene:
    at = story.moment(day, 11, salt)

    def act() -> None:
        found = _milestone(story, plot, day)
        if found is None:
            return
        session, by = story.session, story.liaisons[found.unit_id]
        if plot.kind is AppealKind.EXTENSION:
            new_day = found.due_on + timedelta(days=20)
            plot.appeal = actions.ask_extension(session, found, new_day, plot.reason, by=by, at=at, today=day)
        elif plot.kind is AppealKind.WAIVER:
            plot.appeal = actions.ask_waiver(session, found, plot.reason, by=by, at=at)
        else:
            plot.appeal = actions.object_to(
                session, found.assignment, Ground.NOT_OURS, plot.reason, by=by, at=at
            )

    return Scene(at, act)


def _answer(story: Story, plot: Plot, day: date, salt: int) -> Scene:
    at = story.moment(day, 15, salt)

    def act() -> None:
        if plot.appeal is not None:
            answer = actions.grant if plot.is_granted else actions.refuse
            answer(story.session, plot.appeal, plot.answer, by=story.colleague, at=at)

    return Scene(at, act)


def _milestone(story: Story, plot: Plot, day: date) -> Milestone | None:
    """What the unit asks about: the next milestone that it owes; to object, of a task not begun."""
    query = (
        select(Milestone)
        .join(Unit, Unit.id == Milestone.unit_id)
        .where(
            Milestone.campaign_id == story.campaign.id,
            Unit.short == plot.unit,
            Milestone.state == State.OPEN,
            Milestone.is_backfill.is_(False),
            Milestone.opens_on <= day,
            Milestone.due_on > day + timedelta(days=1),
        )
        .order_by(Milestone.due_on, Milestone.id.desc())
    )
    if plot.kind is AppealKind.OBJECTION:
        rows = story.session.scalars(query)
        return next((row for row in rows if not is_handed_in(story.session, row.assignment_id)), None)
    return story.session.scalars(query.limit(1)).first()
