"""Ticking, taking back, accepting, returning: what changes, and what is refused."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import find_milestone
from tracker.db import Database
from tracker.errors import Refused, Stale
from tracker.events.models import Event
from tracker.milestones import actions
from tracker.milestones.bulk import in_bulk
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day, State
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.workdays.queries import calendar_of

Person = Callable[[str], User]
FRIDAY = date(2024, 3, 22)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def the_day(session: Session, day: date = FRIDAY) -> Day:
    return Day(day, calendar_of(session, 1))


def tick(session: Session, row: Milestone, by: User, day: date = FRIDAY) -> None:
    actions.submit(session, row, by=by, at=at(day), today=day)


def test_a_tick_is_recorded_with_who_and_when(session: Session, person: Person) -> None:
    row = find_milestone(session, "11-1", "市农业农村局")
    tick(session, row, person("nongye"))
    assert row.state is State.SUBMITTED
    assert row.submitted_on == FRIDAY
    event = session.scalars(select(Event).where(Event.subject == "milestone")).one()
    assert (event.verb, event.subject_id, event.by_id) == ("submit", row.id, person("nongye").id)
    assert (event.before["state"], event.after["state"]) == ("open", "submitted")


def test_a_tick_can_be_taken_back_until_it_is_accepted(session: Session, person: Person) -> None:
    row = find_milestone(session, "11-1", "市农业农村局")
    tick(session, row, person("nongye"))
    actions.take_back(session, row, by=person("nongye"), at=at(FRIDAY))
    assert row.state is State.OPEN
    assert row.submitted_at is None
    tick(session, row, person("nongye"))
    actions.accept(session, row, by=person("office"), at=at(FRIDAY))
    with pytest.raises(Refused, match="当前状态是“办结”，不能撤回"):
        actions.take_back(session, row, by=person("nongye"), at=at(FRIDAY))


def test_taking_back_a_resubmission_leaves_it_returned(session: Session, person: Person) -> None:
    row = find_milestone(session, "11-1", "市农业农村局")
    tick(session, row, person("nongye"))
    actions.send_back(session, row, "总结未盖章", by=person("office"), at=at(FRIDAY), day=the_day(session))
    tick(session, row, person("nongye"))
    actions.take_back(session, row, by=person("nongye"), at=at(FRIDAY))
    assert row.state is State.RETURNED


def test_a_return_needs_a_reason_and_moves_the_day(session: Session, person: Person) -> None:
    row = find_milestone(session, "11-1", "市农业农村局")
    last_day = date(2024, 4, 30)
    tick(session, row, person("nongye"), last_day)
    day = the_day(session, last_day)
    with pytest.raises(Refused, match="退回须写明原因"):
        actions.send_back(session, row, " ", by=person("office"), at=at(last_day), day=day)
    actions.send_back(session, row, "总结未盖章", by=person("office"), at=at(last_day), day=day)
    assert row.state is State.RETURNED
    assert row.due_on == date(2024, 5, 8)
    assert row.planned_on == last_day


def test_an_acceptance_is_taken_back_with_a_reason(session: Session, person: Person) -> None:
    row = find_milestone(session, "11-1", "市农业农村局")
    tick(session, row, person("nongye"))
    actions.accept(session, row, by=person("office"), at=at(FRIDAY))
    actions.send_back(session, row, "台账缺页", by=person("office"), at=at(FRIDAY), day=the_day(session))
    assert (row.state, row.reason) == (State.RETURNED, "台账缺页")


def test_what_somebody_else_changed_meanwhile_is_stale(session: Session, person: Person) -> None:
    row = find_milestone(session, "11-1", "市农业农村局")
    seen = row.version
    tick(session, row, person("nongye"))
    assert row.version > seen
    with pytest.raises(Stale):
        actions.accept(session, row, by=person("office"), at=at(FRIDAY), version=seen)


def test_a_lead_waits_for_the_unit_that_its_task_names(session: Session, person: Person) -> None:
    lead = find_milestone(session, "27-1", "市市场监管局")
    share = find_milestone(session, "27-1", "市教育局")
    with pytest.raises(Refused, match="等待配合单位"):
        tick(session, lead, person("shijian"))
    share.state, share.submitted_on = State.OPEN, None
    education = User(
        unit_id=share.unit_id, username="jiaoyu", name="教育局联络员", role=person("nongye").role
    )
    session.add(education)
    session.flush()
    tick(session, share, education, date(2024, 5, 8))
    assert not lead.is_waiting
    assert lead.late_from == date(2024, 5, 8)
    tick(session, lead, person("shijian"), date(2024, 5, 9))
    assert lead.state is State.SUBMITTED


def test_a_lead_waits_again_when_a_share_is_returned(session: Session, person: Person) -> None:
    lead = find_milestone(session, "34-1", "市农业农村局")
    share = find_milestone(session, "34-1", "市公安局")
    police = User(unit_id=share.unit_id, username="gongan", name="公安局联络员", role=person("nongye").role)
    session.add(police)
    session.flush()
    tick(session, share, police)
    assert not lead.is_waiting
    actions.send_back(session, share, "缺处置记录", by=person("office"), at=at(FRIDAY), day=the_day(session))
    assert lead.is_waiting


def test_in_an_initiative_the_lead_submits_with_what_is_missing_shown(
    session: Session, person: Person
) -> None:
    lead = find_milestone(session, "工程1", "市农业农村局")
    tick(session, lead, person("nongye"))
    assert lead.state is State.SUBMITTED
    assert "芒康县" in lead.missing
    assert "市生态环境局" in lead.missing


def test_an_earlier_day_counts_for_the_light_and_the_plans_day_stays(
    session: Session, person: Person
) -> None:
    row = find_milestone(session, "11-1", "市农业农村局")
    friday = the_day(session)
    actions.set_earlier_day(session, row, date(2024, 3, 29), by=person("office"), at=at(FRIDAY), day=friday)
    assert (row.planned_on, row.due_on, row.late_from) == (
        date(2024, 3, 29), date(2024, 3, 29), date(2024, 3, 30),
    )  # fmt: skip
    assert row.deadline.due_on == date(2024, 4, 30)


def test_an_earlier_day_leaves_a_returned_milestone_its_three_working_days(
    session: Session, person: Person
) -> None:
    row = find_milestone(session, "11-1", "市农业农村局")
    tick(session, row, person("nongye"))
    friday = the_day(session)
    actions.send_back(session, row, "总结未盖章", by=person("office"), at=at(FRIDAY), day=friday)
    actions.set_earlier_day(session, row, FRIDAY, by=person("office"), at=at(FRIDAY), day=friday)
    assert (row.planned_on, row.due_on) == (FRIDAY, date(2024, 3, 27))


def test_a_lead_that_took_its_tick_back_waits_again(session: Session, person: Person) -> None:
    lead = find_milestone(session, "80-1", "市农业农村局")
    share = find_milestone(session, "80-1", "市市场监管局")
    tick(session, share, person("shijian"))
    tick(session, lead, person("nongye"))
    actions.take_back(session, share, by=person("shijian"), at=at(FRIDAY))
    assert lead.state is State.SUBMITTED
    actions.take_back(session, lead, by=person("nongye"), at=at(FRIDAY))
    with pytest.raises(Refused, match="等待配合单位"):
        tick(session, lead, person("nongye"))


def test_two_units_that_submit_at_once_leave_no_lead_waiting(own_database: Database) -> None:
    """Each sees only its own tick until it is committed; the lead's row is locked before looking."""
    with own_database.session(write=True) as session:
        lead = find_milestone(session, "29-3", "市农业农村局")
        shares = [find_milestone(session, "29-3", unit).id for unit in ("市卫生健康委", "市发展改革委")]
        unit_ids = [session.get_one(Milestone, key).unit_id for key in shares]
        users = [
            User(unit_id=unit_id, username=f"u{unit_id}", name="联络员", role=Role.LIAISON)
            for unit_id in unit_ids
        ]
        session.add_all(users)
        session.commit()

    def submit(share_id: int, user_id: int, start: Barrier) -> None:
        start.wait()
        with own_database.transaction() as session:
            row, user = session.get_one(Milestone, share_id), session.get_one(User, user_id)
            tick(session, row, user)

    barrier = Barrier(2)
    with ThreadPoolExecutor() as threads:
        jobs = [
            threads.submit(submit, share, user.id, barrier) for share, user in zip(shares, users, strict=True)
        ]
        for job in jobs:
            job.result()
    with own_database.session() as session:
        assert not session.get_one(Milestone, lead.id).is_waiting


def test_a_bulk_action_does_what_it_can_and_tells_the_rest(session: Session, person: Person) -> None:
    ready = find_milestone(session, "11-1", "市农业农村局")
    tick(session, ready, person("nongye"))
    untouched = find_milestone(session, "13-1", "市农业农村局")
    outcome = in_bulk(
        [ready, untouched], lambda row: actions.accept(session, row, by=person("office"), at=at(FRIDAY))
    )
    assert outcome.done_count == 1
    assert outcome.refused == [(untouched, "当前状态是“待办”，不能办结")]
    assert ready.state is State.ACCEPTED


def test_only_backfill_is_closed_as_backfill(session: Session, person: Person) -> None:
    old = find_milestone(session, "11-1", "市农业农村局", "G1")
    actions.close_backfill(session, old, by=person("office"), at=at(FRIDAY))
    assert old.state is State.ACCEPTED
    with pytest.raises(Refused, match="不是待补录的节点"):
        actions.close_backfill(
            session, find_milestone(session, "11-1", "市农业农村局"), by=person("office"), at=at(FRIDAY)
        )
