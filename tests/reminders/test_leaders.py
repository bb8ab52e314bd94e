"""分管领导: who is in charge of units reads once a day what they have overdue, where the ladder says so."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.reminders.conftest import DayOf, FindMilestone, Run
from tests.world import city_moment
from tracker.milestones import actions
from tracker.people.leading import mark_of, put_in_charge
from tracker.people.models import User
from tracker.people.queries import leaders_in_charge
from tracker.plan.models import Campaign
from tracker.reminders.items import OF_UNITS
from tracker.reminders.queries.ladder import ladders_of
from tracker.reminders.rules import NoticeKind
from tracker.reminders.rules.ladder import Audience, LadderKind, Rung
from tracker.reminders.settings import set_ladder
from tracker.units.models import Unit

Person = Callable[[str], User]
AT = city_moment("2024-03-15T10:00")
LEADER = frozenset({Audience.LEADER})


@pytest.fixture(autouse=True)
def _in_charge(session: Session, person: Person) -> None:
    """The leader is in charge of two units."""
    leader = person("leader")
    units = session.scalars(select(Unit).where(Unit.short.in_(["市农业农村局", "芒康县"]))).all()
    put_in_charge(
        session,
        leader.unit.jurisdiction,
        dict.fromkeys(units, leader),
        by=person("office-admin"),
        at=AT,
        seen="",
    )


@pytest.fixture
def _told_from_the_second_day(session: Session, campaign: Campaign, person: Person) -> None:
    """Every ladder tells the leader on the second working day past the day, and no one else."""
    for kind in LadderKind:
        seen = ladders_of(session, campaign)[kind].mark
        set_ladder(session, campaign, kind, [Rung(2, LEADER)], by=person("office-admin"), at=AT, seen=seen)


def test_by_default_no_leader_is_told(run: Run) -> None:
    for day in ("03-26", "03-28", "04-03", "05-06", "05-08", "05-14"):
        assert "leader" not in run(f"2024-{day}T09:00")


@pytest.mark.usefixtures("_told_from_the_second_day")
def test_the_leader_reads_of_the_own_units_alone_once_and_by_unit(run: Run) -> None:
    assert run("2024-03-26T09:00").keys() == {"office", "office-admin"}  # the digest
    letter = run("2024-03-27T09:00")["leader"]
    (missing,) = letter.due.items
    assert (missing.kind, missing.rung) == (NoticeKind.MISSING_REPORTS, 2)
    assert missing.text == (
        "2024-03 月报：2 个单位未报（期限 2024-03-25，逾期 2 个工作日）：市农业农村局、芒康县"
    )
    assert "单位逾期 1 项" in letter.mail.subject
    assert "本单位" not in letter.mail.text
    assert run("2024-03-27T15:00") == run("2024-03-28T09:00") == {}
    run("2024-05-06T09:00")
    units = run("2024-05-07T09:00")["leader"].due.items
    assert [(item.kind, item.name) for item in units] == [
        (NoticeKind.UNIT_MILESTONES, "市农业农村局"), (NoticeKind.UNIT_MILESTONES, "芒康县"),
    ]  # fmt: skip
    assert run("2024-05-08T09:00") == {}


@pytest.mark.usefixtures("_told_from_the_second_day")
def test_what_was_returned_is_told_to_the_leader_by_its_own_ladder(
    run: Run, session: Session, person: Person, milestone: FindMilestone, day_of: DayOf
) -> None:
    row, at = milestone("11-2", "芒康县"), city_moment("2024-03-20T12:00")
    actions.submit(session, row, by=person("mangkang"), at=at, today=at.date())
    row.due_on, row.late_from = at.date(), at.date()
    actions.send_back(session, row, "缺", by=person("office"), at=at, day=day_of("2024-03-20"))
    items = run("2024-03-27T09:00")["leader"].due.items
    assert [item.kind for item in items] == [NoticeKind.MISSING_REPORTS, NoticeKind.UNIT_RETURNED]
    assert items[1].text.startswith("芒康县：退回后未重新提交：11-2 自评（期限 2024-03-25")
    assert {item.kind for item in items} <= OF_UNITS


@pytest.mark.usefixtures("_told_from_the_second_day")
def test_a_leader_who_has_left_is_told_nothing_and_the_next_one_what_is_open(
    run: Run, session: Session, person: Person, newcomer: Callable[..., User]
) -> None:
    person("leader").is_active = False
    assert "leader" not in run("2024-03-27T09:00")
    follower, unit = newcomer("qiangba", beside="leader"), person("mangkang").unit
    seen = mark_of(leaders_in_charge(session, unit.jurisdiction_id))
    put_in_charge(session, unit.jurisdiction, {unit: follower}, by=person("office-admin"), at=AT, seen=seen)
    (item,) = run("2024-03-28T09:00")["qiangba"].due.items
    assert item.text.endswith("1 个单位未报（期限 2024-03-25，逾期 3 个工作日）：芒康县")
