"""March 2024 in Changdu: the month, its terms, and a report that its unit has sent."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import MovableClock, city_moment
from tracker.milestones.rules import Day
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reports import actions, queries
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import LineText, Terms
from tracker.units.models import Unit
from tracker.workdays.queries import calendar_of

Person = Callable[[str], User]
TermsOn = Callable[[str], Terms]
SignIn = Callable[[str], FlaskClient]
UnitNamed = Callable[[str], Unit]


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return session.scalars(select(Campaign)).one()


@pytest.fixture
def terms_on(session: Session, campaign: Campaign) -> TermsOn:
    """The terms of a day written like 2024-03-22."""
    calendar = calendar_of(session, campaign.jurisdiction_id)
    return lambda text: queries.terms_of(campaign, Day(date.fromisoformat(text), calendar))


@pytest.fixture
def terms(terms_on: TermsOn, clock: MovableClock) -> Terms:
    return terms_on(clock.today().isoformat())


@pytest.fixture
def march(session: Session, campaign: Campaign) -> ReportPeriod:
    found = queries.period_of_month(session, campaign, date(2024, 3, 1))
    assert found is not None
    return found


@pytest.fixture
def unit(session: Session) -> Callable[[str], Unit]:
    """Finds a unit by its short name."""
    return lambda short: session.scalars(select(Unit).where(Unit.short == short)).one()


@pytest.fixture
def draft(session: Session, march: ReportPeriod, person: Person, terms: Terms) -> MonthlyReport:
    """The draft of 市农业农村局 of March 2024, every line filled."""
    writer, at = person("nongye"), city_moment("2024-03-20T10:00")
    report = actions.open_draft(session, march, writer.unit, by=writer, at=at, terms=terms)
    texts = {line.item_id: LineText(progress="已部署") for line in report.lines}
    actions.save_draft(session, report, texts, by=writer, at=at, terms=terms)
    return report


@pytest.fixture
def sent(session: Session, draft: MonthlyReport, person: Person, terms: Terms) -> MonthlyReport:
    """The report of 市农业农村局 of March 2024, sent on the 20th."""
    actions.submit(session, draft, by=person("nongye"), at=city_moment("2024-03-20T11:00"), terms=terms)
    return draft


def form_of(html: str) -> dict[str, str]:
    """What a browser would send of the report's form as it stands on the page."""
    form = html[html.index('<form class="report"') :]
    fields = dict(re.findall(r'<textarea id="[^"]*" name="([^"]*)"[^>]*>\n?([^<]*)</textarea>', form))
    fields |= dict(re.findall(r'<input id="[^"]*" name="([^"]*)" value="([^"]*)"', form))
    fields["version"] = re.findall(r'name="version" value="(\d+)"', form)[0]
    return fields | dict.fromkeys(re.findall(r'name="([^"]*)" checked', form), "on")


def filled(fields: dict[str, str]) -> dict[str, str]:
    """The same with progress in every line."""
    return {name: "已部署" if name.startswith("progress-") else value for name, value in fields.items()}


def own_report(session: Session, march: ReportPeriod, unit: Unit) -> MonthlyReport:
    found = queries.report_of(session, march, unit.id)
    assert found is not None
    return found
