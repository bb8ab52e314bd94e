"""Cards equal lists: whatever the situation, the board counts what the ledger lists."""

import random
from datetime import date, timedelta
from typing import cast

import pytest
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from tracker.board.queries import count_milestones, gates, unit_rows
from tracker.board.rail import draw_rail, notice_starts_by
from tracker.milestones.models import Milestone
from tracker.milestones.queries import Filter, ledger, ledger_count
from tracker.milestones.rules import Day, Light, State, late_from
from tracker.plan.models import Campaign
from tracker.plan.queries import phases_of
from tracker.workdays.queries import calendar_of


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return session.scalars(select(Campaign)).one()


def scramble(session: Session, seed: int) -> Day:
    """A believable or unbelievable situation; the same every time for a seed."""
    chance = random.Random(seed)
    today = date(2023, 8, 1) + timedelta(days=chance.randrange(760))
    changed = []
    for row_id, due_on in session.execute(select(Milestone.id, Milestone.due_on)):
        if chance.random() < 0.6:
            state, due_on = chance.choice(list(State)), due_on + timedelta(days=chance.randrange(-90, 40))
            submitted_on = today - timedelta(days=chance.randrange(20)) if state is State.SUBMITTED else None
            changed.append(
                {
                    "b_id": row_id,
                    "state": state,
                    "is_waiting": chance.random() < 0.2,
                    "is_backfill": chance.random() < 0.2,
                    "due_on": due_on,
                    "late_from": late_from(due_on, None),
                    "submitted_on": submitted_on,
                }
            )
    table = cast(Table, Milestone.__table__)
    session.connection().execute(update(table).where(table.c.id == bindparam("b_id")), changed)
    return Day(today, calendar_of(session, 1))


@pytest.mark.parametrize("seed", range(6))
def test_every_number_equals_its_list(session: Session, campaign: Campaign, seed: int) -> None:
    day = scramble(session, seed)
    counts = count_milestones(session, campaign, day)
    assert sum(counts.all.counts) == ledger_count(session, campaign, Filter(), day)
    for light in Light:
        rows = ledger(session, campaign, Filter(light=light), day, limit=None)
        assert counts.all.of(light) == len(rows), (light, day.today)
        assert counts.unit_count(light) == len({row.unit_id for row in rows})
    late = ledger(session, campaign, Filter(light=Light.LATE), day, limit=None)
    assert counts.all.late_from == min((row.late_from for row in late), default=None)
    review = ledger(session, campaign, Filter(light=Light.REVIEW), day, limit=None)
    assert counts.all.submitted_on == min(
        (row.submitted_on for row in review if row.submitted_on), default=None
    )


@pytest.mark.parametrize("seed", [7, 8])
def test_every_cell_equals_its_list(session: Session, campaign: Campaign, seed: int) -> None:
    day = scramble(session, seed)
    counts = count_milestones(session, campaign, day)
    rows = unit_rows(session, campaign, counts, day, limit=999)
    assert [row.tally.late for row in rows] == sorted((row.tally.late for row in rows), reverse=True)
    for row in rows[::9]:
        assert row.tally.opened == ledger_count(
            session, campaign, Filter(unit_id=row.id, is_opened=True), day
        )
        assert row.tally.done == ledger_count(
            session, campaign, Filter(unit_id=row.id, light=Light.DONE), day
        )
        for gate in gates(session, campaign):
            wanted = Filter(unit_id=row.id, deadline_id=gate.id)
            assert sum(row.cell(gate.id).counts) == ledger_count(session, campaign, wanted, day)


def test_the_notice_starts_fifteen_days_before_the_application_ends(
    session: Session, campaign: Campaign
) -> None:
    assert notice_starts_by(campaign, phases_of(session, campaign)) == date(2024, 5, 16)


def test_the_bar_shows_all_phases_and_today(session: Session, campaign: Campaign) -> None:
    rail = draw_rail(campaign, phases_of(session, campaign), date(2024, 3, 22))
    states = {bar.phase.number: bar.state for bar in rail.bars}
    assert states == {1: "past", 2: "past", 3: "now", 4: "now", 5: "to_come", 6: "to_come", 7: "to_come"}
    assert {bar.phase.number for bar in rail.bars if bar.y == max(bar.y for bar in rail.bars)} == {3}
    assert rail.today is not None
    assert rail.notice is not None
    assert rail.today.x < rail.notice.x
    assert all(bar.x >= 0 and bar.x + bar.width <= rail.width for bar in rail.bars)


def test_before_and_after_the_campaign_no_day_is_marked(session: Session, campaign: Campaign) -> None:
    phases = phases_of(session, campaign)
    assert draw_rail(campaign, phases, date(2022, 7, 31)).today is None
    assert draw_rail(campaign, phases, date(2025, 9, 1)).today is None
