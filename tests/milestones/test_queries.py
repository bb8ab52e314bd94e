"""The SQL of the lights agrees with the rules, and a list is as long as its count."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.milestones.models import Milestone
from tracker.milestones.queries import (
    SORTS,
    Filter,
    ledger,
    ledger_count,
    light_is,
    light_number,
    milestones_of,
    opened,
    whole_ledger,
)
from tracker.milestones.rules import Day, Light, State, late_from, light
from tracker.plan.models import Campaign, PlanItem, Task
from tracker.plan.rules import PartyRole
from tracker.units.models import Unit
from tracker.workdays.queries import calendar_of

START = date(2024, 3, 1)
days = st.integers(0, 60).map(lambda count: START + timedelta(days=count))


def the_day(session: Session, today: date = date(2024, 3, 22)) -> Day:
    return Day(today, calendar_of(session, 1))


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return session.scalars(select(Campaign)).one()


def give_every_state(session: Session) -> list[Milestone]:
    """One milestone for every state, waiting or not, backfill or not, with days around `START`."""
    combinations = list(product(State, (True, False), (True, False), range(-14, 15, 4), range(-3, 20, 11)))
    rows = list(session.scalars(select(Milestone).order_by(Milestone.id).limit(len(combinations))))
    for row, (state, is_waiting, is_backfill, due, opens) in zip(rows, combinations, strict=True):
        row.state, row.is_waiting, row.is_backfill = state, is_waiting, is_backfill
        row.due_on = START + timedelta(days=20 + due)
        row.opens_on = START + timedelta(days=opens)
        row.late_from = late_from(row.due_on, row.due_on + timedelta(days=3) if due % 8 == 2 else None)
    session.flush()
    return rows


def test_every_light_is_the_same_in_sql_as_in_the_rules(session: Session) -> None:
    rows = give_every_state(session)
    ids = [row.id for row in rows]
    for offset in range(45):
        day = the_day(session, START + timedelta(days=offset))
        by_rules = {row.id: light(row, day.today, day.near_through) for row in rows}
        for shown in Light:
            found = session.scalars(
                select(Milestone.id).where(Milestone.id.in_(ids), light_is(shown, day))
            ).all()
            expected = {key for key, each in by_rules.items() if each is shown}
            assert set(found) == expected, (shown, day.today)
            assert len(found) == len(expected)
        numbers = session.execute(select(Milestone.id, light_number(day)).where(Milestone.id.in_(ids)))
        assert {key: list(Light)[number] for key, number in numbers} == by_rules
        opened_ids = set(session.scalars(select(Milestone.id).where(Milestone.id.in_(ids), opened(day))))
        closed = (Light.NOT_OPEN, Light.LEFT)
        assert opened_ids == {key for key, each in by_rules.items() if each not in closed}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    state=st.sampled_from(State),
    is_waiting=st.booleans(),
    is_backfill=st.booleans(),
    opens_on=days,
    due_on=days,
    ready_on=st.none() | days,
    today=days,
)
@example(State.OPEN, True, False, START, START, None, START + timedelta(days=1))
@example(State.RETURNED, False, True, START, START, None, START + timedelta(days=1))
def test_exactly_one_light_is_lit(
    session: Session,
    state: State,
    is_waiting: bool,
    is_backfill: bool,
    opens_on: date,
    due_on: date,
    ready_on: date | None,
    today: date,
) -> None:
    row = session.scalars(select(Milestone).order_by(Milestone.id).limit(1)).one()
    session.execute(
        update(Milestone)
        .where(Milestone.id == row.id)
        .values(
            state=state,
            is_waiting=is_waiting,
            is_backfill=is_backfill,
            opens_on=opens_on,
            due_on=due_on,
            late_from=late_from(due_on, ready_on),
        )
    )
    session.refresh(row)
    day = the_day(session, today)
    lit = [
        shown
        for shown in Light
        if session.scalar(select(Milestone.id).where(Milestone.id == row.id, light_is(shown, day)))
    ]
    assert lit == [light(row, today, day.near_through)]


def test_a_list_is_as_long_as_its_count(session: Session, campaign: Campaign) -> None:
    give_every_state(session)
    day = the_day(session)
    unit_id = session.scalars(select(Unit.id).where(Unit.short == "芒康县")).one()
    point_id = session.scalars(select(PlanItem.id).where(PlanItem.code == "要点5")).one()
    task_id = session.scalars(select(Task.id).where(Task.code == "11-1")).one()
    filters = [
        Filter(),
        Filter(unit_id=unit_id),
        Filter(unit_id=unit_id, is_opened=True),
        Filter(section=1, role=PartyRole.SUPPORT),
        Filter(item_id=point_id),
        Filter(task_id=task_id),
        Filter(text="11-1 农业"),
        Filter(text="100%"),
        *(Filter(light=shown, sort=sort) for shown, sort in product(Light, SORTS)),
    ]
    for wanted in filters:
        count = ledger_count(session, campaign, wanted, day)
        assert len(ledger(session, campaign, wanted, day, limit=None)) == count
        assert sum(1 for _ in whole_ledger(session, campaign, wanted, day)) == count
    assert len(milestones_of(session, campaign, Filter(item_id=point_id), day)) == ledger_count(
        session, campaign, Filter(item_id=point_id), day
    )


def test_a_point_holds_its_indicators(session: Session, campaign: Campaign) -> None:
    point_id = session.scalars(select(PlanItem.id).where(PlanItem.code == "要点5")).one()
    rows = ledger(session, campaign, Filter(item_id=point_id), the_day(session), limit=None)
    indicators = {row.code.split("-")[0] for row in rows}
    assert {"11", "15"} <= indicators
    assert "10" not in indicators
