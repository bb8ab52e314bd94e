"""合并: what goes over, what stays, and that the plan and the fan-out keep it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.merging.conftest import AT, Person, Reform, UnitOf
from tests.world import SEED, find_milestone
from tracker.appeals.actions import ask_extension
from tracker.assignments.models import Assignment, Reassignment
from tracker.errors import Refused, Stale
from tracker.events.models import Event
from tracker.evidence.models import Evidence, Placement
from tracker.evidence.rules import EvidenceState
from tracker.files.models import StoredFile
from tracker.files.rules import FileKind
from tracker.handover.units import start_unit
from tracker.merging.actions import merge
from tracker.milestones import actions
from tracker.milestones.fanout import FanOut, fan_out
from tracker.milestones.models import Milestone
from tracker.milestones.reassigning import reassign
from tracker.milestones.rules import OWING, State
from tracker.people.actions import add_unit, rename_unit
from tracker.people.models import UnitLeader
from tracker.plan.models import Campaign, ItemParty, TaskParty
from tracker.plan.seed.loading import load_plan
from tracker.plan.seed.reading import read_plan
from tracker.reminders.queries.reports import owed_reports
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.queries import answered_items, terms_of
from tracker.reports.rules import ReportState, is_owed
from tracker.supervision.models import Order
from tracker.supervision.rules import OrderState
from tracker.units.models import Unit
from tracker.units.queries import name_book, units_of
from tracker.units.rules import UnitKind


def owing(session: Session, unit: Unit) -> set[tuple[int, int]]:
    """Task and deadline of what a unit still has to do."""
    own = Milestone.unit_id == unit.id, Milestone.state.in_(OWING)
    rows = session.execute(select(Milestone.task_id, Milestone.deadline_id).where(*own))
    return {(task_id, deadline_id) for task_id, deadline_id in rows}


def again(session: Session, campaign: Campaign) -> FanOut:
    return fan_out(session, campaign, at=AT, today=AT.date())


def accept(session: Session, reform: Reform, person: Person, code: str, deadline: str = "G2") -> Milestone:
    row = find_milestone(session, code, reform.unit.short, deadline)
    actions.submit(session, row, by=person("nongye"), at=AT, today=AT.date())
    actions.accept(session, row, by=person("office"), at=AT)
    return row


def test_all_that_is_owed_is_the_other_units_and_nothing_twice(session: Session, reform: Reform) -> None:
    before = owing(session, reform.unit) | owing(session, reform.other)
    shares = session.scalar(
        select(func.count()).where(Assignment.unit_id == reform.unit.id, Assignment.left_on.is_(None))
    )
    done = reform.carry_out()
    assert owing(session, reform.other) == before
    assert owing(session, reform.unit) == set()
    assert done.milestones > 50
    assert done.dropped > 10
    assert 0 < done.shares < (shares or 0)
    held = session.scalars(select(Assignment).where(Assignment.unit_id == reform.unit.id)).all()
    assert {share.left_on for share in held} == {AT.date()}


def test_the_outlook_says_what_happens(session: Session, reform: Reform, person: Person) -> None:
    accept(session, reform, person, "11-1")
    outlook, left = reform.outlook(), select(func.count()).where(Milestone.state == State.LEFT)
    taken = owing(session, reform.other)
    reform.carry_out()
    assert len(owing(session, reform.other) - taken) == outlook.milestones
    assert session.scalar(left) == outlook.milestones + outlook.dropped
    assert (outlook.finished, outlook.people, outlook.groups) == (1, 2, ())
    merged = session.scalars(select(Event).where(Event.verb == "merge", Event.subject == "unit")).all()
    assert [event.unit_id for event in merged] == [reform.unit.id, reform.other.id]
    assert merged[0].after["milestones"] == outlook.milestones


def test_what_was_accepted_stays_and_is_not_owed_again(
    session: Session, campaign: Campaign, reform: Reform, person: Person
) -> None:
    row = accept(session, reform, person, "11-1")
    whole = find_milestone(session, "12-1", reform.unit.short).assignment
    for milestone in whole.milestones:
        milestone.state = State.ACCEPTED
    reform.carry_out()
    assert (row.state, row.unit_id) == (State.ACCEPTED, reform.unit.id)
    for _ in range(2):
        assert again(session, campaign) == FanOut(0, 0, 0)
        session.expire_all()
    assert gates(session, "11-1", reform.other) == ["G1", "G3", "G4"]
    assert gates(session, "12-1", reform.other) == []
    assert len(gates(session, "12-1", reform.unit)) == 4


def gates(session: Session, code: str, unit: Unit) -> list[str]:
    """The deadlines of a unit's milestones of a task."""
    own = Milestone.unit_id == unit.id, Milestone.task.has(code=code)
    return [
        one.deadline.code
        for one in session.scalars(select(Milestone).where(*own).order_by(Milestone.planned_on))
    ]


def test_the_fan_out_and_the_plan_keep_it(session: Session, campaign: Campaign, reform: Reform) -> None:
    reform.carry_out()
    assert again(session, campaign) == FanOut(0, 0, 0)
    loaded = load_plan(session, read_plan(SEED), slug=SEED.name, at=AT, today=AT.date())
    assert (loaded.added, loaded.changed) == (0, 0)
    assert again(session, campaign) == FanOut(0, 0, 0)
    session.expire_all()
    assert not reform.unit.is_active
    for table in (TaskParty, ItemParty):
        assert session.scalar(select(func.count()).where(table.unit_id == reform.unit.id)) == 0
    assert session.scalars(select(Unit).where(Unit.groups.any(), ~Unit.is_active)).all() == []


def test_every_name_means_the_other_unit(session: Session, reform: Reform) -> None:
    rename_unit(session, reform.unit, "农水局全称", "市农水局", by=reform.by, at=AT, seen=reform.unit.name)
    reform.carry_out()
    book = name_book(session, reform.unit.jurisdiction_id)
    for name in ("农水局全称", "市农水局", "市农业农村局", "农业农村部门", "市林草局"):
        assert book.find(name) is reform.other
    assert reform.unit not in units_of(session, reform.unit.jurisdiction_id)
    assert load_plan(session, read_plan(SEED), slug=SEED.name, at=AT, today=AT.date()).changed == 0
    with pytest.raises(Refused, match="已并入市林草局"):
        start_unit(session, reform.unit, by=reform.by, at=AT)
    with pytest.raises(Refused, match="已并入市林草局"):
        rename_unit(session, reform.other, "农水局全称", "农水", by=reform.by, at=AT, seen=reform.other.name)


def test_the_people_go_over_with_their_tasks(session: Session, reform: Reform, person: Person) -> None:
    share = find_milestone(session, "11-1", reform.unit.short).assignment
    share.handler = person("nongye")
    session.add(UnitLeader(unit_id=reform.unit.id, user_id=person("leader").id))
    assert reform.carry_out().leader == person("leader").name
    assert {person(name).unit_id for name in ("nongye", "nongye-head")} == {reform.other.id}
    taker = find_milestone(session, "11-1", reform.other.short).assignment
    assert taker.handler is person("nongye")
    assert taker.is_first
    assert session.get(UnitLeader, reform.unit.id) is None
    assert session.get_one(UnitLeader, reform.other.id).user_id == person("leader").id


def test_a_leader_of_the_other_unit_stays(session: Session, reform: Reform, person: Person) -> None:
    session.add(UnitLeader(unit_id=reform.unit.id, user_id=person("leader").id))
    session.add(UnitLeader(unit_id=reform.other.id, user_id=person("reviewer").id))
    assert reform.carry_out().leader == ""
    assert session.get_one(UnitLeader, reform.other.id).user_id == person("reviewer").id


def test_months_that_were_due_stay_with_the_old_name_and_nobody_is_asked(
    session: Session, campaign: Campaign, reform: Reform
) -> None:
    done = reform.carry_out()
    terms = terms_of(campaign, reform.day)
    months = session.scalars(select(ReportPeriod).order_by(ReportPeriod.month)).all()
    owed = {one.due_on for one in months if is_owed(one, terms.of(reform.unit.id))}
    assert owed == {one.due_on for one in months if campaign.live_on <= one.due_on < reform.day.today}
    assert len(owed) == done.months > 0
    asked = {one.unit.id for one in owed_reports(session, campaign, terms)}
    assert reform.unit.id not in asked
    assert reform.other.id in asked


def test_a_unit_that_did_not_report_owes_the_months_to_come_alone(
    session: Session, campaign: Campaign, reform: Reform, unit: UnitOf, person: Person
) -> None:
    city = reform.unit.jurisdiction
    made = add_unit(session, city, "市粮食和物资储备局", "市粮储局", UnitKind.DEPARTMENT, by=reform.by, at=AT)
    reform.other = made
    done = reform.carry_out()
    assert done.groups == ("各成员单位", "有关成员单位")
    terms = terms_of(campaign, reform.day).of(made.id)
    months = session.scalars(select(ReportPeriod).order_by(ReportPeriod.month)).all()
    assert [one.due_on for one in months if is_owed(one, terms)] == [
        one.due_on for one in months if one.due_on >= reform.day.today
    ]
    assert {item.code for item in answered_items(session, campaign.id, made.id)} >= {"11"}
    assert again(session, campaign) == FanOut(0, 0, 0)


def test_a_second_merger_takes_the_first_along(
    session: Session, campaign: Campaign, reform: Reform, unit: UnitOf
) -> None:
    first = reform.unit
    reform.carry_out()
    reform.unit, reform.other = unit("市林草局"), unit("市生态环境局")
    reform.carry_out()
    assert first.merged_into is reform.other
    assert load_plan(session, read_plan(SEED), slug=SEED.name, at=AT, today=AT.date()).changed == 0
    assert again(session, campaign) == FanOut(0, 0, 0)
    assert name_book(session, first.jurisdiction_id).find("市农业农村局") is reform.other


def test_shares_that_the_office_had_given_stay_where_they_are(
    session: Session, campaign: Campaign, reform: Reform, unit: UnitOf, person: Person
) -> None:
    def give(share: Assignment, to: Unit) -> Assignment:
        return reassign(session, share, to, "职责调整", by=person("office"), at=AT, day=reform.day)

    away = give(find_milestone(session, "11-1", reform.unit.short).assignment, unit("市科技局"))
    both = _share_of_both(session, reform)
    apart = give(both, unit("芒康县"))
    come = give(_share_of_neither(session, reform, unit("市市场监管局")), reform.unit)
    reform.carry_out()
    for _ in range(2):
        assert again(session, campaign) == FanOut(0, 0, 0)
        session.expire_all()
    assert (away.left_on, apart.left_on) == (None, None)
    assert come.left_on == AT.date()
    rows = {row.task_id: row for row in session.scalars(select(Reassignment))}
    assert rows[come.task_id].to_unit_id == reform.other.id
    assert rows[away.task_id].from_unit_id == reform.other.id
    assert rows[apart.task_id].from_unit_id == reform.unit.id
    assert _tasks_of(session, reform.other) >= {come.task_id, apart.task_id}


def _tasks_of(session: Session, unit: Unit) -> set[int]:
    live = Assignment.unit_id == unit.id, Assignment.left_on.is_(None)
    return set(session.scalars(select(Assignment.task_id).where(*live)))


def _share_of_both(session: Session, reform: Reform) -> Assignment:
    """A share of a task of which the other unit has one as well."""
    shared = Assignment.task_id.in_(_tasks_of(session, reform.other) - _tasks_of(session, _mangkang(session)))
    own = select(Assignment).where(Assignment.unit_id == reform.unit.id, shared)
    return session.scalars(own.order_by(Assignment.id)).first()  # type: ignore[return-value]  # there are some


def _share_of_neither(session: Session, reform: Reform, holder: Unit) -> Assignment:
    """A share of a task of which neither unit has one."""
    theirs = Assignment.task_id.not_in(_tasks_of(session, reform.unit) | _tasks_of(session, reform.other))
    own = select(Assignment).where(Assignment.unit_id == holder.id, theirs)
    return session.scalars(own.order_by(Assignment.id)).first()  # type: ignore[return-value]  # there are some


def _mangkang(session: Session) -> Unit:
    return session.scalars(select(Unit).where(Unit.short == "芒康县")).one()


def test_what_is_under_way_has_to_end_first(session: Session, reform: Reform, person: Person) -> None:
    row = find_milestone(session, "11-1", reform.unit.short)
    actions.submit(session, row, by=person("nongye"), at=AT, today=AT.date())
    with pytest.raises(Refused, match="1 个节点待审核"):
        reform.carry_out()
    actions.send_back(session, row, "请补充材料", by=person("office"), at=AT, day=reform.day)
    day = row.due_on + timedelta(days=5)
    ask_extension(session, row, day, "正在办理", by=person("nongye"), at=AT, today=AT.date())
    with pytest.raises(Refused, match="1 项申请待答复"):
        reform.carry_out()
    assert reform.unit.is_active


def test_only_who_manages_units_merges_what_they_saw(
    session: Session, reform: Reform, person: Person, unit: UnitOf
) -> None:
    seen = reform.outlook().mark
    for name in ("office", "security", "nongye"):
        with pytest.raises(Refused, match="办理"):
            merge(session, reform.unit, reform.other, by=person(name), at=AT, day=reform.day, seen=seen)
    with pytest.raises(Refused, match="行政区划"):
        merge(session, unit("芒康县"), unit("左贡县"), by=reform.by, at=AT, day=reform.day, seen=seen)
    accept(session, reform, person, "11-1")
    with pytest.raises(Stale):
        merge(session, reform.unit, reform.other, by=reform.by, at=AT, day=reform.day, seen=seen)


def test_orders_and_reports_under_way_hold_it_up(
    session: Session, campaign: Campaign, reform: Reform, person: Person, unit: UnitOf
) -> None:
    office, month = person("office"), session.scalars(select(ReportPeriod).limit(1)).one()
    facts: dict[str, Any] = {
        "campaign_id": campaign.id, "title": "督办", "requirement": "请办理", "planned_on": AT.date(),
        "due_on": AT.date(), "drafted_at": AT, "drafted_by_id": office.id, "changed_at": AT,
    }  # fmt: skip
    own = Order(unit_id=reform.unit.id, **facts)
    supported = Order(unit_id=unit("市教育局").id, supporters=[reform.unit], **facts)
    closed = Order(unit_id=reform.unit.id, state=OrderState.CLOSED, year=2024, number=1, **facts)
    report = MonthlyReport(period_id=month.id, unit_id=reform.unit.id, state=ReportState.RETURNED)
    session.add_all([own, supported, closed, report])
    with pytest.raises(Refused, match=r"2 张督办单没有办结.*1 份月报"):
        reform.carry_out()
    for row in (own, supported):
        session.delete(row)
    report.state = ReportState.ACCEPTED
    reform.carry_out()
    assert (closed.unit_id, report.unit_id) == (reform.unit.id, reform.unit.id)


def test_drafts_are_the_other_units_to_finish(
    session: Session, campaign: Campaign, reform: Reform, person: Person
) -> None:
    file = StoredFile(sha256="a" * 64, size=1, kind=FileKind.PDF, stored_at=AT)
    session.add(file)
    session.flush()
    draft, accepted = (
        Evidence(
            campaign_id=campaign.id, unit_id=reform.unit.id, file_id=file.id, file_name="a.pdf", title=title,
            proves_year=2024, state=state, created_at=AT, created_by_id=person("nongye").id,
        )
        for title, state in (("草稿", EvidenceState.DRAFT), ("台账", EvidenceState.ACCEPTED))
    )  # fmt: skip
    share = find_milestone(session, "11-1", reform.unit.short)
    place = Placement(material=share.task.materials[0], task_id=share.task_id, unit_id=reform.unit.id)
    draft.placements.append(place)
    session.add_all([draft, accepted])
    assert reform.carry_out().drafts == 1
    assert (draft.unit_id, place.unit_id, accepted.unit_id) == (
        reform.other.id, reform.other.id, reform.unit.id,
    )  # fmt: skip
