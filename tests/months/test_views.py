"""The page of a month for the office: who reported, how late, who was reminded by what and when."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.databases import RolledBackDatabase
from tests.world import MovableClock, city_moment
from tracker.circulars.models import Circular
from tracker.months.queries import told_of_month
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders.jobs import remind
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import ReportState

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]


@pytest.fixture
def march(session: Session) -> ReportPeriod:
    """2024-03, due on Monday the 25th; 卡若区 reported two days late."""
    month = next(one for one in session.scalars(select(ReportPeriod)) if one.name == "2024-03")
    session.scalars(select(Campaign)).one().live_on = month.month
    session.flush()
    return month


@pytest.fixture
def reminded(
    session: Session, march: ReportPeriod, database: RolledBackDatabase, clock: MovableClock
) -> None:
    """The morning's mails of the 25th went out."""
    session.commit()
    clock.move_to("2024-03-25T09:05")
    remind(database, clock, base_url="https://tracker.example.test")
    session.expire_all()


def late_report(session: Session, march: ReportPeriod, person: User) -> None:
    at = city_moment("2024-03-27T10:00")
    session.add(
        MonthlyReport(
            period_id=march.id, unit_id=person.unit_id, state=ReportState.SUBMITTED,
            first_submitted_at=at, submitted_at=at, submitted_by_id=person.id,
        )
    )  # fmt: skip
    session.flush()


@pytest.mark.usefixtures("reminded")
def test_a_month_tells_who_was_reminded_by_what_and_when(
    sign_in: SignIn, session: Session, march: ReportPeriod, person: Person, clock: MovableClock
) -> None:
    mangkang = person("mangkang")
    clock.move_to("2024-03-26T10:00")
    office = sign_in("office")
    office.post("/reports/urges", data={"owing": f"{march.id}.{mangkang.unit_id}"})
    clock.move_to("2024-03-26T10:20")
    contact = {
        "unit": mangkang.unit_id,
        "way": "phone",
        "person": "德某",
        "about": "2024-03 月报",
        "reply": "明天补报",
    }
    assert office.post("/orders/contacts", data=contact).status_code == 303
    (phoned, urged, reminder) = told_of_month(session, march)[mangkang.unit_id]
    assert (reminder.what, reminder.how) == ("提醒", "邮件（待发）")
    assert mangkang.name in reminder.people
    assert (urged.what, urged.people) == ("催报", mangkang.name)
    assert (phoned.how, phoned.answer) == ("电话", "明天补报")
    page = office.get("/reports/month/2024-03").text
    assert "3 次，最近 03-26 催办" in page
    assert "答复：明天补报" in page
    assert "今天已催" in page
    export = office.get("/reports/month/2024-03/export")
    rows = list(load_workbook(BytesIO(export.data)).worksheets[0].iter_rows(values_only=True))
    assert rows[0][-1] == "提醒和催办"
    (row,) = (row for row in rows if row[1] == "芒康县")
    assert str(row[-1]).count("\n") == 2
    assert "答复：明天补报" in str(row[-1])


def test_a_month_tells_how_late_each_unit_is(
    sign_in: SignIn, session: Session, march: ReportPeriod, person: Person, clock: MovableClock
) -> None:
    late_report(session, march, person("karuo"))
    clock.move_to("2024-03-28T10:00")
    page = sign_in("leader").get("/reports/month/2024-03").text
    assert "迟报 2 日" in page
    assert ">2 日</td>" in page
    assert "已逾期 3 日" in page
    assert "催报" not in page.replace("提醒和催办", "")


def test_the_office_urges_all_that_have_not_reported_with_one_click(
    sign_in: SignIn, session: Session, march: ReportPeriod, person: Person
) -> None:
    late_report(session, march, person("karuo"))
    office = sign_in("office")
    page = office.get("/reports/month/2024-03").text
    (owing,) = re.findall(r'<input type="hidden" name="owing" value="([^"]*)">', page)
    assert f"{march.id}.{person('mangkang').unit_id}" in owing.split()
    assert f"{march.id}.{person('karuo').unit_id}" not in owing.split()
    office.post("/reports/urges", data={"owing": owing})
    page = office.get("/reports").text
    assert "已催报：" in page
    assert "没有在用的联络员账号" in page


def test_a_month_leads_to_its_circular(sign_in: SignIn, session: Session, march: ReportPeriod) -> None:
    office = sign_in("office")
    assert "生成通报" in office.get("/reports/month/2024-03").text
    assert office.post("/circulars", data={"month": march.name}).status_code == 303
    assert session.scalars(select(Circular)).one().period_id == march.id
    assert "生成通报" not in office.get("/reports/month/2024-06").text


def test_a_contact_is_begun_with_what_it_is_about(sign_in: SignIn, person: Person) -> None:
    address = f"/orders/overdue?unit={person('mangkang').unit_id}&about=2024-03 月报"
    page = sign_in("office").get(address).text
    assert 'value="2024-03 月报"' in page
    assert '<details class="body no-print" open>' in page
