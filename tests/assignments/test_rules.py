"""Who may give a unit's share of a task to whom."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from tracker.assignments.rules import Move, refuse_hand_to, refuse_reassign
from tracker.people.rules import Role
from tracker.units.rules import UnitKind


@dataclass(frozen=True)
class Person:
    role: Role = Role.LIAISON
    unit_id: int = 7
    id: int = 1


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (Person(), True),
        (Person(Role.OFFICE, 1), True),
        (Person(Role.OFFICE_ADMIN, 1), True),
        (Person(unit_id=8), False),
        (Person(Role.UNIT_HEAD), False),
        (Person(Role.LEADER, 1), False),
    ],
)
def test_liaisons_of_the_unit_and_the_office_say_who_works_on_it(actor: Person, may: bool) -> None:
    for handler in (None, Person(id=2)):
        assert (refuse_hand_to(7, actor, handler, has_left=False) is None) is may


@pytest.mark.parametrize(
    ("handler", "may"),
    [
        (Person(id=2), True),
        (Person(), True),
        (Person(unit_id=8, id=2), False),
        (Person(Role.UNIT_HEAD, id=2), False),
    ],
)
def test_only_who_does_the_units_tasks_can_be_given_one(handler: Person, may: bool) -> None:
    assert (refuse_hand_to(7, Person(), handler, has_left=False) is None) is may


def test_a_share_that_was_left_is_given_to_nobody() -> None:
    assert refuse_hand_to(7, Person(), None, has_left=True) == "该单位已退出这项任务，不能指定经办人"


MOVE = Move(7, 8, UnitKind.COUNTY, has_left=False, is_taken=False, owed_count=3, review_count=0)
OFFICE = Person(Role.OFFICE, 1)


def test_the_office_gives_a_share_to_another_unit() -> None:
    assert refuse_reassign(MOVE, OFFICE) is None
    assert refuse_reassign(MOVE, Person()) == "只有市食安办可以改派"
    assert refuse_reassign(MOVE, Person(Role.LEADER, 1)) == "只有市食安办可以改派"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"has_left": True}, "原单位已退出这项任务，不能改派"),
        ({"to_unit_id": 7}, "改派的单位与原单位相同"),
        ({"to_kind": UnitKind.EXTERNAL}, "外部单位没有账号，不能改派给它"),
        ({"is_taken": True}, "该单位已经承担这项任务，不能再改派给它"),
        ({"review_count": 1}, "有待审核的节点，请先办结或退回再改派"),
        ({"owed_count": 0}, "没有未办的节点，不用改派"),
    ],
)
def test_a_share_that_cannot_move_stays(changed: dict[str, Any], reason: str) -> None:
    assert refuse_reassign(replace(MOVE, **changed), OFFICE) == reason
