"""Who can be merged, and what has to end first."""

from dataclasses import dataclass

import pytest

from tracker.merging.rules import Hurdles, reason_not_to_join, reason_to_wait
from tracker.units.rules import UnitKind


@dataclass
class Side:
    id: int
    kind: UnitKind = UnitKind.DEPARTMENT
    is_active: bool = True
    short: str = "市林草局"


def test_two_departments_in_use_can_be_one() -> None:
    assert reason_not_to_join(Side(1), Side(2)) is None


@pytest.mark.parametrize(
    ("unit", "other", "said"),
    [
        (Side(1), Side(1), "自己"),
        (Side(1), Side(2, is_active=False), "停用"),
        (Side(1, is_active=False), Side(2), "停用"),
        (Side(1, UnitKind.COUNTY), Side(2, UnitKind.COUNTY), "行政区划"),
        (Side(1), Side(2, UnitKind.OFFICE), "市级部门"),
        (Side(1, UnitKind.EXTERNAL), Side(2), "市级部门"),
    ],
)
def test_others_cannot(unit: Side, other: Side, said: str) -> None:
    assert said in str(reason_not_to_join(unit, other))


@pytest.mark.parametrize(
    ("hurdles", "said"),
    [
        (Hurdles(reviews=2), "2 个节点待审核"), (Hurdles(appeals=1), "1 项申请待答复"),
        (Hurdles(orders=3), "3 张督办单"), (Hurdles(reports=1), "1 份月报"),
    ],
)  # fmt: skip
def test_what_is_under_way_is_told_with_what_to_do(hurdles: Hurdles, said: str) -> None:
    assert said in str(reason_to_wait(hurdles))
    assert reason_to_wait(Hurdles()) is None
