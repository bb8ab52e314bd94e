"""改派: another unit gets what is owed, and the fan-out knows of it."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.milestones.conftest import Find
from tests.world import city_moment
from tracker.assignments.models import Assignment, Reassignment
from tracker.errors import Refused
from tracker.events.models import Event
from tracker.milestones import actions
from tracker.milestones.fanout import FanOut, fan_out
from tracker.milestones.models import Milestone
from tracker.milestones.reassigning import reassign
from tracker.milestones.rules import Day, State
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.plan.rules import PartyRole
from tracker.units.models import Unit
from tracker.workdays.queries import calendar_of

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
Give = Callable[..., Assignment]
AT = city_moment("2024-03-22T10:00")


@pytest.fixture
def day(session: Session, campaign: Campaign) -> Day:
    return Day(AT.date(), calendar_of(session, campaign.jurisdiction_id))


@pytest.fixture
def give(session: Session, person: Person, day: Day) -> Give:
    """The office gives a share to the unit of this short name."""

    def move(share: Assignment, to: str, *, on: Day = day) -> Assignment:
        unit = session.scalars(select(Unit).where(Unit.short == to)).one()
        taker = reassign(session, share, unit, "职责调整", by=person("office"), at=AT, day=on)
        session.expire_all()
        return taker

    return move


def states(share: Assignment) -> list[State]:
    return [milestone.state for milestone in share.milestones]


def again(session: Session, campaign: Campaign) -> FanOut:
    return fan_out(session, campaign, at=AT, today=AT.date())


def rows(session: Session) -> list[tuple[str, str]]:
    """From whom to whom the fan-out sends shares."""
    names = {unit.id: unit.short for unit in session.scalars(select(Unit))}
    found = session.scalars(select(Reassignment).order_by(Reassignment.id))
    return [(names[row.from_unit_id], names[row.to_unit_id]) for row in found]


def test_the_new_unit_owes_what_was_open_and_the_old_one_keeps_its_history(
    session: Session, find: Find, give: Give, person: Person
) -> None:
    row = find("11-1", "市农业农村局")
    actions.submit(session, row, by=person("nongye"), at=AT, today=AT.date())
    actions.accept(session, row, by=person("office"), at=AT)
    taker = give(row.assignment, "市林草局")
    old = row.assignment
    assert states(old) == [State.LEFT, State.ACCEPTED, State.LEFT, State.LEFT]
    assert (old.left_on, old.is_first) == (AT.date(), False)
    assert [(one.deadline.code, one.state) for one in taker.milestones] == [
        ("G1", State.OPEN), ("G3", State.OPEN), ("G4", State.OPEN),
    ]  # fmt: skip
    assert (taker.role, taker.is_first, taker.handler_id) == (PartyRole.LEAD, True, None)
    assert [one.is_backfill for one in taker.milestones] == [True, False, False]
    assert [one.due_on for one in taker.milestones[1:]] == [date(2024, 6, 30), date(2025, 8, 31)]


def test_the_days_stay_but_leave_at_least_three_working_days(
    session: Session, campaign: Campaign, find: Find, give: Give, person: Person, day: Day
) -> None:
    row = find("11-1", "市农业农村局")
    actions.set_earlier_day(session, row, date(2024, 3, 25), by=person("office"), at=AT, day=day)
    taker = give(row.assignment, "市林草局")
    moved = taker.milestones[1]
    assert (moved.planned_on, moved.due_on) == (date(2024, 3, 25), date(2024, 3, 27))
    assert (moved.late_from, moved.is_backfill) == (date(2024, 3, 28), False)
    assert again(session, campaign) == FanOut(0, 0, 0)
    assert (moved.planned_on, moved.due_on) == (date(2024, 3, 25), date(2024, 3, 27))


def test_what_is_overdue_is_due_in_three_working_days(
    session: Session, find: Find, give: Give, day: Day
) -> None:
    taker = give(find("11-1", "市农业农村局").assignment, "市林草局", on=Day(date(2024, 5, 8), day.calendar))
    assert taker.milestones[1].due_on == date(2024, 5, 11)  # a Saturday that is worked
    assert not taker.milestones[1].is_backfill


def test_the_fan_out_keeps_what_was_given(
    session: Session, campaign: Campaign, find: Find, give: Give, person: Person
) -> None:
    row = find("11-1", "市农业农村局")
    actions.submit(session, row, by=person("nongye"), at=AT, today=AT.date())
    actions.accept(session, row, by=person("office"), at=AT)
    taker = give(row.assignment, "市林草局")
    for _ in range(2):
        assert again(session, campaign) == FanOut(0, 0, 0)
    session.expire_all()
    assert len(taker.milestones) == 3
    assert (taker.left_on, taker.is_first, row.assignment.left_on) == (None, True, AT.date())


def test_a_share_of_a_group_stays_one_of_the_group(
    session: Session, campaign: Campaign, find: Find, give: Give
) -> None:
    old = find("11-2", "芒康县").assignment
    taker = give(old, "新区管委会")
    assert (taker.group_id, taker.role) == (old.group_id, old.role)
    assert again(session, campaign) == FanOut(0, 0, 0)


def test_a_share_comes_back_to_the_first_unit(
    session: Session, campaign: Campaign, find: Find, give: Give
) -> None:
    first = find("11-2", "芒康县").assignment
    before = states(first)
    second = give(first, "新区管委会")
    assert rows(session) == [("芒康县", "新区管委会")]
    assert give(second, "芒康县") is first
    assert rows(session) == []
    assert (states(first), first.left_on) == (before, None)
    assert set(states(second)) == {State.LEFT}
    assert again(session, campaign) == FanOut(0, 0, 0)
    assert states(first) == before
    third = give(first, "新区管委会")
    assert third is second
    assert set(states(third)) == {State.OPEN}
    assert again(session, campaign) == FanOut(0, 0, 0)


def test_a_share_moves_on_and_its_first_unit_may_take_another(
    session: Session, campaign: Campaign, find: Find, give: Give
) -> None:
    first, other = find("11-1", "市农业农村局").assignment, find("11-2", "芒康县").assignment
    second = give(first, "市林草局")
    third = give(second, "市商务局")
    assert rows(session) == [("市农业农村局", "市商务局")]
    assert again(session, campaign) == FanOut(0, 0, 0)
    county = give(other, "市林草局")
    assert again(session, campaign) == FanOut(0, 0, 0)
    assert (third.left_on, county.left_on, second.left_on) == (None, None, AT.date())


def test_what_one_unit_did_another_need_not_do_again(
    session: Session, campaign: Campaign, find: Find, give: Give, person: Person
) -> None:
    first = find("11-2", "芒康县").assignment
    actions.submit(session, first.milestones[1], by=person("mangkang"), at=AT, today=AT.date())
    actions.accept(session, first.milestones[1], by=person("office"), at=AT)
    third = give(give(first, "新区管委会"), "市林草局")
    assert again(session, campaign) == FanOut(0, 0, 0)
    session.expire_all()
    assert [one.deadline.code for one in third.milestones] == ["G1", "G3", "G4"]


def test_a_lead_waits_for_the_unit_that_supports_now(
    session: Session, find: Find, give: Give, person: Person
) -> None:
    lead, support = find("34-1", "市农业农村局"), find("34-1", "市公安局")
    taker = give(support.assignment, "市市场监管局")
    share = taker.milestones[1]
    actions.submit(session, share, by=person("shijian"), at=AT, today=AT.date())
    assert not lead.is_waiting
    new_lead = give(lead.assignment, "市林草局").milestones[1]
    assert not new_lead.is_waiting
    actions.take_back(session, share, by=person("shijian"), at=AT)
    assert new_lead.is_waiting


def test_what_cannot_move_is_refused(
    session: Session, find: Find, give: Give, person: Person, day: Day
) -> None:
    row = find("11-2", "芒康县")
    for name, reason in (("芒康县", "相同"), ("卡若区", "已经承担")):
        with pytest.raises(Refused, match=reason):
            give(row.assignment, name)
    unit = person("nongye").unit
    with pytest.raises(Refused, match="须写明原因"):
        reassign(session, row.assignment, unit, " ", by=person("office"), at=AT, day=day)
    actions.submit(session, row, by=person("mangkang"), at=AT, today=AT.date())
    with pytest.raises(Refused, match="有待审核的节点"):
        give(row.assignment, "新区管委会")
    actions.take_back(session, row, by=person("mangkang"), at=AT)
    give(row.assignment, "新区管委会")
    with pytest.raises(Refused, match="已退出"):
        give(row.assignment, "市林草局")


def test_both_units_read_of_it_in_the_timeline(
    sign_in: SignIn, session: Session, find: Find, person: Person
) -> None:
    share = find("11-2", "芒康县").assignment
    client, address = sign_in("office"), f"/tasks/{share.task_id}"
    assert "改派 11-2 芒康县" in client.get(address).text
    data = {"unit": "新区管委会", "reason": "按新的分工", "back": address}
    answer = client.post(f"/assignments/{share.id}/reassignment", data=data)
    assert (answer.status_code, answer.location) == (303, address)
    page = client.get(address).text
    assert "11-2：芒康县的任务已改派给新区管委会" in page
    assert "改派给新区管委会：按新的分工" in page
    assert "原由芒康县承担：按新的分工" in page
    assert "改派给新区管委会：按新的分工" in sign_in("mangkang").get(address).text
    assert "11-2" not in sign_in("mangkang").get("/desk").text
    event = session.scalars(select(Event).where(Event.verb == "reassign").order_by(Event.id)).first()
    assert event is not None
    assert (event.subject, event.subject_id, event.unit_id) == ("assignment", share.id, share.unit_id)


@pytest.mark.parametrize(
    ("typed", "code", "problem"),
    [
        ({"unit": "市林业局", "reason": "好"}, 422, "最接近的是"),
        ({"unit": "", "reason": "好"}, 422, "请填写改派给哪个单位"),
        ({"unit": "林草局", "reason": " "}, 422, "改派须写明原因"),
        ({"unit": "卡若区", "reason": "好"}, 409, "该单位已经承担这项任务"),
    ],
)
def test_what_cannot_be_done_is_told_and_what_was_typed_is_kept(
    sign_in: SignIn, session: Session, find: Find, typed: dict[str, str], code: int, problem: str
) -> None:
    share = find("11-2", "芒康县").assignment
    answer = sign_in("office").post(f"/assignments/{share.id}/reassignment", data=typed)
    assert answer.status_code == code
    assert problem in answer.text
    assert f'value="{typed["unit"]}"' in answer.text
    assert share.left_on is None
    assert session.scalars(select(Milestone).where(Milestone.state == State.LEFT)).all() == []


def test_only_the_office_moves_shares(sign_in: SignIn, find: Find) -> None:
    share = find("11-2", "芒康县").assignment
    for name in ("mangkang", "nongye", "leader", "admin"):
        answer = sign_in(name).post(f"/assignments/{share.id}/reassignment", data={"unit": "林草局"})
        assert answer.status_code == 403
    assert sign_in("office").post("/assignments/99999999/reassignment").status_code == 404
