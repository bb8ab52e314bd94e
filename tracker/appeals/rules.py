"""What a unit may ask of the office, who answers, and what becomes of it."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from tracker.assignments.rules import Actor, may_act_for
from tracker.labels import LabelledEnum, SignEnum
from tracker.milestones import rules as milestones
from tracker.milestones.rules import Facts


class AppealKind(LabelledEnum):
    """申请种类."""

    WAIVER = "waiver", "合理缺项"
    EXTENSION = "extension", "延期"
    OBJECTION = "objection", "异议"


class AppealState(SignEnum):
    """申请状态."""

    PENDING = "pending", "待答复", "near", "▲"
    GRANTED = "granted", "同意", "ok", "✓"
    REFUSED = "refused", "不同意", "late", "■"
    WITHDRAWN = "withdrawn", "已撤回", "idle", "－"


class Step(LabelledEnum):
    """申请办理动作: what was done with an appeal of which kind, as a task's timeline tells it."""

    ASK_WAIVER = "ask_waiver", "申请合理缺项"
    ASK_EXTENSION = "ask_extension", "申请延期"
    OBJECT = "object", "提出异议"
    GRANT_WAIVER = "grant_waiver", "同意合理缺项"
    GRANT_EXTENSION = "grant_extension", "同意延期"
    GRANT_OBJECTION = "grant_objection", "同意异议"
    REFUSE_WAIVER = "refuse_waiver", "不同意合理缺项"
    REFUSE_EXTENSION = "refuse_extension", "不同意延期"
    REFUSE_OBJECTION = "refuse_objection", "不同意异议"
    WITHDRAW_WAIVER = "withdraw_waiver", "撤回合理缺项申请"
    WITHDRAW_EXTENSION = "withdraw_extension", "撤回延期申请"
    WITHDRAW_OBJECTION = "withdraw_objection", "撤回异议"


class Answer(LabelledEnum):
    """答复: what the office says to many at once, as the message after it words it."""

    GRANT = "grant", "同意"
    REFUSE = "refuse", "答复不同意"


class Ground(StrEnum):
    """异议事由: it is stored as the first words of the reason."""

    WORDING = "任务表述调整"
    NOT_OURS = "非本单位职责"
    OTHER = "其他"


TRANSITIONS: dict[Step, tuple[AppealKind, AppealState]] = {
    Step.ASK_WAIVER: (AppealKind.WAIVER, AppealState.PENDING),
    Step.ASK_EXTENSION: (AppealKind.EXTENSION, AppealState.PENDING),
    Step.OBJECT: (AppealKind.OBJECTION, AppealState.PENDING),
    Step.GRANT_WAIVER: (AppealKind.WAIVER, AppealState.GRANTED),
    Step.GRANT_EXTENSION: (AppealKind.EXTENSION, AppealState.GRANTED),
    Step.GRANT_OBJECTION: (AppealKind.OBJECTION, AppealState.GRANTED),
    Step.REFUSE_WAIVER: (AppealKind.WAIVER, AppealState.REFUSED),
    Step.REFUSE_EXTENSION: (AppealKind.EXTENSION, AppealState.REFUSED),
    Step.REFUSE_OBJECTION: (AppealKind.OBJECTION, AppealState.REFUSED),
    Step.WITHDRAW_WAIVER: (AppealKind.WAIVER, AppealState.WITHDRAWN),
    Step.WITHDRAW_EXTENSION: (AppealKind.EXTENSION, AppealState.WITHDRAWN),
    Step.WITHDRAW_OBJECTION: (AppealKind.OBJECTION, AppealState.WITHDRAWN),
}
"""Of which kind an appeal is and to which state each step brings it; asking makes it, all else starts
from `AppealState.PENDING`."""
STEPS = {place: step for step, place in TRANSITIONS.items()}

UNIT_STEPS = frozenset(
    step for step, (_, state) in TRANSITIONS.items() if state in (AppealState.PENDING, AppealState.WITHDRAWN)
)
"""What a unit does itself, the office in its name."""
ANSWERED = frozenset({AppealState.GRANTED, AppealState.REFUSED})


class Asked(Protocol):
    """What a rule needs to know of an appeal."""

    @property
    def state(self) -> AppealState: ...
    @property
    def asked_by_id(self) -> int: ...


class Started(Protocol):
    """What a rule needs to know of a milestone to see whether its unit has begun to hand in."""

    @property
    def submitted_at(self) -> datetime | None: ...
    @property
    def returned_on(self) -> date | None: ...


def was_handed_in(milestones: Iterable[Started]) -> bool:
    """Whether anything of an assignment was submitted, be it that it was returned since."""
    return any(one.submitted_at is not None or one.returned_on is not None for one in milestones)


def refuse_ask_waiver(milestone: Facts, unit_id: int, actor: Actor, *, is_pending: bool) -> str | None:
    """Why `actor` may not ask for a waiver in the name of `unit_id`, or None.

    Args:
        is_pending: whether one of this kind waits for its answer already.
    """
    return _refuse_ask(unit_id, actor, is_pending=is_pending) or milestones.refuse_step(
        milestone, milestones.Step.WAIVE
    )


def refuse_ask_extension(
    milestone: Facts, unit_id: int, actor: Actor, today: date, *, is_pending: bool
) -> str | None:
    """Why `actor` may not ask for an extension today, whatever the new day, or None."""
    if reason := _refuse_ask(unit_id, actor, is_pending=is_pending):
        return reason
    if reason := milestones.refuse_step(milestone, milestones.Step.EXTEND):
        return reason
    if milestone.is_backfill and milestone.state is milestones.State.OPEN:
        return "待补录的节点不催办，不需要延期"
    if today >= milestone.due_on:
        return f"延期须在期限 {milestone.due_on:%Y-%m-%d} 以前申请"
    return None


def refuse_object(
    unit_id: int, actor: Actor, *, has_left: bool, is_handed_in: bool, is_pending: bool
) -> str | None:
    """Why `actor` may not object to the assignment of `unit_id`, or None."""
    if reason := _refuse_ask(unit_id, actor, is_pending=is_pending):
        return reason
    if has_left:
        return "本单位已退出这项任务，不需要提出异议"
    if is_handed_in:
        return "这项任务已经提交过，不能再提出异议"
    return None


def refuse_answer(appeal: Asked, actor: Actor) -> str | None:
    """Why `actor` may not grant or refuse the appeal, or None."""
    if not actor.role.is_office:
        return "只有市食安办可以答复"
    if reason := _refuse_settled(appeal):
        return reason
    if appeal.asked_by_id == actor.id:
        return "自己提出的申请须由食安办另一位同志答复"
    return None


def refuse_grant(kind: AppealKind, milestone: Facts | None) -> str | None:
    """Why what is asked can only be refused, whoever answers, or None: its milestone was submitted
    meanwhile."""
    if milestone is None:
        return None
    step = milestones.Step.WAIVE if kind is AppealKind.WAIVER else milestones.Step.EXTEND
    return milestones.refuse_step(milestone, step)


def refuse_withdraw(appeal: Asked, unit_id: int, actor: Actor) -> str | None:
    """Why `actor` may not withdraw the appeal of `unit_id`, or None."""
    if not may_act_for(unit_id, actor):
        return "只有本单位联络员可以撤回申请"
    return _refuse_settled(appeal)


def _refuse_ask(unit_id: int, actor: Actor, *, is_pending: bool) -> str | None:
    if not may_act_for(unit_id, actor):
        return "只有本单位联络员可以提出申请"
    return "同样的申请正在等待市食安办答复" if is_pending else None


def _refuse_settled(appeal: Asked) -> str | None:
    if appeal.state is AppealState.PENDING:
        return None
    return f"这项申请已经是“{appeal.state.label}”，不能再改"
