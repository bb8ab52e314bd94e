"""The list of a month, the matrix of all months, and their spreadsheets."""

import re

import pytest
from sqlalchemy.orm import Session

from tests.reports.conftest import Person, SignIn
from tests.world import MovableClock
from tracker.reports.models import MonthlyReport
from tracker.reports.rules import ReportState


def test_the_list_of_a_month_filters_and_its_numbers_are_its_lengths(
    sign_in: SignIn, clock: MovableClock, sent: MonthlyReport
) -> None:
    clock.move_to("2024-03-26T10:00")
    client = sign_in("leader")
    html = client.get("/reports/month/2024-03").text
    for label, value, count in (("全部", "", 35), ("按时", "on_time", 1), ("未报", "missing", 34)):
        assert f"{label} {count}</a>" in html
        part = client.get(f"/reports/month/2024-03?status={value}").text
        assert f"共 {count} 条" in part
        assert part.count('<th scope="row">') == count


def test_a_month_tells_whom_to_ring_up_about_a_report_that_is_missing(
    sign_in: SignIn, session: Session, person: Person, sent: MonthlyReport
) -> None:
    person("karuo").phone, person("nongye").phone = "13908950001", "13908950002"
    session.flush()
    html = sign_in("office").get("/reports/month/2024-03").text
    rows = {re.findall(r"<a [^>]*>([^<]*)</a>", row)[0]: row for row in html.split("<tr>")[2:]}
    assert person("karuo").name in rows["卡若区"]
    assert "13908950001" in rows["卡若区"]
    assert "13908950002" in rows["市农业农村局"]
    assert "无联络员" in rows["市教育局"]


def test_the_matrix_tells_every_state_by_word_shape_and_colour(sign_in: SignIn, sent: MonthlyReport) -> None:
    html = sign_in("reviewer").get("/reports").text
    assert html.count('<th scope="row">') == 35
    address = f"/reports/{sent.period_id}/units/{sent.unit_id}"
    assert f'<td class="ok"><a href="{address}"' in html
    assert '<span aria-hidden="true">■</span> 未报' in html


def test_the_legend_explains_every_sign_of_the_matrix(
    sign_in: SignIn, session: Session, sent: MonthlyReport
) -> None:
    client = sign_in("office")
    sent.state = ReportState.ACCEPTED
    session.commit()
    html = client.get("/reports").text
    assert '已采信<span class="hidden-label">：已采信（按时）</span>' in html
    head, table = html.split('<table class="heat">')
    signs = set(re.findall(r'<span aria-hidden="true">(.)</span>', table))
    assert signs == set(re.findall(r'<span aria-hidden="true">(.)</span>', head.split('id="matrix"')[1]))
    assert "</span> 已采信</span>" in head


def test_a_narrow_screen_has_the_last_months_and_a_way_to_all(sign_in: SignIn, clock: MovableClock) -> None:
    clock.move_to("2025-02-10T10:00")
    client = sign_in("office")
    html = client.get("/reports").text
    months = re.findall(r'<th scope="col"( class="old")?><a [^>]*>([^<]*)</a>', html)
    assert [name for old, name in months if not old] == ["2024-12", "2025-01", "2025-02"]
    (everything,) = re.findall(r'href="([^"]*)">列出全部 12 个月', html)
    html = client.get(everything.replace("&amp;", "&")).text
    assert html.count('<th scope="col"><a ') == 12
    assert "列出全部" not in html


def test_the_matrix_shows_the_months_asked_for(sign_in: SignIn) -> None:
    html = sign_in("office").get("/reports?from=2024-01&to=2024-02").text
    assert re.findall(r'<th scope="col"><a [^>]*>([^<]*)</a>', html) == ["2024-01", "2024-02"]
    assert "没有这样的月报" in sign_in("office").get("/reports?from=2024-02&to=2024-01").text


@pytest.mark.parametrize(
    "address", ["/reports/export", "/reports/month/2024-03/export", "/reports/month/2024-03/lines"]
)
def test_spreadsheets_can_be_fetched(sign_in: SignIn, sent: MonthlyReport, address: str) -> None:
    answer = sign_in("leader").get(address)
    assert answer.status_code == 200
    assert answer.data.startswith(b"PK")
    assert ".xlsx" in answer.headers["Content-Disposition"]


def test_the_export_link_takes_only_the_months_from_the_address(sign_in: SignIn) -> None:
    html = sign_in("leader").get("/reports?from=2023-09&to=2023-11&endpoint=x&_scheme=y").text
    assert "/reports/export?from=2023-09&amp;to=2023-11" in html
