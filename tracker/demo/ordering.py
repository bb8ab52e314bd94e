"""Supervision orders of the demonstration: one closed, one sent back, one to be checked, one new."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from tracker.demo.story import Scene, Story
from tracker.milestones.rules import Day
from tracker.supervision import actions
from tracker.supervision.models import Order
from tracker.supervision.overdue import overdue_items
from tracker.supervision.rules import Urgency
from tracker.units.models import Unit

REQUIREMENT = "请明确责任领导和经办人，逐项对照基本任务抓紧办理，补齐佐证材料，按时限办结。"
MOST_ITEMS, DAYS = 6, 5
"""How many overdue items an order names, and the working days that it gives."""


@dataclass
class Plot:
    """One unit is given an order so many days ago; it replies, and the office answers, or not yet."""

    unit: str
    days_ago: int
    urgency: Urgency = Urgency.NORMAL
    reply: str = ""
    answer: str = ""
    is_closed: bool = False
    order: Order | None = field(default=None, init=False)


def _plots() -> tuple[Plot, ...]:
    done = "已逐项补办，材料已上传"
    return (
        Plot("芒康县", 30, Urgency.URGENT, done, "同意办结", is_closed=True),
        Plot(
            "市商务局",
            18,
            Urgency.NORMAL,
            "正在与有关科室核对，月底前补齐",
            "没有写明各项的办理结果，请逐项反馈",
        ),
        Plot("边坝县", 9, Urgency.NORMAL, "已补报，台账随后补齐"),
        Plot("芒康县", 2, Urgency.MOST_URGENT),
    )


def ordering_scenes(story: Story) -> Iterator[Scene]:
    """Orders of the last month."""
    for n, plot in enumerate(_plots()):
        day = story.calendar.on_or_before(story.today - timedelta(days=plot.days_ago))
        yield _issue(story, plot, day, n)
        if plot.reply:
            yield _reply(story, plot, story.calendar.add_working_days(day, 3), n)
        if plot.answer:
            yield _answer(story, plot, story.calendar.add_working_days(day, 4), n)


def _issue(story: Story, plot: Plot, day: date, salt: int) -> Scene:
    at = story.moment(day, 10, salt)

    def act() -> None:
        session, by = story.session, story.office
        unit = session.scalars(
            select(Unit).where(
                Unit.short == plot.unit, Unit.jurisdiction_id == story.campaign.jurisdiction_id
            )
        ).one()
        items = overdue_items(session, story.campaign, unit, Day(day, story.calendar))
        items = [item for item in items if not item.order][:MOST_ITEMS]
        words = _words(story, plot, day)
        plot.order = actions.draft(session, story.campaign, unit, words, items, by=by, at=at, today=day)
        actions.issue(session, plot.order, by=by, at=at)

    return Scene(at, act)


def _words(story: Story, plot: Plot, day: date) -> actions.Words:
    return actions.Words(
        title=f"{plot.unit}创建工作逾期事项",
        source="逾期事项",
        requirement=REQUIREMENT,
        urgency=plot.urgency,
        signer="高某某",
        due_on=story.calendar.add_working_days(day, DAYS),
    )


def _reply(story: Story, plot: Plot, day: date, salt: int) -> Scene:
    at = story.moment(day, 11, salt)

    def act() -> None:
        if plot.order is not None:
            by = story.liaisons[plot.order.unit_id]
            actions.acknowledge(story.session, plot.order, by=by, at=at)
            actions.reply(story.session, plot.order, plot.reply, [], by=by, at=at)

    return Scene(at, act)


def _answer(story: Story, plot: Plot, day: date, salt: int) -> Scene:
    at = story.moment(day, 16, salt)

    def act() -> None:
        if plot.order is not None:
            answer = actions.close if plot.is_closed else actions.send_back
            answer(story.session, plot.order, plot.answer, by=story.colleague, at=at)

    return Scene(at, act)
