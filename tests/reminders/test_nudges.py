"""催办: who may urge whom, once a day, and what the urged unit reads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from threading import Barrier

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.reminders.conftest import FindMilestone
from tests.world import MovableClock, city_moment, find_milestone
from tracker.db import Database
from tracker.events.models import Event
from tracker.milestones import actions
from tracker.milestones.bulk import Bulk
from tracker.milestones.models import Milestone
from tracker.milestones.queries import milestones_by_id
from tracker.milestones.rules import Day, State
from tracker.outbox.actions import expire
from tracker.outbox.models import OutboxMessage
from tracker.outbox.rules import MailState
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.plan.models import Campaign
from tracker.plan.rules import PartyRole
from tracker.reminders.actions import nudge
from tracker.reminders.mails import letterhead
from tracker.reminders.models import Notice
from tracker.reminders.rules import NoticeKind, Ties, Urged, refuse_nudge
from tracker.units.models import Unit
from tracker.units.rules import UnitKind
from tracker.workdays.queries import calendar_of

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
TODAY = date(2024, 3, 22)


@dataclass(frozen=True)
class Row:
    state: State = State.OPEN
    opens_on: date = date(2023, 8, 1)
    due_on: date = date(2024, 4, 30)
    late_from: date = date(2024, 5, 1)
    is_waiting: bool = False
    is_backfill: bool = False
    submitted_on: date | None = None


@dataclass(frozen=True)
class Urging:
    role: Role = Role.LIAISON
    unit_id: int = 7
    id: int = 1


SUPPORTER = Urged(8, UnitKind.DEPARTMENT, PartyRole.SUPPORT)
COUNTY = Urged(9, UnitKind.COUNTY, PartyRole.LEAD)
NO_TIES, IN_ITEM, LEADS = Ties(False, False), Ties(False, True), Ties(True, True)


@pytest.mark.parametrize(
    ("actor", "kind", "urged", "ties", "may"),
    [
        (Urging(), UnitKind.DEPARTMENT, SUPPORTER, LEADS, True),
        (Urging(), UnitKind.DEPARTMENT, SUPPORTER, IN_ITEM, False),
        (Urging(), UnitKind.DEPARTMENT, SUPPORTER._replace(role=PartyRole.LEAD), LEADS, False),
        (Urging(), UnitKind.DEPARTMENT, COUNTY, IN_ITEM, True),
        (Urging(), UnitKind.DEPARTMENT, COUNTY, NO_TIES, False),
        (Urging(), UnitKind.COUNTY, COUNTY, IN_ITEM, False),
        (Urging(), UnitKind.COUNTY, SUPPORTER, LEADS, True),
        (Urging(Role.OFFICE, 1), UnitKind.OFFICE, COUNTY, NO_TIES, True),
        (Urging(Role.OFFICE, 1), UnitKind.OFFICE, SUPPORTER, NO_TIES, True),
        (Urging(Role.OFFICE, 1), UnitKind.OFFICE, SUPPORTER._replace(unit_id=1), LEADS, False),
        (Urging(unit_id=8), UnitKind.DEPARTMENT, SUPPORTER, LEADS, False),
        (Urging(Role.UNIT_HEAD), UnitKind.DEPARTMENT, SUPPORTER, LEADS, False),
        (Urging(Role.LEADER, 1), UnitKind.OFFICE, COUNTY, LEADS, False),
    ],
)
def test_a_lead_urges_its_supporters_a_department_its_counties_the_office_all(
    actor: Urging, kind: UnitKind, urged: Urged, ties: Ties, may: bool
) -> None:
    assert (refuse_nudge(Row(), urged, actor, kind, ties, TODAY) is None) is may


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (Row(State.RETURNED), None),
        (Row(due_on=date(2024, 3, 1), late_from=date(2024, 3, 2)), None),
        (Row(State.SUBMITTED), "当前状态是“待审核”，不能催办"),
        (Row(State.LEFT), "当前状态是“已退出”，不能催办"),
        (Row(opens_on=date(2024, 5, 1)), "本节点 2024-05-01 才开始，现在不用催办"),
        (Row(is_backfill=True), "待补录的节点由市食安办统一办结，不用催办"),
        (Row(State.RETURNED, is_backfill=True), None),
        (Row(is_waiting=True), "该单位在等配合单位提交，请催办配合单位"),
    ],
)
def test_what_is_owed_and_has_begun_can_be_urged(row: Row, reason: str | None) -> None:
    office = Urging(Role.OFFICE, 1)
    assert refuse_nudge(row, COUNTY, office, UnitKind.OFFICE, NO_TIES, TODAY) == reason


@pytest.fixture
def police(session: Session) -> User:
    """The liaison of 市公安局, which supports 34-1 of 市农业农村局."""
    unit = session.scalars(select(Unit).where(Unit.short == "市公安局")).one()
    user = User(
        unit_id=unit.id,
        username="gongan",
        name="公安局联络员",
        role=Role.LIAISON,
        email="gongan@example.test",
    )
    session.add(user)
    session.flush()
    return user


def urge(client: FlaskClient, row: Milestone) -> tuple[int, str]:
    answer = client.post(f"/milestones/{row.id}/nudge", data={"back": f"/tasks/{row.task_id}"})
    return answer.status_code, answer.text


def mails(session: Session) -> list[OutboxMessage]:
    return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_a_lead_urges_a_supporting_unit_once_a_day(
    sign_in: SignIn, session: Session, milestone: FindMilestone, police: User, clock: MovableClock
) -> None:
    row, client = milestone("34-1", "市公安局"), sign_in("nongye")
    assert "催一下 34-1 市公安局 自评" in client.get(f"/tasks/{row.task_id}").text
    assert urge(client, row)[0] == 303
    (mail,) = mails(session)
    assert (mail.user_id, mail.to_address, mail.state) == (police.id, police.email, MailState.WAITING)
    assert "市农业农村局 市农业农村局联络员 于 2024-03-22 催办" in mail.body_text
    assert "34-1（自评、配合）" in mail.body_text
    assert "期限 2024-04-30，还有" in mail.body_text
    assert "；材料 0/" in mail.body_text
    assert "（缺：" in mail.body_text
    page = client.get(f"/tasks/{row.task_id}").text
    assert "今天已催" in page
    assert "催一下 34-1 市公安局 自评" not in page
    assert "发给：公安局联络员" in page
    for name in ("nongye", "office"):
        code, page = urge(sign_in(name), row)
        assert (code, "今天已经催过" in page) == (409, True)
    assert len(mails(session)) == 1
    clock.move_to("2024-03-25T10:00")
    assert urge(sign_in("nongye"), row)[0] == 303
    assert len(mails(session)) == 2
    event = session.scalars(select(Event).where(Event.verb == "nudge").order_by(Event.id)).first()
    assert event is not None
    assert (event.subject, event.subject_id, event.unit_id) == ("milestone", row.id, row.unit_id)
    notice = session.scalars(select(Notice).where(Notice.kind == NoticeKind.NUDGE)).first()
    assert notice is not None
    assert (notice.object_id, notice.late_from, notice.rung) == (row.id, TODAY, 0)


def test_a_department_urges_the_counties_of_its_indicators(
    sign_in: SignIn, session: Session, milestone: FindMilestone
) -> None:
    row = milestone("11-2", "芒康县")
    assert urge(sign_in("nongye"), row)[0] == 303
    assert [mail.to_address for mail in mails(session)] == ["mangkang@example.test"]


def test_who_may_not_urge_is_told_why_and_who_may_not_see_is_told_nothing(
    sign_in: SignIn, milestone: FindMilestone
) -> None:
    county, department = milestone("11-2", "芒康县"), milestone("11-1", "市农业农村局")
    assert urge(sign_in("karuo"), county)[0] == 404
    code, page = urge(sign_in("karuo"), department)
    assert (code, "只能催办本单位牵头任务的配合单位" in page) == (409, True)
    assert urge(sign_in("shijian"), county)[0] == 404
    assert urge(sign_in("leader"), county)[0] == 409
    code, page = urge(sign_in("mangkang"), county)
    assert (code, "本单位的节点不用催办" in page) == (409, True)
    assert urge(sign_in("admin"), county)[0] == 403
    assert sign_in("office").post("/milestones/99999999/nudge").status_code == 404


def test_a_unit_without_a_liaison_cannot_be_urged(sign_in: SignIn, milestone: FindMilestone) -> None:
    code, page = urge(sign_in("office"), milestone("11-2", "江达县"))
    assert (code, "没有在用的联络员账号" in page) == (409, True)


def test_what_is_urged_on_a_day_off_goes_on_the_next_working_day(
    sign_in: SignIn, session: Session, milestone: FindMilestone, clock: MovableClock
) -> None:
    clock.move_to("2024-03-23T10:00")
    assert urge(sign_in("office"), milestone("11-2", "芒康县"))[0] == 303
    (mail,) = mails(session)
    assert mail.queued_at == city_moment("2024-03-25T09:00")
    expire(session, at=city_moment("2024-03-25T09:01"))
    session.refresh(mail)
    assert mail.state is MailState.WAITING
    assert session.scalars(select(Notice.late_from)).one() == date(2024, 3, 23)


def test_the_office_urges_many_with_one_mail_a_person(
    sign_in: SignIn, session: Session, milestone: FindMilestone, person: Person
) -> None:
    first, second, done = (milestone(code, "芒康县") for code in ("11-2", "1-2", "4-2"))
    other, nobody = milestone("11-2", "卡若区"), milestone("11-2", "江达县")
    actions.submit(session, done, by=person("mangkang"), at=city_moment("2024-03-21T10:00"), today=TODAY)
    client = sign_in("office")
    ids = [f"{row.id}.{row.version}" for row in (first, second, done, other, nobody)]
    answer = client.post("/milestones/nudges", data={"id": ids})
    assert answer.status_code == 200
    assert "已催办 3 项" in answer.text
    assert "1 项未办：当前状态是“待审核”，不能催办：4-2 芒康县" in answer.text
    assert "没有人收催办邮件：11-2 江达县" in answer.text
    by_person = {mail.to_address: mail for mail in mails(session)}
    assert set(by_person) == {"mangkang@example.test", "karuo@example.test"}
    assert by_person["mangkang@example.test"].subject.endswith("市食安办催办 2 项")
    assert session.scalar(select(func.count()).where(Notice.kind == NoticeKind.NUDGE)) == 3
    answer = client.post("/milestones/nudges", data={"id": [first.id, second.id]})
    assert answer.status_code == 409
    assert "2 项未办：今天已经催过" in answer.text
    assert len(mails(session)) == 2


def test_a_row_that_changed_since_is_not_urged(
    sign_in: SignIn, session: Session, milestone: FindMilestone
) -> None:
    row = milestone("11-2", "芒康县")
    answer = sign_in("office").post("/milestones/nudges", data={"id": f"{row.id}.{row.version - 1}"})
    assert (answer.status_code, mails(session)) == (409, [])
    assert sign_in("office").post("/milestones/nudges").status_code == 422
    assert sign_in("nongye").post("/milestones/nudges", data={"id": row.id}).status_code == 403


def test_who_has_no_address_is_urged_in_the_outbox(
    sign_in: SignIn, session: Session, milestone: FindMilestone
) -> None:
    session.execute(update(User).where(User.username == "mangkang").values(email=""))
    assert urge(sign_in("office"), milestone("11-2", "芒康县"))[0] == 303
    assert mails(session)[0].state is MailState.NO_ADDRESS


def test_of_two_who_urge_at_once_one_is_told_that_it_was_done(own_database: Database) -> None:
    with own_database.session() as session:
        row = find_milestone(session, "11-2", "芒康县")
        office = session.scalars(select(User).where(User.role.in_((Role.OFFICE, Role.OFFICE_ADMIN)))).all()
        day = Day(TODAY, calendar_of(session, row.unit.jurisdiction_id))
        number, people = row.id, [user.id for user in office]

    def one(user_id: int, start: Barrier) -> Bulk[Milestone]:
        start.wait()
        with own_database.transaction() as session:
            campaign = session.scalars(select(Campaign)).one()
            head = letterhead([campaign], "https://tracker.example.test", TODAY)
            by, rows = session.get_one(User, user_id), milestones_by_id(session, campaign, [number])
            return nudge(
                session, campaign, rows, by=by, at=city_moment("2024-03-22T10:00"), day=day, head=head
            )

    barrier = Barrier(2)
    with ThreadPoolExecutor() as threads:
        jobs = [threads.submit(one, user_id, barrier) for user_id in people]
        outcomes = [job.result() for job in jobs]
    assert sorted(outcome.done_count for outcome in outcomes) == [0, 1]
    assert [reason for outcome in outcomes for _, reason in outcome.refused] == ["今天已经催过"]
    with own_database.session() as session:
        assert len(mails(session)) == 1
