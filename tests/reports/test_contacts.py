"""Telephones in reports: whole for who calls the units, masked for who does not."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from tests.reports.conftest import Person
from tests.world import city_moment
from tracker.reports import actions
from tracker.reports.models import MonthlyReport
from tracker.reports.rules import Terms

SignIn = Callable[[str], FlaskClient]


def texts(client: FlaskClient, address: str) -> str:
    """What stands on a page, or in all cells of a workbook."""
    answer = client.get(address)
    assert answer.status_code == 200
    if not answer.data.startswith(b"PK"):
        return answer.text
    sheets = load_workbook(BytesIO(answer.data)).worksheets
    return "\n".join(
        str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row
    )


@pytest.mark.parametrize(("username", "number"), [("office", "13908950001"), ("reviewer", "139****0001")])
@pytest.mark.parametrize(
    "address",
    [
        "/reports/month/2024-03", "/reports/month/2024-03/export", "/reports/month/2024-03/lines",
        "/reports/{period}/units/{unit}", "/reports/{period}/units/{unit}/paper",
        "/reports/{period}/units/{unit}/paper.xlsx",
    ],
)  # fmt: skip
def test_a_reviewer_sees_telephones_masked(
    session: Session,
    sign_in: SignIn,
    draft: MonthlyReport,
    person: Person,
    terms: Terms,
    username: str,
    number: str,
    address: str,
) -> None:
    person("nongye").phone = "13908950001"
    session.flush()
    actions.submit(session, draft, by=person("nongye"), at=city_moment("2024-03-20T11:00"), terms=terms)
    found = texts(sign_in(username), address.format(period=draft.period_id, unit=draft.unit_id))
    assert number in found
    assert ("13908950001" in found) == (username == "office")
