"""Who may ask what, answer and withdraw, without a database."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product

import pytest

from tracker.appeals.rules import (
    ANSWERED,
    STEPS,
    TRANSITIONS,
    AppealKind,
    AppealState,
    Step,
    refuse_answer,
    refuse_ask_extension,
    refuse_ask_waiver,
    refuse_object,
    refuse_withdraw,
    was_handed_in,
)
from tracker.assignments.rules import Actor
from tracker.milestones.rules import State, refuse_extend
from tracker.people.rules import Role

DUE = date(2024, 4, 30)
EVE = DUE - timedelta(days=1)
LAST = date(2025, 8, 31)


@dataclass(frozen=True)
class Row:
    """A self-assessment milestone as the rules see it."""

    state: State = State.OPEN
    opens_on: date = date(2023, 8, 1)
    due_on: date = DUE
    late_from: date = DUE + timedelta(days=1)
    is_waiting: bool = False
    is_backfill: bool = False
    submitted_on: date | None = None


@dataclass(frozen=True)
class Person:
    id: int
    role: Role
    unit_id: int


@dataclass(frozen=True)
class Appeal:
    state: AppealState = AppealState.PENDING
    asked_by_id: int = 1


@dataclass(frozen=True)
class Started:
    submitted_at: datetime | None = None
    returned_on: date | None = None


UNIT = 7
LIAISON = Person(1, Role.LIAISON, UNIT)
HEAD = Person(2, Role.UNIT_HEAD, UNIT)
STRANGER = Person(3, Role.LIAISON, 8)
LEADER = Person(4, Role.LEADER, 1)
OFFICE = Person(5, Role.OFFICE, 1)
COLLEAGUE = Person(6, Role.OFFICE_ADMIN, 1)
PEOPLE = (LIAISON, HEAD, STRANGER, LEADER, OFFICE, COLLEAGUE)
ASKERS = {LIAISON, OFFICE, COLLEAGUE}


def test_every_kind_comes_to_every_state_by_one_step() -> None:
    assert set(TRANSITIONS) == set(Step)
    assert set(STEPS) == set(product(AppealKind, AppealState))


@pytest.mark.parametrize("state", State)
def test_a_waiver_is_asked_of_what_is_owed(state: State) -> None:
    reason = refuse_ask_waiver(Row(state), UNIT, LIAISON, is_pending=False)
    assert (reason is None) == (state in (State.OPEN, State.RETURNED))


@pytest.mark.parametrize("state", State)
def test_an_extension_is_asked_of_what_is_owed(state: State) -> None:
    reason = refuse_ask_extension(Row(state), UNIT, LIAISON, EVE, is_pending=False)
    assert (reason is None) == (state in (State.OPEN, State.RETURNED))


def test_an_extension_is_asked_before_the_day_in_force() -> None:
    answers = [
        refuse_ask_extension(Row(), UNIT, LIAISON, day, is_pending=False)
        for day in (EVE, DUE, DUE + timedelta(days=1))
    ]
    assert answers == [None, *["延期须在期限 2024-04-30 以前申请"] * 2]


def test_backfill_needs_no_extension_until_it_was_returned() -> None:
    backfill = Row(is_backfill=True)
    assert refuse_ask_extension(backfill, UNIT, LIAISON, EVE, is_pending=False)
    assert refuse_ask_waiver(backfill, UNIT, LIAISON, is_pending=False) is None
    returned = Row(State.RETURNED, is_backfill=True)
    assert refuse_ask_extension(returned, UNIT, LIAISON, EVE, is_pending=False) is None


@pytest.mark.parametrize("actor", PEOPLE)
def test_liaisons_ask_for_their_unit_and_the_office_for_every_unit(actor: Actor) -> None:
    answers = (
        refuse_ask_waiver(Row(), UNIT, actor, is_pending=False),
        refuse_ask_extension(Row(), UNIT, actor, EVE, is_pending=False),
        refuse_object(UNIT, actor, has_left=False, is_handed_in=False, is_pending=False),
        refuse_withdraw(Appeal(), UNIT, actor),
    )
    assert {answer is None for answer in answers} == {actor in ASKERS}


def test_the_same_is_not_asked_twice_at_once() -> None:
    told = "同样的申请正在等待市食安办答复"
    assert refuse_ask_waiver(Row(), UNIT, LIAISON, is_pending=True) == told
    assert refuse_ask_extension(Row(), UNIT, LIAISON, EVE, is_pending=True) == told
    assert refuse_object(UNIT, LIAISON, has_left=False, is_handed_in=False, is_pending=True) == told


@pytest.mark.parametrize(("has_left", "is_handed_in"), [*product((False, True), repeat=2)])
def test_an_objection_is_for_the_start(has_left: bool, is_handed_in: bool) -> None:
    reason = refuse_object(UNIT, LIAISON, has_left=has_left, is_handed_in=is_handed_in, is_pending=False)
    assert (reason is None) == (not has_left and not is_handed_in)


@pytest.mark.parametrize(
    ("milestone", "begun"),
    [
        (Started(), False),
        (Started(submitted_at=datetime(2024, 3, 1)), True),  # noqa: DTZ001  # whether there is one is all
        (Started(returned_on=EVE), True),
    ],
)
def test_what_was_returned_was_handed_in(milestone: Started, begun: bool) -> None:
    assert was_handed_in([Started(), milestone]) == begun


@pytest.mark.parametrize(("actor", "state"), [*product(PEOPLE, AppealState)])
def test_the_office_answers_what_waits(actor: Actor, state: AppealState) -> None:
    may = actor.role.is_office and state is AppealState.PENDING
    assert (refuse_answer(Appeal(state), actor) is None) == may


def test_nobody_answers_what_they_asked_themselves() -> None:
    asked = Appeal(asked_by_id=OFFICE.id)
    assert refuse_answer(asked, OFFICE) == "自己提出的申请须由食安办另一位同志答复"
    assert refuse_answer(asked, COLLEAGUE) is None


@pytest.mark.parametrize("state", sorted(ANSWERED | {AppealState.WITHDRAWN}))
def test_what_is_settled_is_not_withdrawn(state: AppealState) -> None:
    assert refuse_withdraw(Appeal(state), UNIT, LIAISON) == f"这项申请已经是“{state.label}”，不能再改"


@pytest.mark.parametrize(
    ("new_day", "reason"),
    [
        (EVE, "新期限须晚于现行期限 2024-04-30"),
        (DUE, "新期限须晚于现行期限 2024-04-30"),
        (DUE + timedelta(days=1), None),
        (LAST, None),
        (LAST + timedelta(days=1), "新期限不能晚于创建结束日 2025-08-31"),
    ],
)
def test_a_new_day_lies_between_the_day_in_force_and_the_campaigns_end(
    new_day: date, reason: str | None
) -> None:
    assert refuse_extend(Row(), new_day, LAST) == reason


@pytest.mark.parametrize("state", State)
def test_only_what_is_owed_is_extended(state: State) -> None:
    refused = refuse_extend(Row(state), LAST, LAST) is not None
    assert refused == (state not in (State.OPEN, State.RETURNED))
