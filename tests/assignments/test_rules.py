"""Who may give a unit's share of a task to whom."""

from dataclasses import dataclass

import pytest

from tracker.assignments.rules import refuse_hand_to
from tracker.people.rules import Role


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
