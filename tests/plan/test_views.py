"""指标任务 and 创建设置 in the browser."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests.people.conftest import hidden
from tests.world import SEED, MovableClock, city_moment
from tracker.assignments.models import Assignment
from tracker.events.models import Event
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day, State
from tracker.people.models import User
from tracker.plan.models import Campaign, Reporter
from tracker.plan.seed.loading import load_plan
from tracker.plan.seed.reading import read_plan
from tracker.reports.models import ReportPeriod
from tracker.reports.queries import terms_of
from tracker.reports.rules import is_owed
from tracker.units.models import Unit, UnitGroup
from tracker.workdays.queries import calendar_of

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return session.scalars(select(Campaign)).one()


@pytest.fixture
def members(session: Session) -> UnitGroup:
    return session.scalars(select(UnitGroup).where(UnitGroup.name == "各成员单位")).one()


def codes(html: str) -> list[str]:
    return re.findall(r'<p class="plan-text"><b>([^<]+)</b>', html)


def test_the_whole_plan_is_on_the_page(sign_in: SignIn) -> None:
    html = sign_in("leader").get("/plan?part=all").text
    found = codes(html)
    assert [code for code in found if code.isdigit()] == [str(number) for number in range(1, 95)]
    assert len([code for code in found if code.startswith("工程")]) == 12
    assert len([code for code in found if code.startswith("行动")]) == 12
    assert len([code for code in found if code.startswith("阶段")]) == 20
    assert len([code for code in found if code.startswith("要求")]) == 3
    assert len(re.findall(r'<a href="/tasks/\d+">\d+-\d+</a>', html)) == 217


def test_a_part_is_shown_at_a_time(sign_in: SignIn) -> None:
    html = sign_in("office").get("/plan?part=6").text
    assert codes(html) == ["90", "91", "92", "93", "94"]
    assert html.count("否决项</span>") == 5


def test_the_plan_is_found_by_unit_and_by_text(sign_in: SignIn, session: Session) -> None:
    client = sign_in("office")
    by_text = codes(client.get("/plan?text=明厨亮灶").text)
    assert "85" in by_text
    assert "工程9" in by_text
    assert len(by_text) < 20
    unit_id = session.scalars(select(Unit.id).where(Unit.short == "市委巡察办")).one()
    assert "1" in codes(client.get(f"/plan?unit={unit_id}&part=1").text)
    assert "没有找到" in client.get("/plan?text=没有这样的文字").text


def test_a_unit_is_linked_only_to_tasks_that_it_may_open(sign_in: SignIn) -> None:
    client = sign_in("mangkang")
    html = client.get("/plan?part=all").text
    links = set(re.findall(r'href="(/tasks/\d+)"', html))
    assert 100 < len(links) < 250
    assert {client.get(link).status_code for link in sorted(links)[::10]} == {200}


def test_the_plan_needs_few_queries(sign_in: SignIn, session: Session) -> None:
    client = sign_in("office")
    client.get("/plan")
    count = 0

    def add(*_: object) -> None:
        nonlocal count
        count += 1

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", add)
    client.get("/plan?part=all")
    event.remove(engine, "before_cursor_execute", add)
    assert count < 25


@pytest.mark.parametrize("query", ["part=x", "part=²", "part=99", "unit=x", "unit=999999", "text=%00"])
def test_an_odd_address_is_still_a_page(sign_in: SignIn, query: str) -> None:
    assert sign_in("office").get(f"/plan?{query}").status_code == 200


def test_the_breakdown_is_a_workbook(sign_in: SignIn) -> None:
    answer = sign_in("office").get("/plan/breakdown.xlsx")
    assert answer.status_code == 200
    assert load_workbook(BytesIO(answer.data)).worksheets[0].max_row > 94


@pytest.mark.parametrize("name", ["office", "leader", "reviewer", "nongye", "nongye-head", "admin", "audit"])
def test_settings_are_for_the_offices_administrator(sign_in: SignIn, members: UnitGroup, name: str) -> None:
    client = sign_in(name)
    assert client.get("/plan/settings").status_code == 403
    for path in ("settings", "live-day", "reporters", f"groups/{members.id}/members"):
        assert client.post(f"/plan/{path}").status_code == 403


@pytest.mark.parametrize("name", ["admin", "security", "audit"])
def test_administrators_do_not_see_the_plan(sign_in: SignIn, name: str) -> None:
    client = sign_in(name)
    assert client.get("/plan").status_code == 403
    assert client.get("/plan/breakdown.xlsx").status_code == 403


def test_the_telephone_stands_on_every_page(sign_in: SignIn, campaign: Campaign, session: Session) -> None:
    client = sign_in("office-admin")
    assert client.post("/plan/settings", data={"office_phone": "0895-4821234"}).status_code == 303
    assert campaign.office_phone == "0895-4821234"
    assert "市食安办电话：0895-4821234" in client.get("/help").text
    noted = session.scalars(select(Event).where(Event.verb == "set_phone")).one()
    assert noted.after == {"office_phone": "0895-4821234"}


def test_a_wrong_telephone_is_shown_again(sign_in: SignIn, campaign: Campaign) -> None:
    answer = sign_in("office-admin").post("/plan/settings", data={"office_phone": "找老王"})
    assert answer.status_code == 422
    assert "找老王" in answer.text
    assert campaign.office_phone == ""


def test_the_office_says_which_groups_and_units_report(sign_in: SignIn, session: Session) -> None:
    client = sign_in("office-admin")
    page = client.get("/plan/settings").text
    boxes = dict(re.findall(r'name="(report_\w+)" value="(\d+)"> ?(?:新区管委会|各承保公司)', page))
    ticked = re.findall(r'name="report_groups" value="(\d+)" checked', page)
    assert len(ticked) == 2
    assert set(boxes) == {"report_groups", "report_units"}
    kept = {"report_groups": ticked, "report_units": [boxes["report_units"]]}
    assert client.post("/plan/reporters", data=kept).status_code == 303
    assert "月报单位已保存，1 项有变动" in client.get("/plan/settings").text
    client.post("/plan/reporters", data=kept)
    assert "月报单位没有变动" in client.get("/plan/settings").text
    client.post("/plan/reporters", data={"report_groups": [ticked[0], boxes["report_groups"]]})
    rows = session.scalars(select(Reporter).order_by(Reporter.id)).all()
    assert [row.is_on for row in rows] == [True, False, False, True]
    noted = session.scalars(select(Event).where(Event.verb == "set_reporters").order_by(Event.id)).all()
    assert "新区管委会" in noted[0].after["reporters"]
    assert len(noted) == 2
    nobody = client.post("/plan/reporters", data={})
    assert nobody.status_code == 422
    assert "请至少选一个集合或单位" in nobody.text
    assert client.post("/plan/reporters", data={"report_groups": "9999"}).status_code == 422


def test_who_leaves_a_group_keeps_the_history(sign_in: SignIn, session: Session, members: UnitGroup) -> None:
    client = sign_in("office-admin")
    leaving = session.scalars(select(Unit).where(Unit.short == "市科技局")).one()
    kept = [unit.id for unit in members.members if unit.id != leaving.id]
    seen = ".".join(str(unit.id) for unit in members.members)
    answer = client.post(f"/plan/groups/{members.id}/members", data={"units": kept, "seen": seen})
    assert answer.status_code == 303
    assert "13 项分工已退出" in client.get("/plan/settings").text
    states = set(
        session.scalars(
            select(Milestone.state)
            .join(Assignment, Assignment.id == Milestone.assignment_id)
            .where(Assignment.unit_id == leaving.id, Assignment.group_id == members.id)
        )
    )
    assert State.LEFT in states
    assert State.OPEN not in states
    noted = session.scalars(select(Event).where(Event.verb == "set_members")).one()
    assert noted.before == {"left": ["市科技局"]}
    back = {"units": [*kept, leaving.id], "seen": ".".join(map(str, kept))}
    assert client.post(f"/plan/groups/{members.id}/members", data=back).status_code == 303
    assert "13 项分工已恢复" in client.get("/plan/settings").text


def test_who_joins_a_group_gets_its_tasks(sign_in: SignIn, session: Session, members: UnitGroup) -> None:
    joining = session.scalars(select(Unit).where(Unit.short == "新区管委会")).one()
    own = select(func.count()).where(Milestone.unit_id == joining.id)
    before = session.scalar(own) or 0
    seen = ".".join(str(unit.id) for unit in members.members)
    wanted = [*(unit.id for unit in members.members), joining.id]
    client = sign_in("office-admin")
    client.post(f"/plan/groups/{members.id}/members", data={"units": wanted, "seen": seen})
    assert (session.scalar(own) or 0) > before
    assert "新增" in client.get("/plan/settings").text


def test_members_that_somebody_else_changed_are_shown_again(
    sign_in: SignIn, session: Session, members: UnitGroup
) -> None:
    client = sign_in("office-admin")
    answer = client.post(f"/plan/groups/{members.id}/members", data={"units": [2], "seen": "2.3"})
    assert answer.status_code == 409
    assert "已被他人更新" in answer.text
    assert len(members.members) == 24


def test_members_that_the_plan_names_change_after_a_look_at_what_it_does(
    sign_in: SignIn, session: Session
) -> None:
    counties = session.scalars(select(UnitGroup).where(UnitGroup.name == "各县（区）")).one()
    zone = session.scalars(select(Unit).where(Unit.short == "新区管委会")).one()
    leaving = next(unit for unit in counties.members if unit.short == "边坝县")
    seen = ".".join(str(unit.id) for unit in counties.members)
    wanted = [unit.id for unit in counties.members if unit is not leaving] + [zone.id]
    owed = select(func.count()).where(Milestone.state == State.OPEN)
    before = [session.scalar(owed.where(Milestone.unit_id == unit.id)) for unit in (leaving, zone)]
    client, path = sign_in("office-admin"), f"/plan/groups/{counties.id}/members"
    shown = client.post(path, data={"units": wanted, "seen": seen})
    assert shown.status_code == 200
    lost = re.search(r"边坝县退出：(\d+) 项任务退出，(\d+) 个未办节点变为“已退出”", shown.text)
    won = re.search(r"新区管委会加入：得到 (\d+) 项任务、(\d+) 个未办节点", shown.text)
    assert lost
    assert won
    assert leaving in counties.members
    assert [session.scalar(owed.where(Milestone.unit_id == unit.id)) for unit in (leaving, zone)] == before
    assert session.scalars(select(Event).where(Event.verb == "set_members")).all() == []
    assert (
        client.post(path, data={"seen": seen, "confirmed": hidden(shown.text, "confirmed")}).status_code
        == 303
    )
    after = [session.scalar(owed.where(Milestone.unit_id == unit.id)) for unit in (leaving, zone)]
    assert after == [(before[0] or 0) - int(lost[2]), (before[1] or 0) + int(won[2])]
    assert int(lost[1]) > 50
    load_plan(
        session, read_plan(SEED), slug=SEED.name, at=city_moment("2024-03-22T11:00"), today=date(2024, 3, 22)
    )
    session.expire_all()
    assert (leaving in counties.members, zone in counties.members) == (False, True)
    campaign = session.scalars(select(Campaign).where(Campaign.slug == SEED.name)).one()
    day = Day(date(2024, 3, 22), calendar_of(session, campaign.jurisdiction_id))
    own = terms_of(campaign, day).of(zone.id)
    months = session.scalars(select(ReportPeriod).where(ReportPeriod.campaign_id == campaign.id)).all()
    assert min(one.due_on for one in months if is_owed(one, own)) >= day.today


def test_a_group_of_the_plan_is_never_empty_and_what_is_the_same_is_not_asked(
    sign_in: SignIn, session: Session
) -> None:
    counties = session.scalars(select(UnitGroup).where(UnitGroup.name == "各县（区）")).one()
    ids = [unit.id for unit in counties.members]
    seen, client = ".".join(map(str, ids)), sign_in("office-admin")
    path = f"/plan/groups/{counties.id}/members"
    answer = client.post(path, data={"seen": seen})
    assert answer.status_code == 409
    assert "至少要有一个单位" in answer.text
    assert client.post(path, data={"units": ids, "seen": seen}).status_code == 303
    assert "成员没有变动" in client.get("/plan/settings").text
    assert client.post(path, data={"units": ids[1:], "seen": "2.3"}).status_code == 409
    assert client.post("/plan/groups/9999/members").status_code == 404


def test_an_unknown_unit_cannot_be_a_member(sign_in: SignIn, members: UnitGroup) -> None:
    data = {"units": ["999999"], "seen": ".".join(str(unit.id) for unit in members.members)}
    assert sign_in("office-admin").post(f"/plan/groups/{members.id}/members", data=data).status_code == 422


def test_the_day_of_going_live_can_be_corrected_at_first(
    sign_in: SignIn, session: Session, campaign: Campaign, clock: MovableClock
) -> None:
    clock.move_to(f"{campaign.live_on + timedelta(days=30)}T10:00")
    client = sign_in("office-admin")
    own = (Milestone.is_backfill, Milestone.due_on == date(2023, 12, 31))
    assert session.scalar(select(func.count()).where(*own)) == 0
    assert client.post("/plan/live-day", data={"live_on": "2023-12-01"}).status_code == 303
    assert campaign.live_on == date(2023, 12, 1)
    assert session.scalar(select(func.count()).where(*own))
    assert client.post("/plan/live-day", data={"live_on": "2019-01-01"}).status_code == 409
    assert client.post("/plan/live-day", data={"live_on": ""}).status_code == 422


def test_the_day_of_going_live_is_fixed_later(sign_in: SignIn, campaign: Campaign) -> None:
    client = sign_in("office-admin")
    assert "不再修改" in client.get("/plan/settings").text
    answer = client.post("/plan/live-day", data={"live_on": "2023-12-01"})
    assert answer.status_code == 409
    assert campaign.live_on != date(2023, 12, 1)


def test_a_second_campaign_can_be_chosen(sign_in: SignIn, session: Session, campaign: Campaign) -> None:
    client = sign_in("leader")
    assert "切换创建" not in client.get("/plan").text
    names = [column.name for column in Campaign.__table__.columns if column.name != "id"]
    columns = {name: getattr(campaign, name) for name in names}
    session.add(Campaign(**columns | {"slug": "second", "title": "第二个创建"}))
    session.flush()
    assert "第二个创建 · 任务跟踪" in client.get("/plan").text
    assert client.post(f"/plan/campaigns/{campaign.slug}/choice").status_code == 303
    assert f"{campaign.title} · 任务跟踪" in client.get("/plan").text
    assert client.post("/plan/campaigns/other/choice").status_code == 404


def test_the_office_lets_the_system_accept_what_is_proved(sign_in: SignIn, session: Session) -> None:
    client = sign_in("office-admin")
    campaign = session.scalars(select(Campaign)).one()
    assert campaign.is_accepted_by_system is False
    answer = client.post("/plan/acceptance", data={"is_accepted_by_system": "1"})
    assert answer.status_code == 303
    assert session.get_one(Campaign, campaign.id).is_accepted_by_system is True
    assert 'name="is_accepted_by_system" value="1" checked' in client.get("/plan/settings").text
    client.post("/plan/acceptance", data={})
    assert session.get_one(Campaign, campaign.id).is_accepted_by_system is False
