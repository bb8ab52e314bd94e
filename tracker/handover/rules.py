"""When somebody who leaves needs a successor, and who can be it."""

from dataclasses import dataclass

from tracker.assignments.rules import Actor
from tracker.people.rules import Role
from tracker.units.rules import UnitKind

VACANT = "暂无接任人"
"""What is chosen where nobody takes over yet."""


@dataclass(frozen=True)
class Burden:
    """What lies with a person: the tasks that they handle (经办), the mails that wait for them, and
    whether nobody else does the unit's tasks."""

    shares: tuple[str, ...] = ()
    mail_count: int = 0
    is_last: bool = False


def needs_successor(role: Role, burden: Burden) -> bool:
    """Whether something stops with the person."""
    return role.handles_tasks and (bool(burden.shares) or burden.is_last)


def burden_words(burden: Burden) -> str:
    """经办 3 项任务，是本单位最后一位在用的联络员."""
    shares = [f"经办 {len(burden.shares)} 项任务"] if burden.shares else []
    last = ["是本单位最后一位在用的联络员"] if burden.is_last else []
    return "，".join([*shares, *last])


def refuse_handover(leaver: Actor, successor: Actor | None, burden: Burden, *, is_vacant: bool) -> str | None:
    """Why the account cannot be stopped so, or None.

    Args:
        is_vacant: somebody said that there is no successor yet.
    """
    if successor is None:
        if needs_successor(leaver.role, burden) and not is_vacant:
            return f"请选择接任人，或写明“{VACANT}”"
        return None
    if successor.id == leaver.id or successor.unit_id != leaver.unit_id or not successor.role.handles_tasks:
        return "接任人须是同一单位另一位在用的联络员"
    return None


@dataclass(frozen=True)
class UnitBurden:
    """What a unit still has: people in service, shares of tasks, groups, a report to send."""

    people: int = 0
    shares: int = 0
    groups: tuple[str, ...] = ()
    is_reporting: bool = False


def reason_not_to_stop(kind: UnitKind, burden: UnitBurden) -> str | None:
    """Why a unit cannot be stopped, with what to do first; None when nothing is left."""
    if kind is UnitKind.OFFICE:
        return "食安办不能停用"
    left = []
    if burden.people:
        left.append(f"还有 {burden.people} 个在用的账号（请先停用）")
    if burden.shares:
        left.append(f"还有 {burden.shares} 项任务（请市食安办先改派给接手的单位）")
    if burden.groups:
        left.append(f"还在集合{'、'.join(burden.groups)}里（请先在“创建设置”移出）")
    if burden.is_reporting:
        left.append("还要报月报（请先在“创建设置”关掉）")
    return f"不能停用：{'；'.join(left)}" if left else None
