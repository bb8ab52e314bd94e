"""When a unit may be merged into another one (合并), and what has to be done first."""

from dataclasses import dataclass
from typing import Protocol

from tracker.units.rules import UnitKind


class Side(Protocol):
    """What a rule needs to know of either unit."""

    @property
    def id(self) -> int: ...
    @property
    def short(self) -> str: ...
    @property
    def kind(self) -> UnitKind: ...
    @property
    def is_active(self) -> bool: ...


@dataclass(frozen=True)
class Hurdles:
    """What is under way at the unit and has to come to its end before: milestones that wait for the office,
    appeals without an answer, orders not closed (its own, or supported by it), reports to send again,
    to approve or to correct."""

    reviews: int = 0
    appeals: int = 0
    orders: int = 0
    reports: int = 0


def reason_not_to_join(unit: Side, other: Side) -> str | None:
    """Why these two can never be one, or None.

    Departments alone are merged: a county or a zone that is joined to another changes the administrative
    divisions, their codes and the number of counties that the evaluation counts.
    """
    if unit.id == other.id:
        return "不能并入本单位自己"
    if unit.kind is not UnitKind.DEPARTMENT or other.kind is not UnitKind.DEPARTMENT:
        return (
            "只有市级部门可以合并；县（区）、功能区撤并涉及行政区划和考核的县（区）数，"
            "请在“创建设置”调整集合，再由市食安办逐项改派"
        )
    stopped = next((one for one in (unit, other) if not one.is_active), None)
    return f"{stopped.short}已经停用，不能合并" if stopped else None


def reason_to_wait(hurdles: Hurdles) -> str | None:
    """Why the unit cannot be merged yet, with what to do first; None when nothing is under way."""
    left = []
    if hurdles.reviews:
        left.append(f"还有 {hurdles.reviews} 个节点待审核（请市食安办先办结或退回）")
    if hurdles.appeals:
        left.append(f"还有 {hurdles.appeals} 项申请待答复（请市食安办先答复，或由该单位撤回）")
    if hurdles.orders:
        left.append(f"还有 {hurdles.orders} 张督办单没有办结（含草稿和它协办的；请先办结或删除草稿）")
    if hurdles.reports:
        left.append(f"还有 {hurdles.reports} 份月报在退回、审签或更正中（请该单位先重新报送）")
    return f"现在还不能合并：{'；'.join(left)}" if left else None
