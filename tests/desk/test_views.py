"""The desk and the task page as people use them, without JavaScript and with htmx."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import SEED, MovableClock, city_moment, find_milestone
from tracker.commands.seed import start_campaign
from tracker.milestones import actions
from tracker.milestones.models import Milestone
from tracker.milestones.rules import State
from tracker.people.models import User
from tracker.plan.models import Task
from tracker.plan.seed.reading import read_plan
from tracker.reports.models import ReportPeriod

SignIn = Callable[[str], FlaskClient]
AT = city_moment("2024-03-21T10:00")
HTMX = {"HX-Request": "true"}


def state_of(row: Milestone) -> State:
    """The state as it is now; a type checker believes that it has not changed since last time."""
    return row.state


def test_a_liaison_sees_only_the_own_units_tasks(sign_in: SignIn) -> None:
    html = sign_in("nongye").get("/desk?view=all").text
    assert "11-1" in html
    assert "17-1" not in re.findall(r'class="no">([^<]+)<', html)


def test_one_click_ticks_and_one_click_takes_it_back(sign_in: SignIn, session: Session) -> None:
    client, row = sign_in("nongye"), find_milestone(session, "11-1", "市农业农村局")
    answer = client.post(f"/milestones/{row.id}/submission", data={"back": "/desk?view=late"})
    assert (answer.status_code, answer.location) == (303, "/desk?view=late")
    assert state_of(row) is State.SUBMITTED
    answer = client.post(f"/milestones/{row.id}/withdrawal")
    assert answer.status_code == 303
    assert state_of(row) is State.OPEN


def test_htmx_gets_the_row_and_the_counts_again(sign_in: SignIn, session: Session) -> None:
    client, row = sign_in("nongye"), find_milestone(session, "11-1", "市农业农村局")
    before = re.search(r"要我办 (\d+)", client.get("/desk").text)
    html = client.post(f"/milestones/{row.id}/submission", headers=HTMX).text
    after = re.search(r"要我办 (\d+)", html)
    assert before is not None
    assert after is not None
    assert int(after[1]) == int(before[1]) - 1
    assert f'id="assignment-{row.assignment_id}"' in html
    assert "待审核" in html
    assert "<html" not in html


def test_a_tick_that_the_rules_refuse_says_why(sign_in: SignIn, session: Session) -> None:
    client, row = sign_in("nongye"), find_milestone(session, "11-1", "市农业农村局", "G4")
    answer = client.post(f"/milestones/{row.id}/submission")
    assert answer.status_code == 409
    assert "2024-07-01 起才能勾选" in answer.text
    answer = client.post(f"/milestones/{row.id}/submission", headers=HTMX)
    assert answer.status_code == 409
    assert "2024-07-01 起才能勾选" in answer.text


def test_a_stale_tick_shows_the_present_state(sign_in: SignIn, session: Session) -> None:
    client, row = sign_in("nongye"), find_milestone(session, "11-1", "市农业农村局")
    seen = row.version
    client.post(f"/milestones/{row.id}/submission", data={"version": seen})
    answer = client.post(f"/milestones/{row.id}/submission", data={"version": seen}, headers=HTMX)
    assert answer.status_code == 409
    assert "已被他人更新" in answer.text
    assert "待审核" in answer.text


def test_without_scripts_a_stale_tick_shows_the_present_row_too(sign_in: SignIn, session: Session) -> None:
    client, row = sign_in("nongye"), find_milestone(session, "11-1", "市农业农村局")
    seen = row.version
    client.post(f"/milestones/{row.id}/submission", data={"version": seen})
    form = {"version": seen, "back": "/desk?view=late"}
    answer = client.post(f"/milestones/{row.id}/submission", data=form)
    assert answer.status_code == 409
    assert "已被他人更新" in answer.text
    assert f'id="assignment-{row.assignment_id}"' in answer.text
    assert "撤回 11-1 自评" in answer.text
    assert 'href="/desk?view=late"' in answer.text


def test_another_units_milestone_does_not_exist(sign_in: SignIn, session: Session) -> None:
    row = find_milestone(session, "17-1", "市发展改革委")
    answer = sign_in("nongye").post(f"/milestones/{row.id}/submission")
    assert answer.status_code == 404
    assert "没有找到" in answer.text


def test_a_unit_head_reads_the_desk_and_ticks_nothing(sign_in: SignIn, session: Session) -> None:
    client, row = sign_in("nongye-head"), find_milestone(session, "11-1", "市农业农村局")
    assert client.get("/desk").status_code == 200
    answer = client.post(f"/milestones/{row.id}/submission")
    assert answer.status_code == 409
    assert row.state is State.OPEN


def test_a_department_sees_the_counties_of_its_indicator_and_a_county_itself(
    sign_in: SignIn, session: Session
) -> None:
    task = session.scalars(select(Task).where(Task.code == "11-2")).one()
    seen_by_department = sign_in("nongye").get(f"/tasks/{task.id}").text
    assert "芒康县" in seen_by_department
    assert "卡若区" in seen_by_department
    page = sign_in("mangkang").get(f"/tasks/{task.id}").text
    seen_by_county, _, comments = page.partition('id="comments"')
    assert "芒康县" in seen_by_county
    assert "卡若区" not in seen_by_county
    assert "卡若区" in comments, "it may be called upon"


def test_the_task_page_tells_the_whole_sentence_once_and_what_a_bare_one_is_about(
    sign_in: SignIn, session: Session
) -> None:
    client = sign_in("office")
    tasks = session.scalars(select(Task).where(Task.code.in_(("11-1", "11-2", "19-1"))))
    pages = {task.code: client.get(f"/tasks/{task.id}").text for task in tasks}
    assert "耕地台账、工作总结等资料</h1>" in pages["11-1"]
    assert '<p class="sub">' not in pages["11-1"]
    assert "<h1>11-2 各县（区）具体落实，确保现场可查</h1>" in pages["11-2"]
    assert '<p class="sub">全面推行耕地分类管理，' in pages["11-2"]
    assert "加强库存粮食检验监测的有…</h1>" in pages["19-1"]
    assert '<p class="sub">市发展改革委按要求落实，' in pages["19-1"]


def test_a_county_learns_of_a_department_the_light_alone(
    sign_in: SignIn, session: Session, person: Callable[[str], User]
) -> None:
    department = find_milestone(session, "11-1", "市农业农村局")
    task = session.scalars(select(Task).where(Task.code == "11-2")).one()
    writer = person("nongye")
    actions.submit(session, department, by=writer, at=AT, today=AT.date())
    department.missing = "还缺两份台账"
    own = find_milestone(session, "11-2", "芒康县")
    actions.submit(session, own, by=person("mangkang"), at=AT, today=AT.date())
    pages = [sign_in(name).get(f"/tasks/{task.id}").text for name in ("mangkang", "nongye")]
    pages.append(sign_in("mangkang").get(f"/tasks/{department.task_id}").text)
    for page in pages:
        assert "待审核" in page
        assert (writer.name in page, "还缺两份台账" in page) == (page == pages[1],) * 2
    assert person("mangkang").name in pages[0].partition("办理记录")[2]
    assert "还没有办理记录" in pages[2]


def test_a_county_reads_no_reason_of_a_return_that_was_anothers(
    sign_in: SignIn, session: Session, person: Callable[[str], User]
) -> None:
    department = find_milestone(session, "11-1", "市农业农村局")
    actions.submit(session, department, by=person("nongye"), at=AT, today=AT.date())
    sign_in("office").post(f"/milestones/{department.id}/return", data={"reason": "台账不全"})
    address = f"/tasks/{department.task_id}"
    assert "台账不全" in sign_in("nongye").get(address).text
    page = sign_in("mangkang").get(address).text
    assert "市农业农村局" in page
    assert "台账不全" not in page


def test_a_task_in_whose_indicator_the_unit_has_no_share_is_not_found(
    sign_in: SignIn, session: Session
) -> None:
    task = session.scalars(select(Task).where(Task.code == "47-1")).one()
    assert sign_in("nongye").get(f"/tasks/{task.id}").status_code == 404
    assert sign_in("leader").get(f"/tasks/{task.id}").status_code == 200


def test_a_waiting_lead_is_told_for_whom_it_waits(sign_in: SignIn) -> None:
    html = sign_in("nongye").get("/desk?view=all").text
    assert "等待配合：市公安局" in html


def test_the_office_has_a_desk_of_its_own(sign_in: SignIn) -> None:
    html = sign_in("office").get("/desk").text
    assert "1-1" in html


def test_the_history_tells_who_did_what(sign_in: SignIn, session: Session) -> None:
    client, row = sign_in("nongye"), find_milestone(session, "11-1", "市农业农村局")
    client.post(f"/milestones/{row.id}/submission")
    html = client.get(f"/tasks/{row.task_id}").text
    assert "2024-03-22 10:00" in html
    assert "市农业农村局联络员" in html


def test_links_into_an_older_campaign_lead_there(
    sign_in: SignIn, session: Session, clock: MovableClock
) -> None:
    """The newest campaign is the one in hand; a row of another one brings its own."""
    task = session.scalars(select(Task).where(Task.code == "11-1")).one()
    row = find_milestone(session, "11-1", "市农业农村局")
    start_campaign(session, read_plan(SEED), slug="second", at=clock.now(), today=clock.today())
    session.commit()
    client = sign_in("nongye")
    assert client.get(f"/tasks/{task.id}").status_code == 200
    assert "待审核" in client.post(f"/milestones/{row.id}/submission", headers=HTMX).text
    assert state_of(row) is State.SUBMITTED
    period = session.scalars(select(ReportPeriod).order_by(ReportPeriod.id)).first()
    assert period is not None
    assert client.get(f"/reports/{period.id}").status_code == 200
    assert sign_in("office").post(f"/milestones/{row.id}/acceptance").status_code == 303
    assert state_of(row) is State.ACCEPTED
