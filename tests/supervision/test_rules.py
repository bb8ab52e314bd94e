"""Who may take which step of an order, without a database."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import pytest

from tracker.people.rules import Role
from tracker.supervision.rules import (
    OWING,
    TRANSITIONS,
    UNIT_STEPS,
    OrderState,
    Step,
    is_late,
    refuse_answer_extension,
    refuse_ask_extension,
    refuse_check,
    refuse_new_day,
    refuse_step,
)

DUE, LAST = date(2024, 3, 29), date(2025, 8, 31)
EVE = DUE - timedelta(days=1)


@dataclass(frozen=True)
class Order:
    state: OrderState
    unit_id: int = 7
    due_on: date = DUE


@dataclass(frozen=True)
class Person:
    id: int
    role: Role
    unit_id: int


LIAISON, HEAD = Person(1, Role.LIAISON, 7), Person(2, Role.UNIT_HEAD, 7)
STRANGER, LEADER = Person(3, Role.LIAISON, 8), Person(4, Role.LEADER, 1)
OFFICE, COLLEAGUE = Person(5, Role.OFFICE, 1), Person(6, Role.OFFICE_ADMIN, 1)
PEOPLE = (LIAISON, HEAD, STRANGER, LEADER, OFFICE, COLLEAGUE)


def test_every_step_but_the_first_starts_from_a_state() -> None:
    assert set(TRANSITIONS) == set(Step) - {Step.DRAFT}
    reached = {after for _, after in TRANSITIONS.values() if after}
    assert reached == set(OrderState) - {OrderState.DRAFT}


@pytest.mark.parametrize("step", TRANSITIONS)
def test_the_unit_takes_its_steps_and_the_office_all(step: Step) -> None:
    who = {OFFICE, COLLEAGUE} | ({LIAISON} if step in UNIT_STEPS else set())
    for state, actor in product(OrderState, PEOPLE):
        may = actor in who and state in TRANSITIONS[step][0]
        assert (refuse_step(Order(state), step, actor) is None) == may, (state, actor)


def test_nobody_checks_what_they_replied_themselves() -> None:
    order = Order(OrderState.REPLIED)
    assert refuse_check(order, Step.CLOSE, OFFICE, replied_by_id=OFFICE.id)
    assert refuse_check(order, Step.CLOSE, COLLEAGUE, replied_by_id=OFFICE.id) is None
    assert refuse_answer_extension(
        Order(OrderState.ISSUED), Step.GRANT_EXTENSION, OFFICE, asked_by_id=OFFICE.id
    )


@pytest.mark.parametrize(("today", "may"), [(EVE, True), (DUE, False), (DUE + timedelta(days=1), False)])
def test_a_later_day_is_asked_before_the_day(today: date, may: bool) -> None:
    order = Order(OrderState.ACKNOWLEDGED)
    assert (refuse_ask_extension(order, LIAISON, today, is_pending=False) is None) == may
    assert refuse_ask_extension(order, LIAISON, today, is_pending=True)


def test_the_new_day_lies_between_the_day_and_the_campaigns_end() -> None:
    order = Order(OrderState.ISSUED)
    days = (DUE, DUE + timedelta(days=1), LAST, LAST + timedelta(days=1))
    assert [refuse_new_day(order, day, LAST) is None for day in days] == [False, True, True, False]


@pytest.mark.parametrize("state", OrderState)
def test_what_the_unit_has_in_hand_is_late_the_day_after(state: OrderState) -> None:
    assert not is_late(Order(state), DUE)
    assert is_late(Order(state), DUE + timedelta(days=1)) == (state in OWING)
