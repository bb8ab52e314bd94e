"""Asking, answering, withdrawing: what changes, and what is refused."""

from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from tests.appeals.conftest import AT, NEW_DAY, TODAY, Find, Person
from tracker.appeals import actions, queries
from tracker.appeals.models import Appeal
from tracker.appeals.rules import AppealKind, AppealState, Ground
from tracker.errors import Refused, Stale
from tracker.events.models import Event
from tracker.evidence.models import Evidence
from tracker.milestones import actions as milestones
from tracker.milestones.fanout import fan_out
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day, Light, State, light
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.plan.models import Campaign
from tracker.workdays.queries import calendar_of


def the_day(session: Session) -> Day:
    return Day(TODAY, calendar_of(session, 1))


def events(session: Session, subject: str) -> list[Event]:
    return list(session.scalars(select(Event).where(Event.subject == subject).order_by(Event.id)))


def test_what_is_asked_changes_nothing_of_the_milestone(
    session: Session, row: Milestone, extension: Appeal
) -> None:
    day = the_day(session)
    assert light(row, TODAY, day.near_through) is Light.AHEAD
    assert (row.state, row.due_on, row.extension_count) == (State.OPEN, date(2024, 4, 30), 0)
    assert (extension.old_due_on, extension.new_due_on) == (date(2024, 4, 30), NEW_DAY)
    (event,) = events(session, "appeal")
    assert (event.verb, event.task_id, event.unit_id) == ("ask_extension", row.task_id, row.unit_id)
    assert event.note == "自评 延期至 2024-05-20：检测设备 5 月到货"


def test_a_granted_extension_moves_the_day_and_keeps_the_planned_one(
    session: Session, row: Milestone, extension: Appeal, person: Person
) -> None:
    actions.grant(session, extension, "按期完成", by=person("office"), at=AT)
    assert (row.planned_on, row.due_on, row.late_from) == (date(2024, 4, 30), NEW_DAY, date(2024, 5, 21))
    assert (row.state, row.extension_count) == (State.OPEN, 1)
    assert (extension.state, extension.answer) == (AppealState.GRANTED, "按期完成")
    assert extension.answered_by_id == person("office").id
    (event,) = events(session, "milestone")
    assert (event.verb, event.before, event.after) == (
        "extend", {"due_on": "2024-04-30"}, {"due_on": "2024-05-20"},
    )  # fmt: skip
    assert [event.verb for event in events(session, "appeal")] == ["ask_extension", "grant_extension"]


def test_a_second_extension_is_counted(
    session: Session, row: Milestone, extension: Appeal, person: Person
) -> None:
    office = person("office")
    actions.grant(session, extension, "", by=office, at=AT)
    again = actions.ask_extension(
        session,
        row,
        date(2024, 6, 3),
        "还没有到货",
        by=person("nongye"),
        at=AT,
        today=NEW_DAY.replace(day=19),
    )
    actions.grant(session, again, "", by=office, at=AT)
    assert (row.due_on, row.extension_count, again.old_due_on) == (date(2024, 6, 3), 2, NEW_DAY)


def test_a_returned_milestone_is_extended_from_its_day_in_force(
    session: Session, row: Milestone, person: Person
) -> None:
    last_day = date(2024, 4, 30)
    milestones.submit(session, row, by=person("nongye"), at=AT, today=last_day)
    day = Day(last_day, calendar_of(session, 1))
    milestones.send_back(session, row, "缺总结", by=person("office"), at=AT, day=day)
    assert row.due_on == date(2024, 5, 8)
    asked = actions.ask_extension(
        session, row, NEW_DAY, "重做检测", by=person("nongye"), at=AT, today=date(2024, 5, 7)
    )
    actions.grant(session, asked, "", by=person("office"), at=AT)
    assert (row.state, row.due_on) == (State.RETURNED, NEW_DAY)


def test_an_extension_asked_in_time_may_be_granted_after_the_day(
    session: Session, row: Milestone, extension: Appeal, person: Person
) -> None:
    day = Day(date(2024, 5, 6), calendar_of(session, 1))
    assert light(row, day.today, day.near_through) is Light.LATE
    actions.grant(session, extension, "", by=person("office"), at=AT)
    assert light(row, day.today, day.near_through) is not Light.LATE


def test_a_day_that_was_overtaken_is_not_granted(
    session: Session, row: Milestone, extension: Appeal, person: Person
) -> None:
    row.due_on = NEW_DAY
    with pytest.raises(Refused, match="新期限须晚于现行期限 2024-05-20"):
        actions.grant(session, extension, "", by=person("office"), at=AT)
    assert extension.state is AppealState.PENDING


def test_no_earlier_day_undoes_an_extension(
    session: Session, row: Milestone, extension: Appeal, person: Person
) -> None:
    actions.grant(session, extension, "", by=person("office"), at=AT)
    with pytest.raises(Refused, match="已同意延期至 2024-05-20，不再提前"):
        milestones.set_earlier_day(
            session, row, date(2024, 4, 15), by=person("office"), at=AT, day=the_day(session)
        )


def test_a_plan_that_moves_its_day_leaves_the_extension(
    session: Session, row: Milestone, extension: Appeal, person: Person
) -> None:
    actions.grant(session, extension, "", by=person("office"), at=AT)
    row.deadline.due_on = date(2024, 5, 10)
    session.flush()
    fan_out(session, session.scalars(select(Campaign)).one(), at=AT, today=TODAY)
    assert (row.planned_on, row.due_on) == (date(2024, 5, 10), NEW_DAY)


def test_a_granted_waiver_is_done_and_nobody_waits_for_it(
    session: Session, find: Find, person: Person
) -> None:
    lead, share = find("34-1", "市农业农村局"), find("34-1", "市公安局")
    police = User(unit_id=share.unit_id, username="gongan", name="公安局联络员", role=Role.LIAISON)
    session.add(police)
    session.flush()
    asked = actions.ask_waiver(session, share, "本年没有此类案件", by=police, at=AT)
    assert lead.is_waiting, "what is only asked frees nobody"
    actions.grant(session, asked, "情况属实", by=person("office"), at=AT)
    assert share.state is State.WAIVED
    milestones.submit(session, lead, by=person("nongye"), at=AT, today=TODAY)
    assert [event.verb for event in events(session, "milestone")] == ["waive", "submit"]


def test_a_proof_is_one_of_the_units_own(
    session: Session, row: Milestone, find: Find, person: Person, proof: Evidence
) -> None:
    asked = actions.ask_waiver(session, row, "无此业态", by=person("nongye"), at=AT, proof=proof)
    assert asked.evidence is proof
    with pytest.raises(Refused, match="证明材料须是本单位的材料"):
        actions.ask_waiver(
            session, find("11-2", "芒康县"), "无此业态", by=person("mangkang"), at=AT, proof=proof
        )


def test_a_reason_is_needed_to_ask_and_to_refuse(
    session: Session, row: Milestone, extension: Appeal, person: Person
) -> None:
    with pytest.raises(Refused, match="申请须写明原因"):
        actions.ask_waiver(session, row, " ", by=person("nongye"), at=AT)
    with pytest.raises(Refused, match="不同意须写明原因"):
        actions.refuse(session, extension, " ", by=person("office"), at=AT)


def test_a_refusal_leaves_all_as_it_is_and_the_unit_may_ask_again(
    session: Session, row: Milestone, extension: Appeal, person: Person
) -> None:
    actions.refuse(session, extension, "理由不充分", by=person("office"), at=AT)
    assert (extension.state, extension.answer) == (AppealState.REFUSED, "理由不充分")
    assert (row.due_on, row.extension_count) == (date(2024, 4, 30), 0)
    actions.ask_extension(session, row, NEW_DAY, "附合同", by=person("nongye"), at=AT, today=TODAY)


def test_what_was_withdrawn_is_not_granted(session: Session, extension: Appeal, person: Person) -> None:
    seen = extension.version
    actions.withdraw(session, extension, by=person("nongye"), at=AT)
    assert extension.state is AppealState.WITHDRAWN
    with pytest.raises(Stale):
        actions.grant(session, extension, "", by=person("office"), at=AT, version=seen)
    with pytest.raises(Refused, match="已经是“已撤回”"):
        actions.grant(session, extension, "", by=person("office"), at=AT)


def test_what_was_submitted_meanwhile_is_neither_waived_nor_extended(
    session: Session, row: Milestone, extension: Appeal, person: Person
) -> None:
    waiver = actions.ask_waiver(session, row, "无此业态", by=person("nongye"), at=AT)
    milestones.submit(session, row, by=person("nongye"), at=AT, today=TODAY)
    for appeal in (extension, waiver):
        with pytest.raises(Refused, match="当前状态是“待审核”，不能"):
            actions.grant(session, appeal, "", by=person("office"), at=AT)
        assert appeal.state is AppealState.PENDING
    actions.refuse(session, waiver, "已经提交", by=person("office"), at=AT)


def test_the_office_asks_in_a_units_name_and_a_colleague_answers(
    session: Session, row: Milestone, person: Person
) -> None:
    asked = actions.ask_waiver(session, row, "来电说明", by=person("office"), at=AT)
    assert asked.is_on_behalf
    with pytest.raises(Refused, match="须由食安办另一位同志答复"):
        actions.grant(session, asked, "", by=person("office"), at=AT)
    actions.grant(session, asked, "", by=person("office-admin"), at=AT)
    assert row.state is State.WAIVED


def test_an_objection_is_recorded_with_its_ground_and_its_answer(
    session: Session, row: Milestone, person: Person
) -> None:
    asked = actions.object_to(
        session, row.assignment, Ground.NOT_OURS, "由市林草局负责", by=person("nongye"), at=AT
    )
    assert asked.reason == "非本单位职责：由市林草局负责"
    actions.grant(session, asked, "另行改派", by=person("office"), at=AT)
    assert (asked.state, row.state) == (AppealState.GRANTED, State.OPEN)
    assert [(event.verb, event.note) for event in events(session, "appeal")] == [
        ("object", "异议：非本单位职责：由市林草局负责"),
        ("grant_objection", "异议：另行改派"),
    ]


def test_after_the_first_tick_nobody_objects(session: Session, row: Milestone, person: Person) -> None:
    milestones.submit(session, row, by=person("nongye"), at=AT, today=TODAY)
    with pytest.raises(Refused, match="已经提交过"):
        actions.object_to(session, row.assignment, Ground.WORDING, "表述", by=person("nongye"), at=AT)
    milestones.take_back(session, row, by=person("nongye"), at=AT)
    actions.object_to(session, row.assignment, Ground.WORDING, "表述", by=person("nongye"), at=AT)


def test_one_of_a_kind_waits_at_a_time(
    session: Session, row: Milestone, extension: Appeal, person: Person
) -> None:
    with pytest.raises(Refused, match="同样的申请正在等待"):
        actions.ask_extension(session, row, NEW_DAY, "再问", by=person("nongye"), at=AT, today=TODAY)
    twin = Appeal(
        campaign_id=row.campaign_id, assignment_id=row.assignment_id, milestone_id=row.id,
        kind=AppealKind.EXTENSION, reason="同时", new_due_on=NEW_DAY, asked_at=AT,
        asked_by_id=person("nongye").id,
    )  # fmt: skip
    session.add(twin)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()


def test_a_milestone_that_changed_since_it_was_seen_is_stale(
    session: Session, row: Milestone, person: Person
) -> None:
    with pytest.raises(Stale):
        actions.ask_waiver(session, row, "无此业态", by=person("nongye"), at=AT, version=row.version + 1)


def test_two_answers_at_once_leave_one(session: Session, extension: Appeal, person: Person) -> None:
    elsewhere = update(Appeal).values(version=extension.version + 1)
    session.execute(elsewhere.execution_options(synchronize_session=False))
    with pytest.raises(StaleDataError):
        actions.refuse(session, extension, "不充分", by=person("office"), at=AT)


def test_what_waits_comes_first_the_oldest_before_all(
    session: Session, row: Milestone, extension: Appeal, waiver: Appeal, person: Person
) -> None:
    campaign = session.scalars(select(Campaign)).one()
    objection = actions.object_to(session, row.assignment, Ground.OTHER, "?", by=person("nongye"), at=AT)
    actions.refuse(session, extension, "不充分", by=person("office"), at=AT)
    listed = queries.appeals(session, campaign, queries.Filter())
    assert [one.id for one in listed] == [waiver.id, objection.id, extension.id]
    own = queries.Filter(unit_id=row.unit_id)
    assert queries.appeal_count(session, campaign, own) == 2
    assert queries.state_counts(session, campaign, row.unit_id)[AppealState.PENDING] == 1
    assert queries.pending(session, campaign) == listed[:2]
    assert queries.answered_since(session, campaign, AT) == [extension]
    assert {one.id for one in queries.appeals_of_task(session, row.task_id, None)} == {
        objection.id, extension.id,
    }  # fmt: skip
