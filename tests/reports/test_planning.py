"""The day of the month and the months, as the office sets them."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.reports.conftest import Person
from tests.world import city_moment
from tracker.plan.models import Campaign
from tracker.plan.rules import OffDay
from tracker.reports import planning, queries
from tracker.reports.models import MonthlyReport
from tracker.reports.rules import Reporting, due_day, may_replan
from tracker.workdays.rules import Calendar

FIRST, LAST = date(2023, 8, 1), date(2025, 8, 1)
MAY = date(2024, 5, 1)
NOON = city_moment("2024-03-22T12:00")


@pytest.mark.parametrize(
    ("day", "is_inclusive", "off_day", "due_on"),
    [
        (25, True, OffDay.KEEP, "2024-05-25"),
        (25, True, OffDay.BEFORE, "2024-05-24"),
        (25, True, OffDay.AFTER, "2024-05-27"),
        (25, False, OffDay.KEEP, "2024-05-24"),
        (27, False, OffDay.BEFORE, "2024-05-24"),
        (27, False, OffDay.AFTER, "2024-05-27"),
    ],
)
def test_the_last_day_on_time(day: int, is_inclusive: bool, off_day: OffDay, due_on: str) -> None:
    """2024-05-25 is a Saturday."""
    reporting = Reporting(FIRST, LAST, day, is_inclusive, off_day)
    assert due_day(MAY, reporting, Calendar()) == date.fromisoformat(due_on)


def test_a_day_is_never_before_its_month() -> None:
    reporting = Reporting(FIRST, LAST, 1, off_day=OffDay.BEFORE)
    assert due_day(date(2024, 6, 1), reporting, Calendar()) == date(2024, 6, 1), "a Saturday"


def test_a_month_is_moved_while_it_harms_nobody() -> None:
    today = date(2024, 5, 10)
    assert may_replan(date(2024, 5, 25), date(2024, 5, 20), today, is_sent=False)
    assert not may_replan(date(2024, 5, 25), date(2024, 5, 20), today, is_sent=True)
    assert not may_replan(date(2024, 5, 25), date(2024, 5, 9), today, is_sent=False)
    assert not may_replan(date(2024, 5, 9), date(2024, 5, 25), today, is_sent=False)


def test_only_months_that_are_not_due_and_not_sent_are_planned_again(
    session: Session, campaign: Campaign, sent: MonthlyReport, person: Person
) -> None:
    reporting = Reporting(FIRST, date(2024, 6, 1), 20)
    count = planning.set_reporting(
        session, campaign, reporting, 3, by=person("office-admin"), at=NOON, today=NOON.date()
    )
    months = {period.name: period.due_on.day for period in queries.periods(session, campaign)}
    assert (months["2024-02"], months["2024-03"]) == (25, 25), "due, and sent"
    assert [months["2024-04"], months["2024-05"], months["2024-06"]] == [20, 20, 20]
    assert "2024-07" not in months
    assert (count, campaign.report_resend_days, campaign.is_reporting_edited) == (17, 3, True)


def test_the_office_sets_it_on_the_page(campaign: Campaign, sign_in: Callable[[str], FlaskClient]) -> None:
    client = sign_in("office-admin")
    typed = {
        "report_day": "20", "is_report_day_inclusive": "0", "report_off_day": "before",
        "report_resend_days": "3", "report_first_month": "2023-08", "report_last_month": "2023-07",
    }  # fmt: skip
    answer = client.post("/plan/reporting", data=typed)
    assert answer.status_code == 422
    assert "不能早于第一个月" in answer.text
    assert 'value="20"' in answer.text
    assert client.post("/plan/reporting", data=typed | {"report_last_month": "2025-08"}).status_code == 303
    assert (campaign.report_day, campaign.report_off_day) == (20, OffDay.BEFORE)
