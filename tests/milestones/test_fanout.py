"""From the plan of Changdu to everybody's boxes."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.world import MovableClock, city_moment
from tracker.assignments.models import Assignment
from tracker.events.models import Event
from tracker.milestones.actions import set_earlier_day
from tracker.milestones.fanout import FanOut, fan_out
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day, State
from tracker.people.models import User
from tracker.plan.models import Campaign, Deadline, Task
from tracker.plan.rules import PartyRole
from tracker.units.models import Unit, UnitGroup
from tracker.workdays.rules import Calendar


def campaign_of(session: Session) -> Campaign:
    return session.scalars(select(Campaign)).one()


def assignment(session: Session, code: str, unit: str) -> Assignment | None:
    return session.scalar(
        select(Assignment)
        .join(Task, Task.id == Assignment.task_id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(Task.code == code, Unit.short == unit)
    )


def test_every_county_gets_its_share_of_a_county_task(session: Session) -> None:
    units = session.scalars(
        select(Unit.short)
        .join(Assignment, Assignment.unit_id == Unit.id)
        .join(Task, Task.id == Assignment.task_id)
        .where(Task.code == "11-2")
    ).all()
    assert len(units) == 11
    assert {"卡若区", "芒康县"} <= set(units)


def test_a_basic_task_has_a_milestone_at_each_gate(session: Session) -> None:
    found = assignment(session, "11-1", "市农业农村局")
    assert found is not None
    assert [row.planned_on for row in found.milestones] == [
        date(2023, 7, 31), date(2024, 4, 30), date(2024, 6, 30), date(2025, 8, 31),
    ]  # fmt: skip
    assert [row.is_backfill for row in found.milestones] == [True, False, False, False]


def test_the_market_authority_ticks_for_the_insurers(session: Session) -> None:
    found = assignment(session, "71-2", "市市场监管局")
    assert found is not None
    assert found.acts_for is not None
    assert found.acts_for.name == "各承保公司"


def test_joint_leads_all_lead_and_the_first_answers_for_the_whole(session: Session) -> None:
    roles = {
        unit: (found.role, found.is_first)
        for unit in ("市农业农村局", "市商务局", "市市场监管局", "芒康县")
        if (found := assignment(session, "工程6", unit))
    }
    assert roles == {
        "市农业农村局": (PartyRole.LEAD, True),
        "市商务局": (PartyRole.LEAD, False),
        "市市场监管局": (PartyRole.LEAD, False),
        "芒康县": (PartyRole.SUPPORT, False),
    }


def test_a_named_supporting_unit_blocks_its_lead_and_a_group_does_not(session: Session) -> None:
    named = assignment(session, "34-1", "市农业农村局")
    group = assignment(session, "74-1", "市食安办")
    assert named is not None
    assert group is not None
    assert all(row.is_waiting for row in named.milestones)
    assert not any(row.is_waiting for row in group.milestones)


def test_fan_out_run_again_changes_nothing(session: Session, clock: MovableClock) -> None:
    again = fan_out(session, campaign_of(session), at=clock.now(), today=clock.today())
    assert again == FanOut(0, 0, 0)


def test_a_unit_that_leaves_a_group_keeps_its_history(session: Session, clock: MovableClock) -> None:
    counties = session.scalars(select(UnitGroup).where(UnitGroup.name == "各县（区）")).one()
    mangkang = next(unit for unit in counties.members if unit.short == "芒康县")
    before = session.scalar(
        select(func.count()).select_from(Milestone).where(Milestone.unit_id == mangkang.id)
    )
    share = assignment(session, "11-2", "芒康县")
    assert share is not None
    share.milestones[0].state = State.ACCEPTED
    counties.members.remove(mangkang)
    session.flush()
    fan_out(session, campaign_of(session), at=clock.now(), today=clock.today())
    assert share.left_on == clock.today()
    assert [row.state for row in share.milestones] == [
        State.ACCEPTED, State.LEFT, State.LEFT, State.LEFT,
    ]  # fmt: skip
    after = session.scalar(
        select(func.count()).select_from(Milestone).where(Milestone.unit_id == mangkang.id)
    )
    assert after == before


def test_a_unit_that_comes_back_finds_its_milestones_open_again(
    session: Session, clock: MovableClock, person: Callable[[str], User]
) -> None:
    counties = session.scalars(select(UnitGroup).where(UnitGroup.name == "各县（区）")).one()
    mangkang = next(unit for unit in counties.members if unit.short == "芒康县")
    for change in (counties.members.remove, counties.members.append):
        change(mangkang)
        session.flush()
        done = fan_out(
            session, campaign_of(session), at=clock.now(), today=clock.today(), by=person("office-admin")
        )
    share = assignment(session, "11-2", "芒康县")
    assert share is not None
    assert share.left_on is None
    assert {row.state for row in share.milestones} == {State.OPEN}
    assert done.assignments_back > 0
    told = select(Event).where(Event.subject == "milestone", Event.subject_id == share.milestones[0].id)
    assert [(one.verb, one.by_id) for one in session.scalars(told.order_by(Event.id))] == [
        ("leave", person("office-admin").id), ("come_back", person("office-admin").id),
    ]  # fmt: skip


def test_no_deadline_is_without_a_milestone(session: Session) -> None:
    unused = session.scalars(
        select(Deadline.code).where(Deadline.id.not_in(select(Milestone.deadline_id)))
    ).all()
    assert unused == []


def test_a_deadline_that_the_plan_moves_takes_its_milestones_along(
    session: Session, clock: MovableClock, person: Callable[[str], User]
) -> None:
    gate = session.scalars(select(Deadline).where(Deadline.code == "G2")).one()
    plain, own_day = assignment(session, "11-1", "市农业农村局"), assignment(session, "13-1", "市农业农村局")
    assert plain is not None
    assert own_day is not None
    earlier = date(2024, 3, 29)
    day = Day(clock.today(), Calendar())
    set_earlier_day(session, own_day.milestones[1], earlier, by=person("office"), at=clock.now(), day=day)
    gate.due_on = date(2024, 4, 26)
    session.flush()
    moved = fan_out(session, campaign_of(session), at=clock.now(), today=clock.today())
    assert moved.milestones_moved > 1000
    assert plain.milestones[1].due_on == plain.milestones[1].planned_on == gate.due_on
    assert plain.milestones[1].late_from == date(2024, 4, 27)
    assert own_day.milestones[1].due_on == earlier


def test_who_joins_late_is_not_overdue_on_the_first_day(session: Session) -> None:
    district = session.scalars(select(Unit).where(Unit.short == "新区管委会")).one()
    members = session.scalars(select(UnitGroup).where(UnitGroup.name == "各成员单位")).one()
    members.members.append(district)
    session.flush()
    joined_on = date(2024, 7, 10)
    fan_out(session, campaign_of(session), at=city_moment("2024-07-10T10:00"), today=joined_on)
    share = assignment(session, "73-2", "新区管委会")
    assert share is not None
    assert [row.is_backfill for row in share.milestones] == [True, True, True, False]


def test_a_role_that_the_plan_changes_reaches_the_assignment(session: Session, clock: MovableClock) -> None:
    task = session.scalars(select(Task).where(Task.code == "27-1")).one()
    first, second = task.parties
    first.unit_id, second.unit_id = second.unit_id, first.unit_id
    session.flush()
    session.expire_all()
    fan_out(session, campaign_of(session), at=clock.now(), today=clock.today())
    lead = assignment(session, "27-1", "市教育局")
    support = assignment(session, "27-1", "市市场监管局")
    assert lead is not None
    assert support is not None
    assert (lead.role, lead.is_first) == (PartyRole.LEAD, True)
    assert (support.role, support.is_first) == (PartyRole.SUPPORT, False)
    assert all(row.is_waiting for row in lead.milestones)
