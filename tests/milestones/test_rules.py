"""The light and the flow of a milestone, without a database."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from tracker.milestones.rules import (
    Day,
    Light,
    State,
    Step,
    due_after_return,
    is_born_backfill,
    is_overdue,
    late_days,
    late_from,
    light,
    light_words,
    refuse_decide,
    refuse_set_earlier,
    refuse_submit,
    refuse_take_back,
)
from tracker.people.rules import Role
from tracker.workdays.rules import Calendar, DayKind

LABOUR_DAY = {date(2024, 5, n): DayKind.HOLIDAY for n in range(1, 6)} | {
    date(2024, 4, 28): DayKind.WORKDAY,
    date(2024, 5, 11): DayKind.WORKDAY,
}
CALENDAR = Calendar(LABOUR_DAY)
DUE = date(2024, 4, 30)


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


LIAISON = Person(1, Role.LIAISON, 7)
OFFICE = Person(2, Role.OFFICE, 1)


def on(today: date) -> Day:
    return Day(today, CALENDAR)


def shown(row: Row, today: date) -> Light:
    return light(row, today, on(today).near_through)


def test_light_is_green_with_more_than_seven_working_days_left() -> None:
    # 19, 22-26, 28 (make-up day), 29, 30 April: 8 working days after the 18th, without the 18th
    assert shown(Row(), date(2024, 4, 18)) is Light.AHEAD


def test_light_turns_yellow_seven_working_days_before_the_deadline() -> None:
    assert CALENDAR.working_days_between(date(2024, 4, 19), DUE) == 8
    assert shown(Row(), date(2024, 4, 19)) is Light.AHEAD
    assert shown(Row(), date(2024, 4, 22)) is Light.NEAR
    assert light_words(Row(), on(date(2024, 4, 22))) == "还有 7 个工作日"


def test_light_is_still_yellow_on_the_day_itself() -> None:
    assert shown(Row(), DUE) is Light.NEAR
    assert light_words(Row(), on(DUE)) == "今天到期"


def test_light_turns_red_the_day_after_the_deadline_though_it_is_a_holiday() -> None:
    assert shown(Row(), date(2024, 5, 1)) is Light.LATE


def test_delay_counts_working_days_and_is_at_least_one() -> None:
    assert late_days(Row(), on(date(2024, 5, 1))) == 1
    assert late_days(Row(), on(date(2024, 5, 6))) == 1
    assert late_days(Row(), on(date(2024, 5, 11))) == 6


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ACCEPTED, State.WAIVED, State.LEFT])
def test_what_the_unit_has_handed_in_is_never_red(state: State) -> None:
    row = Row(state=state, submitted_on=date(2024, 4, 20))
    assert shown(row, date(2025, 1, 1)) is not Light.LATE
    assert not is_overdue(row, date(2025, 1, 1))


def test_submitted_late_says_so_while_it_waits_for_the_office() -> None:
    row = Row(state=State.SUBMITTED, submitted_on=date(2024, 5, 7))
    assert light_words(row, on(date(2024, 5, 8))) == "待审核（迟交）"


def test_light_is_grey_before_the_milestone_opens() -> None:
    assert shown(Row(opens_on=date(2024, 5, 1)), date(2024, 4, 30)) is Light.NOT_OPEN


def test_what_was_due_before_going_live_is_neither_overdue_nor_red() -> None:
    row = Row(is_backfill=True)
    assert shown(row, date(2024, 6, 1)) is Light.BACKFILL
    assert not is_overdue(row, date(2024, 6, 1))


def test_backfill_that_was_returned_is_owed_like_any_other() -> None:
    row = Row(state=State.RETURNED, is_backfill=True)
    assert shown(row, date(2024, 6, 1)) is Light.LATE


def test_deadlines_within_thirty_days_of_going_live_are_born_backfill() -> None:
    live = date(2023, 7, 28)
    assert is_born_backfill(date(2023, 7, 31), live)
    assert is_born_backfill(date(2023, 8, 27), live)
    assert not is_born_backfill(date(2023, 8, 31), live)


def test_a_waiting_lead_is_not_overdue_until_the_last_supporting_unit_submits() -> None:
    waiting = Row(is_waiting=True)
    assert shown(waiting, date(2024, 5, 8)) is Light.WAITING
    ready = replace(waiting, is_waiting=False, late_from=late_from(DUE, date(2024, 5, 8)))
    assert shown(ready, date(2024, 5, 8)) is Light.LATE
    assert late_days(ready, on(date(2024, 5, 8))) == 1


def test_supporting_units_in_time_leave_the_leads_day_alone() -> None:
    assert late_from(DUE, date(2024, 4, 2)) == date(2024, 5, 1)
    assert late_from(DUE, None) == date(2024, 5, 1)


def test_returned_is_due_three_working_days_later_at_the_earliest() -> None:
    assert due_after_return(DUE, date(2024, 4, 30), CALENDAR) == date(2024, 5, 8)
    assert due_after_return(DUE, date(2024, 4, 1), CALENDAR) == DUE


def test_only_the_units_own_liaison_ticks() -> None:
    today = date(2024, 3, 22)
    assert refuse_submit(Row(), 7, LIAISON, today) is None
    assert refuse_submit(Row(), 8, LIAISON, today) == "只有本单位联络员可以勾选"
    head = Person(3, Role.UNIT_HEAD, 7)
    assert refuse_submit(Row(), 7, head, today) == "只有本单位联络员可以勾选"


def test_the_office_ticks_its_own_and_somebody_else_there_accepts() -> None:
    today = date(2024, 3, 22)
    assert refuse_submit(Row(), 1, OFFICE, today) is None
    submitted = Row(state=State.SUBMITTED)
    assert refuse_decide(submitted, OFFICE.id, OFFICE, Step.ACCEPT) is not None
    assert refuse_decide(submitted, 99, OFFICE, Step.ACCEPT) is None


def test_a_tick_before_opening_is_refused_with_the_day() -> None:
    reason = refuse_submit(Row(opens_on=date(2024, 5, 1)), 7, LIAISON, DUE)
    assert reason == "本节点 2024-05-01 起才能勾选"


def test_nobody_but_the_office_decides() -> None:
    assert refuse_decide(Row(state=State.SUBMITTED), 1, LIAISON, Step.ACCEPT) == "只有市食安办可以审核"
    leader = Person(5, Role.LEADER, 1)
    assert refuse_decide(Row(state=State.SUBMITTED), 1, leader, Step.RETURN) is not None


@pytest.mark.parametrize("state", [State.OPEN, State.ACCEPTED, State.RETURNED, State.LEFT])
def test_only_what_is_submitted_can_be_taken_back(state: State) -> None:
    assert refuse_take_back(Row(state=state), 7, LIAISON) is not None
    assert refuse_take_back(Row(state=State.SUBMITTED), 7, LIAISON) is None


def test_an_earlier_day_stays_within_the_plans_own() -> None:
    today = date(2024, 3, 22)
    assert refuse_set_earlier(Row(), DUE, date(2024, 4, 1), today) is None
    assert refuse_set_earlier(Row(), DUE, date(2024, 5, 1), today) == "不能晚于方案规定的 2024-04-30"
    assert refuse_set_earlier(Row(), DUE, date(2024, 3, 21), today) == "不能早于今天 2024-03-22"
    early = date(2023, 6, 1)
    assert refuse_set_earlier(Row(), DUE, date(2023, 7, 1), early) == "不能早于节点开始日 2023-08-01"
