"""When somebody who leaves needs a successor, and who can be it."""

from dataclasses import dataclass

import pytest

from tracker.handover.rules import Burden, burden_words, needs_successor, refuse_handover
from tracker.people.rules import Role

HANDLER, LAST, NEITHER = Burden(("11-2", "12-2")), Burden(is_last=True), Burden(mail_count=3)


@dataclass(frozen=True)
class Person:
    role: Role = Role.LIAISON
    unit_id: int = 7
    id: int = 1


@pytest.mark.parametrize("role", Role)
def test_only_who_does_tasks_needs_a_successor(role: Role) -> None:
    does_tasks = role in (Role.LIAISON, Role.OFFICE, Role.OFFICE_ADMIN)
    assert needs_successor(role, HANDLER) is does_tasks
    assert needs_successor(role, LAST) is does_tasks
    assert not needs_successor(role, NEITHER)


def test_what_stops_is_said() -> None:
    assert burden_words(HANDLER) == "经办 2 项任务"
    assert burden_words(Burden(("11-2",), is_last=True)) == "经办 1 项任务，是本单位最后一位在用的联络员"


@pytest.mark.parametrize("burden", [HANDLER, LAST])
def test_where_something_stops_somebody_is_named_or_said_to_be_missing(burden: Burden) -> None:
    assert refuse_handover(Person(), None, burden, is_vacant=False) == "请选择接任人，或写明“暂无接任人”"
    assert refuse_handover(Person(), None, burden, is_vacant=True) is None
    assert refuse_handover(Person(), Person(id=2), burden, is_vacant=False) is None
    assert refuse_handover(Person(), None, NEITHER, is_vacant=False) is None


@pytest.mark.parametrize(
    "successor", [Person(), Person(unit_id=8, id=2), Person(Role.UNIT_HEAD, id=2), Person(Role.LEADER, id=2)]
)
def test_a_successor_is_another_liaison_of_the_unit(successor: Person) -> None:
    reason = refuse_handover(Person(), successor, HANDLER, is_vacant=True)
    assert reason == "接任人须是同一单位另一位在用的联络员"
