"""The flow and the light of a milestone: pure functions of its facts and of today."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Protocol

from tracker.assignments.rules import Actor, may_act_for
from tracker.labels import LabelledEnum, SignEnum
from tracker.plan.rules import GRACE_DAYS
from tracker.workdays.rules import Calendar

NEAR_DAYS = 7
"""Working days from which on a light is yellow."""
RETURN_DAYS = 3
"""Working days that a unit has at least after a return."""


class State(LabelledEnum):
    """节点状态."""

    OPEN = "open", "待办"
    SUBMITTED = "submitted", "待审核"
    ACCEPTED = "accepted", "办结"
    RETURNED = "returned", "退回"
    WAIVED = "waived", "合理缺项"
    LEFT = "left", "已退出"


DONE = frozenset({State.ACCEPTED, State.WAIVED})
OWING = frozenset({State.OPEN, State.RETURNED})


class Light(SignEnum):
    """灯: what a milestone looks like today."""

    LATE = "late", "逾期", "late", "■"
    NEAR = "near", "临期", "near", "▲"
    AHEAD = "ahead", "正常", "ok", "●"
    WAITING = "waiting", "等待配合", "idle", "◇"
    REVIEW = "review", "待审核", "idle", "◎"
    DONE = "done", "办结", "ok", "✓"
    BACKFILL = "backfill", "待补录", "idle", "□"
    NOT_OPEN = "not_open", "未开始", "idle", "○"
    LEFT = "left", "已退出", "idle", "－"


class Step(LabelledEnum):
    """办理动作."""

    SUBMIT = "submit", "提交"
    TAKE_BACK = "take_back", "撤回"
    ACCEPT = "accept", "办结"
    RETURN = "return", "退回"
    CLOSE_BACKFILL = "close_backfill", "补录办结"
    SET_EARLIER = "set_earlier", "提前期限"
    LEAVE = "leave", "退出"
    COME_BACK = "come_back", "恢复"
    NUDGE = "nudge", "催办"
    WAIVE = "waive", "认定合理缺项"
    EXTEND = "extend", "延期"


TRANSITIONS: dict[Step, frozenset[State]] = {
    Step.SUBMIT: OWING,
    Step.TAKE_BACK: frozenset({State.SUBMITTED}),
    Step.ACCEPT: frozenset({State.SUBMITTED}),
    Step.RETURN: frozenset({State.SUBMITTED, State.ACCEPTED}),
    Step.CLOSE_BACKFILL: frozenset({State.OPEN}),
    Step.SET_EARLIER: OWING,
    Step.LEAVE: OWING,
    Step.COME_BACK: frozenset({State.LEFT}),
    Step.NUDGE: OWING,
    Step.WAIVE: OWING,
    Step.EXTEND: OWING,
}
"""From which states a step may start."""


class Facts(Protocol):
    """What a rule needs to know of a milestone; a row or an object with these columns."""

    @property
    def state(self) -> State: ...
    @property
    def opens_on(self) -> date: ...
    @property
    def due_on(self) -> date: ...
    @property
    def late_from(self) -> date: ...
    @property
    def is_waiting(self) -> bool: ...
    @property
    def is_backfill(self) -> bool: ...
    @property
    def submitted_on(self) -> date | None: ...


class Moved(Protocol):
    """What is told of a day that is not the planned one."""

    @property
    def planned_on(self) -> date: ...
    @property
    def extension_count(self) -> int: ...


@dataclass(frozen=True)
class Day:
    """Today, with what the lights of today need; one for a whole page.

    `near_through` is the last due day that is at most `NEAR_DAYS` working days away.
    """

    today: date
    calendar: Calendar

    @cached_property
    def near_through(self) -> date:
        return self.calendar.add_working_days(self.today, NEAR_DAYS + 1) - timedelta(days=1)

    @cached_property
    def working_days_to(self) -> Callable[[date], int]:
        """Working days from today to a day, negative when it is past; counted once for all the rows of a
        page that share it."""
        return cache(lambda then: self.calendar.working_days_between(self.today, then))


def is_overdue(milestone: Facts, today: date) -> bool:
    """Whether the unit owes it and the day has passed (SQL sister: queries.overdue)."""
    return (
        milestone.state in OWING
        and not milestone.is_waiting
        and not _is_untouched_backfill(milestone)
        and today >= milestone.late_from
    )


def is_open(milestone: Facts, today: date) -> bool:
    """Whether it may be ticked by its day of opening."""
    return today >= milestone.opens_on


def light(milestone: Facts, today: date, near_through: date) -> Light:
    """The light of a milestone today.

    Args:
        near_through: see `Day.near_through`.
    """
    if milestone.state in _FIXED_LIGHTS:
        return _FIXED_LIGHTS[milestone.state]
    if _is_untouched_backfill(milestone):
        return Light.BACKFILL
    if is_overdue(milestone, today):
        return Light.LATE
    if not is_open(milestone, today):
        return Light.NOT_OPEN
    if milestone.is_waiting:
        return Light.WAITING
    return Light.NEAR if milestone.due_on <= near_through else Light.AHEAD


_FIXED_LIGHTS = {
    State.LEFT: Light.LEFT,
    State.ACCEPTED: Light.DONE,
    State.WAIVED: Light.DONE,
    State.SUBMITTED: Light.REVIEW,
}


def was_submitted_late(milestone: Facts) -> bool:
    """Whether it was submitted after the day in force then."""
    return milestone.submitted_on is not None and milestone.submitted_on >= milestone.late_from


def light_words(milestone: Facts, day: Day) -> str:
    """The light as words with its working days: 逾期 2 个工作日, 还有 3 个工作日."""
    return words_of(light(milestone, day.today, day.near_through), milestone, day)


def words_of(shown: Light, milestone: Facts, day: Day) -> str:
    """The words of a light that is known."""
    if shown is Light.LATE:
        return f"逾期 {late_days(milestone, day)} 个工作日"
    if shown in (Light.NEAR, Light.AHEAD):
        left = day.working_days_to(milestone.due_on)
        return f"还有 {left} 个工作日" if milestone.due_on > day.today else "今天到期"
    if shown is Light.REVIEW and was_submitted_late(milestone):
        return "待审核（迟交）"
    return milestone.state.label if milestone.state is State.WAIVED else shown.label


def planned_words(milestone: Moved) -> str:
    """Where the day in force comes from: 原定 2024-04-30，延期 1 次."""
    count = milestone.extension_count
    return f"原定 {milestone.planned_on}{f'，延期 {count} 次' if count else ''}"


def late_days(milestone: Facts, day: Day) -> int:
    """Working days of delay: from the last day in time to today, at least 1 on a red day."""
    return delay(milestone.late_from, day)


def delay(first_late_day: date, day: Day) -> int:
    """Working days from the day before `first_late_day` to today, at least 1."""
    return max(1, -day.working_days_to(first_late_day - timedelta(days=1)))


def late_from(due_on: date, ready_on: date | None) -> date:
    """First day that counts as overdue: the day after the due day, or the day on which the last
    supporting unit submitted, if that is later."""
    after_due = due_on + timedelta(days=1)
    return max(after_due, ready_on) if ready_on else after_due


def due_after_return(due_on: date, returned_on: date, calendar: Calendar) -> date:
    """A returned milestone is due at the later of its day and 3 working days after the return."""
    return max(due_on, calendar.add_working_days(returned_on, RETURN_DAYS))


def due_after_reassignment(due_on: date, today: date, calendar: Calendar) -> date:
    """Who takes a task over has its day, and at least as long as after a return."""
    return due_after_return(due_on, today, calendar)


def is_born_backfill(due_on: date, live_on: date) -> bool:
    """待补录: due before the campaign went live, or within 30 days after."""
    return due_on <= live_on + timedelta(days=GRACE_DAYS)


def refuse_step(milestone: Facts, step: Step) -> str | None:
    """Why the state does not allow `step`, or None."""
    if milestone.state in TRANSITIONS[step]:
        return None
    return f"当前状态是“{milestone.state.label}”，不能{step.label}"


def refuse_submit(milestone: Facts, unit_id: int, actor: Actor, today: date) -> str | None:
    """Why `actor` may not tick the milestone of `unit_id` today, or None."""
    if not may_act_for(unit_id, actor):
        return "只有本单位联络员可以勾选"
    if reason := refuse_step(milestone, Step.SUBMIT):
        return reason
    if not is_open(milestone, today):
        return f"本节点 {milestone.opens_on:%Y-%m-%d} 起才能勾选"
    if milestone.is_waiting:
        return "配合单位还没有全部提交，请等待配合单位"
    return None


def refuse_take_back(milestone: Facts, unit_id: int, actor: Actor) -> str | None:
    """Why `actor` may not take the tick back, or None."""
    if not may_act_for(unit_id, actor):
        return "只有本单位联络员可以撤回"
    return refuse_step(milestone, Step.TAKE_BACK)


def refuse_decide(milestone: Facts, submitter_id: int | None, actor: Actor, step: Step) -> str | None:
    """Why `actor` may not accept or return the milestone, or None."""
    if not actor.role.is_office:
        return "只有市食安办可以审核"
    if reason := refuse_step(milestone, step):
        return reason
    if step is Step.ACCEPT and submitter_id == actor.id:
        return "自己提交的节点须由食安办另一位同志审核"
    return None


def refuse_set_earlier(milestone: Facts, plan_due_on: date, new_day: date, today: date) -> str | None:
    """Why the office may not set `new_day`, or None; the plan's own day is the last."""
    if reason := refuse_step(milestone, Step.SET_EARLIER):
        return reason
    if new_day > plan_due_on:
        return f"不能晚于方案规定的 {plan_due_on:%Y-%m-%d}"
    if new_day < today:
        return f"不能早于今天 {today:%Y-%m-%d}"
    if new_day < milestone.opens_on:
        return f"不能早于节点开始日 {milestone.opens_on:%Y-%m-%d}"
    return None


def refuse_extend(milestone: Facts, new_day: date, last_day: date) -> str | None:
    """Why the day in force cannot become `new_day`, or None.

    Args:
        last_day: the last day of the campaign.
    """
    if reason := refuse_step(milestone, Step.EXTEND):
        return reason
    if new_day <= milestone.due_on:
        return f"新期限须晚于现行期限 {milestone.due_on:%Y-%m-%d}"
    if new_day > last_day:
        return f"新期限不能晚于创建结束日 {last_day:%Y-%m-%d}"
    return None


def _is_untouched_backfill(milestone: Facts) -> bool:
    return milestone.is_backfill and milestone.state is State.OPEN
