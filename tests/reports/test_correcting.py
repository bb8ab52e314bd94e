"""An accepted report is corrected, or left as it was after all."""

from sqlalchemy.orm import Session

from tests.reports.conftest import Person, SignIn, form_of
from tests.world import city_moment
from tracker.reports import actions
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import ReportState


def test_a_correction_is_a_new_version_beside_the_earlier_one(
    session: Session, sign_in: SignIn, march: ReportPeriod, sent: MonthlyReport, person: Person
) -> None:
    actions.accept(session, sent, by=person("office"), at=city_moment("2024-03-21T09:00"))
    client, own = sign_in("nongye"), f"/reports/{march.id}"
    assert client.post(f"{own}/correction", data={"correction": " "}).status_code == 422
    answer = client.post(f"{own}/correction", data={"correction": "数据有误", "version": str(sent.version)})
    assert (answer.status_code, answer.location) == (303, own)
    page = client.get(own).text
    assert "正在更正：</strong>数据有误" in page
    typed = {name: text.replace("已部署", "改正了") for name, text in form_of(page).items()}
    assert client.post(f"{own}/submission", data=typed).status_code == 303
    address = f"{own}/units/{sent.unit_id}"
    latest, first = sign_in("leader").get(address).text, client.get(f"{address}?number=1").text
    assert ("改正了" in latest, "已部署" in latest) == (True, False)
    assert ("改正了" in first, "已部署" in first) == (False, True)
    assert "更正：数据有误" in latest
    assert "不是最新的" in first
    assert client.get(f"{address}?number=9").status_code == 404


def test_a_correction_can_be_given_up(
    session: Session, sign_in: SignIn, march: ReportPeriod, sent: MonthlyReport, person: Person
) -> None:
    actions.accept(session, sent, by=person("office"), at=city_moment("2024-03-21T09:00"))
    client, own = sign_in("nongye"), f"/reports/{march.id}"
    assert client.post(f"{own}/correction/withdrawal").status_code == 409
    client.post(f"{own}/correction", data={"correction": "数据有误"})
    assert "已采信（按时、更正中）" in client.get("/reports").text
    assert client.post(f"{own}/correction/withdrawal").status_code == 303
    assert sent.state is ReportState.ACCEPTED
