"""Who may act for a unit, and who reads of others."""

from dataclasses import dataclass
from typing import Protocol

from tracker.labels import LabelledEnum
from tracker.people.rules import Role
from tracker.units.rules import UnitKind

DEPARTMENTS = (UnitKind.DEPARTMENT, UnitKind.OFFICE)


class Step(LabelledEnum):
    """任务分工办理动作."""

    ACKNOWLEDGE = "acknowledge", "签收"
    HAND_TO = "hand_to", "指定经办人"
    HAND_OVER = "hand_over", "交接"
    REASSIGN = "reassign", "改派"
    MERGE = "merge", "单位合并"


class Actor(Protocol):
    """What a rule needs to know of a person."""

    @property
    def id(self) -> int: ...
    @property
    def role(self) -> Role: ...
    @property
    def unit_id(self) -> int: ...


def may_act_for(unit_id: int, actor: Actor) -> bool:
    """Liaisons act for their unit; office people for 市食安办 itself and, 代办, for every unit."""
    return actor.role.is_office or (actor.role is Role.LIAISON and actor.unit_id == unit_id)


def is_on_behalf(unit_id: int, actor: Actor) -> bool:
    """代办: whether somebody of the office acts in the name of another unit."""
    return actor.role.is_office and actor.unit_id != unit_id


def reads_others(role: Role, kind: UnitKind) -> bool:
    """Departments of an indicator read what its counties did; a county reads of itself alone."""
    return role.reads_all or kind in DEPARTMENTS


def refuse_acknowledge(unit_id: int, actor: Actor, *, is_acknowledged: bool, has_left: bool) -> str | None:
    """Why `actor` may not acknowledge the assignment of `unit_id`, or None."""
    if not may_act_for(unit_id, actor):
        return "只有本单位联络员可以签收"
    if has_left:
        return "本单位已退出这项任务，不需要签收"
    return "这项任务已经签收过了" if is_acknowledged else None


def refuse_hand_to(unit_id: int, actor: Actor, handler: Actor | None, *, has_left: bool) -> str | None:
    """Why `actor` may not give the share of `unit_id` to `handler` (None: to everybody), or None."""
    if not may_act_for(unit_id, actor):
        return "只有本单位联络员和市食安办可以指定经办人"
    if has_left:
        return "该单位已退出这项任务，不能指定经办人"
    if handler is not None and (handler.unit_id != unit_id or not handler.role.handles_tasks):
        return "经办人须是本单位在用的联络员"
    return None


@dataclass(frozen=True)
class Move:
    """改派: a unit's share of a task that is to go to another unit.

    `is_taken`: the other unit has a share of the task already; `owed_count` and `review_count` are the
    milestones of the share that are still owed, and that wait for the office.
    """

    from_unit_id: int
    to_unit_id: int
    to_kind: UnitKind
    has_left: bool
    is_taken: bool
    owed_count: int
    review_count: int


def refuse_reassign(move: Move, actor: Actor) -> str | None:
    """Why `actor` may not give the share to the other unit, or None."""
    reasons = {
        "只有市食安办可以改派": not actor.role.is_office,
        "原单位已退出这项任务，不能改派": move.has_left,
        "改派的单位与原单位相同": move.to_unit_id == move.from_unit_id,
        "外部单位没有账号，不能改派给它": move.to_kind is UnitKind.EXTERNAL,
        "该单位已经承担这项任务，不能再改派给它": move.is_taken,
        "有待审核的节点，请先办结或退回再改派": move.review_count > 0,
        "没有未办的节点，不用改派": move.owed_count == 0,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
