"""Who may read which report, and what of it."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.reports.conftest import Person, SignIn, own_report
from tests.world import city_moment
from tracker.reports import actions, queries
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import LineText, Terms


@pytest.mark.parametrize("username", ["nongye-head", "leader", "reviewer", "office"])
def test_who_may_read_a_report_but_not_write_it(
    session: Session, sign_in: SignIn, march: ReportPeriod, sent: MonthlyReport, username: str
) -> None:
    client = sign_in(username)
    html = client.get(f"/reports/{march.id}/units/{sent.unit_id}").text
    assert "市农业农村局 2024-03 月报" in html
    assert "已部署" in html
    assert ("采信</button>" in html) == (username == "office")
    assert 'name="progress-' not in html
    before = own_report(session, march, sent.unit).version
    assert client.post(f"/reports/{march.id}/draft", data={"version": "1"}).status_code in (404, 409)
    assert own_report(session, march, sent.unit).version == before


def test_another_units_report_is_not_there(sign_in: SignIn, march: ReportPeriod, sent: MonthlyReport) -> None:
    client = sign_in("karuo")
    assert client.get(f"/reports/{march.id}/units/{sent.unit_id}").status_code == 404
    assert client.post(f"/reports/{march.id}/units/{sent.unit_id}/acceptance").status_code == 403
    assert client.get("/reports/month/2024-03").status_code == 403
    assert client.get("/reports/export").status_code == 403


def test_a_draft_is_nobody_elses(sign_in: SignIn, march: ReportPeriod, draft: MonthlyReport) -> None:
    html = sign_in("office").get(f"/reports/{march.id}/units/{draft.unit_id}").text
    assert "还没有报送 2024-03 月报" in html
    assert "已部署" not in html


def test_the_head_reads_the_draft_of_the_own_unit(
    sign_in: SignIn, march: ReportPeriod, draft: MonthlyReport
) -> None:
    html = sign_in("nongye-head").get(f"/reports/{march.id}").text
    assert "已部署" in html
    assert "提交</button>" not in html


@pytest.mark.parametrize(
    "address",
    [
        "/reports/99999",
        "/reports/month/2030-01",
        "/reports/month/xyz",
        "/reports/99999/units/1",
        "/reports/1/units/99999",
    ],
)  # fmt: skip
def test_unknown_months_and_units_are_not_found(sign_in: SignIn, address: str) -> None:
    answer = sign_in("office").get(address)
    assert answer.status_code == 404
    assert "没有找到" in answer.text


def test_texts_are_shown_as_text(
    session: Session, sign_in: SignIn, march: ReportPeriod, draft: MonthlyReport, person: Person, terms: Terms
) -> None:
    draft.lines[0].progress = "<script>alert(1)</script>"
    actions.submit(session, draft, by=person("nongye"), at=city_moment("2024-03-20T11:00"), terms=terms)
    html = sign_in("office").get(f"/reports/{march.id}/units/{draft.unit_id}").text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_nobody_else_reads_what_is_changed_in_a_returned_report(
    session: Session, sign_in: SignIn, sent: MonthlyReport, person: Person, terms: Terms
) -> None:
    at, address = city_moment("2024-03-22T09:00"), f"/reports/{sent.period_id}/units/{sent.unit_id}"
    actions.send_back(session, sent, "数据不全", by=person("office"), at=at, terms=terms)
    texts = {line.item_id: LineText(progress="改到一半", next_steps="改到一半") for line in sent.lines}
    actions.save_draft(session, sent, texts, by=person("nongye"), at=at, terms=terms)
    for name in ("office", "leader"):
        page = sign_in(name).get(address).text
        assert ("已部署" in page, "改到一半" in page) == (True, False)
    april = queries.period_of_month(session, sent.period.campaign, date(2024, 4, 1))
    assert april is not None
    assert not queries.last_next_steps(session, april, sent.unit_id)
    for name in ("nongye", "nongye-head"):
        assert "改到一半" in sign_in(name).get(address).text
