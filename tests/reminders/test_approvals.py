"""A report that waits for the unit's head stands in the head's next mail."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.reminders.conftest import BASE, DayOf, Run
from tests.world import city_moment
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders.actions import Letter
from tracker.reminders.rules import NoticeKind
from tracker.reports import actions
from tracker.reports.models import MonthlyReport
from tracker.reports.queries import period_of_month, terms_of
from tracker.reports.rules import LineText, Terms

Person = Callable[[str], User]
HANDED_UP = city_moment("2024-03-20T10:00")


@pytest.fixture
def terms(campaign: Campaign, day_of: DayOf) -> Terms:
    campaign.is_report_approved = True
    return terms_of(campaign, day_of("2024-03-20"))


@pytest.fixture
def report(session: Session, campaign: Campaign, person: Person, terms: Terms) -> MonthlyReport:
    """The report of 芒康县 for March, handed up to its head on Wednesday."""
    by = person("mangkang")
    march = period_of_month(session, campaign, HANDED_UP.date().replace(day=1))
    assert march
    found = actions.open_draft(session, march, by.unit, by=by, at=HANDED_UP, terms=terms)
    lines = {line.item_id: LineText(progress="已部署") for line in found.lines}
    actions.save_draft(session, found, lines, by=by, at=HANDED_UP, terms=terms)
    actions.hand_up(session, found, by=by, at=HANDED_UP, terms=terms)
    return found


def waiting(letters: dict[str, Letter]) -> dict[str, list[str]]:
    """Who is told of what waits."""
    found = {
        name: [item.text for item in letter.due.items if item.kind is NoticeKind.APPROVAL]
        for name, letter in letters.items()
    }
    return {name: texts for name, texts in found.items() if texts}


def test_the_head_reads_of_it_the_next_day_once(run: Run, report: MonthlyReport) -> None:
    letters = run("2024-03-21T09:00")
    assert waiting(letters) == {
        "mangkang-head": [
            "2024-03 月报请您审签：芒康县联络员 2024-03-20 送审签，审签的时间就是报送时间，"
            "报送期限 2024-03-25"
        ]
    }
    mail = letters["mangkang-head"].mail
    assert "待审签月报 1 项" in mail.subject
    assert f"{BASE}/reports/{report.period_id}\n" in mail.text
    assert waiting(run("2024-03-22T09:00")) == {}


@pytest.mark.usefixtures("report")
def test_the_ladder_says_that_it_waits_for_the_head(run: Run) -> None:
    letters = run("2024-03-25T09:00")
    (line,) = [item.text for item in letters["mangkang"].due.items if item.kind is NoticeKind.REPORT]
    assert line == "2024-03 月报：期限 2024-03-25，今天到期；已送审签，等单位负责人审签"
    (other,) = [item.text for item in letters["nongye"].due.items if item.kind is NoticeKind.REPORT]
    assert other == "2024-03 月报：期限 2024-03-25，今天到期"


def test_what_was_taken_back_or_approved_is_not_told_and_what_is_handed_up_again_is(
    run: Run, session: Session, person: Person, report: MonthlyReport, terms: Terms
) -> None:
    liaison = person("mangkang")
    actions.take_back(session, report, by=liaison, at=HANDED_UP)
    assert waiting(run("2024-03-21T09:00")) == {}
    at = city_moment("2024-03-21T10:00")
    actions.hand_up(session, report, by=liaison, at=at, terms=terms)
    (text,) = waiting(run("2024-03-22T09:00"))["mangkang-head"]
    assert "2024-03-21 送审签" in text
    actions.take_back(session, report, by=liaison, at=at)
    at = city_moment("2024-03-22T10:00")
    actions.hand_up(session, report, by=liaison, at=at, terms=terms)
    actions.approve(session, report, by=person("mangkang-head"), at=at, terms=terms)
    assert waiting(run("2024-03-25T09:00")) == {}


def test_the_bell_leads_the_head_to_the_report(
    run: Run, report: MonthlyReport, sign_in: Callable[[str], FlaskClient]
) -> None:
    run("2024-03-21T09:00")
    client = sign_in("mangkang-head")
    assert "2024-03 月报请您审签" in client.get("/notices").text
    assert "审签并报送" in client.get(f"/reports/{report.period_id}").text
