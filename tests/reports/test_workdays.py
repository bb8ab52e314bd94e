"""工作日历 as the office's administrator keeps it, and what follows from it."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.workdays.test_notice import NOTICE_2025
from tests.world import SEED, city_moment
from tracker.events.models import Event
from tracker.plan.models import Campaign
from tracker.plan.rules import OffDay
from tracker.plan.seed.loading import load_plan
from tracker.plan.seed.reading import read_plan
from tracker.reports.models import ReportPeriod
from tracker.units.models import Jurisdiction
from tracker.workdays.models import SpecialDay
from tracker.workdays.queries import calendar_of
from tracker.workdays.rules import DayKind

SignIn = Callable[[str], FlaskClient]
NEW_YEAR = {"name": "藏历新年", "first": "2025-02-27", "last": "2025-03-04", "kind": "holiday"}
NOTICE_2027 = "关于2027年部分节假日安排的通知\n一、元旦：1月1日至3日放假，共3天。1月9日（周六）上班。"


def local_days(session: Session) -> dict[date, DayKind]:
    rows = session.scalars(select(SpecialDay).where(SpecialDay.is_local))
    return {row.day: row.kind for row in rows}


def test_the_tibetan_new_year_is_entered_and_counted(sign_in: SignIn, session: Session) -> None:
    client = sign_in("office-admin")
    edition = session.scalars(select(Jurisdiction)).one().edition
    html = client.post("/plan/settings/working-days", data=NEW_YEAR, follow_redirects=True).text
    assert "已录入 6 天" in html
    assert len(local_days(session)) == 6
    calendar = calendar_of(session, session.scalars(select(Jurisdiction.id)).one())
    assert calendar.working_days_between(date(2025, 2, 26), date(2025, 3, 5)) == 1
    assert session.scalars(select(Jurisdiction)).one().edition > edition, "what pages keep is made anew"
    note = session.scalars(select(Event).where(Event.verb == "set_days")).one()
    assert note.after["2025-02-27"] == "放假 藏历新年"


def test_a_report_day_that_moves_with_the_calendar_follows_it(sign_in: SignIn, session: Session) -> None:
    campaign = session.scalars(select(Campaign)).one()
    campaign.report_off_day = OffDay.BEFORE
    session.commit()
    html = sign_in("office-admin").post(
        "/plan/settings/working-days",
        data={"name": "雪顿节", "first": "2024-04-24", "last": "2024-04-25", "kind": "holiday"},
        follow_redirects=True,
    ).text  # fmt: skip
    assert "个月的月报截止日随之变动" in html
    april = session.scalars(select(ReportPeriod).where(ReportPeriod.month == date(2024, 4, 1))).one()
    assert april.due_on == date(2024, 4, 23)


def test_a_notice_is_read_first_and_entered_after_a_look(sign_in: SignIn, session: Session) -> None:
    client = sign_in("office-admin")
    looked_at = client.post("/plan/settings/working-days/notice", data={"text": NOTICE_2027})
    assert "2027-01-01 至 2027-01-03，共 3 天" in looked_at.text
    assert "2027-01-09（周六）" in looked_at.text
    assert local_days(session) == {}
    client.post("/plan/settings/working-days/confirmation", data={"text": NOTICE_2027})
    assert local_days(session)[date(2027, 1, 9)] is DayKind.WORKDAY
    assert len(local_days(session)) == 4
    again = client.post(
        "/plan/settings/working-days/confirmation", data={"text": NOTICE_2027}, follow_redirects=True
    )
    assert "没有变动" in again.text


def test_what_is_in_the_calendar_already_is_no_change(sign_in: SignIn) -> None:
    html = sign_in("office-admin").post("/plan/settings/working-days/notice", data={"text": NOTICE_2025}).text
    assert html.count("<td>没有</td>") == 6


@pytest.mark.parametrize("address", ["notice", "confirmation"])
def test_a_notice_that_contradicts_itself_enters_nothing(
    sign_in: SignIn, session: Session, address: str
) -> None:
    text = NOTICE_2027.replace("共3天", "共4天")
    answer = sign_in("office-admin").post(f"/plan/settings/working-days/{address}", data={"text": text})
    assert answer.status_code == 422
    assert "元旦：写的是 4 天，日期数出来是 3 天" in answer.text
    assert "1月1日至3日放假" in answer.text, "what was pasted is still there"
    assert local_days(session) == {}


def test_a_day_that_the_office_entered_can_go_again(sign_in: SignIn, session: Session) -> None:
    client = sign_in("office-admin")
    client.post("/plan/settings/working-days", data=NEW_YEAR)
    client.post("/plan/settings/working-days/2025-02-27/removal")
    assert len(local_days(session)) == 5
    told = client.post("/plan/settings/working-days/2024-05-01/removal")
    assert told.status_code == 409
    assert "随方案装入的国家安排" in told.text
    assert client.post("/plan/settings/working-days/2025-02-27/removal").status_code == 409
    assert client.post("/plan/settings/working-days/gestern/removal").status_code == 404


def test_loading_the_plan_again_leaves_what_the_office_entered(sign_in: SignIn, session: Session) -> None:
    client = sign_in("office-admin")
    client.post(
        "/plan/settings/working-days",
        data={"name": "劳动节", "first": "2024-05-03", "last": "2024-05-03", "kind": "workday"},
    )
    at, today = city_moment("2024-03-22T11:00"), date(2024, 3, 22)
    load_plan(session, read_plan(SEED), slug="changdu-2023", at=at, today=today)
    assert local_days(session) == {date(2024, 5, 3): DayKind.WORKDAY}


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({**NEW_YEAR, "last": "2025-02-26"}, "应在第一天或以后"),
        ({**NEW_YEAR, "last": "2025-06-26"}, "一次不超过 31 天"),
        ({**NEW_YEAR, "name": " "}, "请填写名称"),
        ({**NEW_YEAR, "first": "2025-02-30"}, "日期"),
        ({**NEW_YEAR, "kind": "party"}, ""),
    ],
)
def test_a_span_that_cannot_be_is_shown_again(
    sign_in: SignIn, session: Session, form: dict[str, str], told: str
) -> None:
    answer = sign_in("office-admin").post("/plan/settings/working-days", data=form)
    assert answer.status_code == 422
    assert told in answer.text
    assert local_days(session) == {}
