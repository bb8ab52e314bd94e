"""A unit's page: its months and rates, its orders, what it has overdue; every number is a list's length."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.browser import HtmlChecker
from tests.world import MovableClock, city_moment
from tracker.milestones.rules import Day
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import ReportState
from tracker.supervision import actions
from tracker.supervision.overdue import overdue_items
from tracker.supervision.rules import Urgency
from tracker.workdays.queries import calendar_of

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
AT = city_moment("2024-03-22T09:00")


@pytest.fixture
def mangkang(session: Session, person: Person) -> User:
    """芒康县 reported December in time, January late, nothing else; 15 of its milestones are late."""
    found = person("mangkang")
    for name, sent in (("2023-12", "2023-12-22T10:00"), ("2024-01", "2024-01-27T10:00")):
        month = next(one for one in session.scalars(select(ReportPeriod)) if one.name == name)
        at = city_moment(sent)
        session.add(
            MonthlyReport(
                period_id=month.id, unit_id=found.unit_id, state=ReportState.SUBMITTED,
                first_submitted_at=at, submitted_at=at, submitted_by_id=found.id,
            )
        )  # fmt: skip
    session.flush()
    return found


def order(session: Session, unit: User, office: User) -> None:
    campaign = session.scalars(select(Campaign)).one()
    today = Day(date(2024, 3, 22), calendar_of(session, 1))
    items = overdue_items(session, campaign, unit.unit, today)
    words = actions.Words("芒康县逾期事项", "", "请办理", Urgency.NORMAL, "高某某", date(2024, 3, 29))
    made = actions.draft(session, campaign, unit.unit, words, items[:1], by=office, at=AT, today=today.today)
    actions.issue(session, made, by=office, at=AT)


def numbers(page: str) -> dict[str, int]:
    """The cards of the page, by their words."""
    found = re.findall(r"<small>([^<]+)</small><span class=\"n\">(\d+)</span>", page)
    return {words: int(number) for words, number in found}


def test_rates_are_counted_over_the_months_asked_for(sign_in: SignIn, mangkang: User) -> None:
    leader, address = sign_in("leader"), f"/units/{mangkang.unit_id}"
    page = leader.get(f"{address}?from=2023-12&to=2024-02").text
    assert "按时率 <b>33%</b>（1/3） · 报送率 <b>66%</b>（2/3）" in page
    assert "迟报 2 日" in page
    page = leader.get(f"{address}?from=2023-12&to=2023-12").text
    assert "按时率 <b>100%</b>（1/1）" in page
    assert "迟报" not in page


def test_the_cards_are_the_lengths_of_their_lists(
    sign_in: SignIn, session: Session, mangkang: User, person: Person
) -> None:
    order(session, mangkang, person("office"))
    leader = sign_in("leader")
    page = leader.get(f"/units/{mangkang.unit_id}").text
    found = numbers(page)
    assert (found["逾期节点"], found["督办单"]) == (15, 1)
    listed = leader.get(f"/milestones?unit={mangkang.unit_id}&light=late").text
    assert f"共 {found['逾期节点']} " in listed
    assert "共 1 件督办单" in leader.get(f"/orders?unit={mangkang.unit_id}").text
    assert "昌食安办督〔2024〕1号" in page


def test_a_units_own_people_see_their_own_and_no_other(
    sign_in: SignIn, mangkang: User, person: Person
) -> None:
    client = sign_in("mangkang-head")
    page = client.get(f"/units/{mangkang.unit_id}").text
    assert numbers(page)["逾期节点"] == 15
    assert "催报" not in page
    assert client.get(f"/units/{person('karuo').unit_id}").status_code == 404
    assert client.get("/milestones?light=late").text.count("芒康县") > 0


def test_the_office_urges_from_a_units_page(sign_in: SignIn, mangkang: User, clock: MovableClock) -> None:
    office, address = sign_in("office"), f"/units/{mangkang.unit_id}"
    page = office.get(address).text
    (owing,) = re.findall(r'name="owing" value="([\d.]+)">催报<span class="hidden-label"> 2024-02', page)
    office.post("/reports/urges", data={"owing": owing, "back": address})
    assert "今天已催" in office.get(address).text


def test_a_unit_without_reports_has_a_page_all_the_same(sign_in: SignIn, person: Person) -> None:
    page = sign_in("office").get(f"/units/{person('office').unit_id}").text
    assert "没有这几个月的月报" in page


def test_matrix_and_board_lead_to_the_unit(sign_in: SignIn, mangkang: User) -> None:
    leader, link = sign_in("leader"), f'href="/units/{mangkang.unit_id}"'
    assert link in leader.get("/reports").text
    assert link in leader.get("/board/units").text


def test_the_page_is_valid_html(sign_in: SignIn, session: Session, mangkang: User, person: Person) -> None:
    order(session, mangkang, person("office"))
    checker = HtmlChecker()
    found = checker.violations(sign_in("office").get(f"/units/{mangkang.unit_id}").text)
    checker.close()
    assert not found
