"""The office accepts reports and returns them, one or many."""

import re

from sqlalchemy.orm import Session

from tests.reports.conftest import Person, SignIn, form_of
from tests.world import city_moment
from tracker.reports import actions
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import LineText, ReportState, Terms


def test_the_office_accepts_a_report(session: Session, sign_in: SignIn, sent: MonthlyReport) -> None:
    address = f"/reports/{sent.period_id}/units/{sent.unit_id}"
    client = sign_in("office")
    answer = client.post(f"{address}/acceptance", data={"version": str(sent.version)})
    assert (answer.status_code, answer.location) == (303, address)
    assert sent.state is ReportState.ACCEPTED
    assert "已采信（按时）" in client.get(address).text


def test_a_return_without_a_reason_shows_the_field(sign_in: SignIn, sent: MonthlyReport) -> None:
    address = f"/reports/{sent.period_id}/units/{sent.unit_id}/return"
    answer = sign_in("office").post(address, data={"version": str(sent.version), "reason": " "})
    assert answer.status_code == 422
    assert "退回须写明原因" in answer.text
    assert sent.state is ReportState.SUBMITTED


def test_lines_are_returned_with_reasons_of_their_own(
    session: Session, sign_in: SignIn, march: ReportPeriod, sent: MonthlyReport
) -> None:
    address = f"/reports/{march.id}/units/{sent.unit_id}"
    first, second = (line.item_id for line in sent.lines[:2])
    typed = {
        "version": str(sent.version),
        "reason": "两条要补",
        f"mark-{first}": "on",
        f"why-{second}": "缺数据",
    }
    client = sign_in("office")
    answer = client.post(f"{address}/return", data=typed)
    assert answer.status_code == 422
    assert "须写明这一条的原因" in answer.text
    assert 'value="缺数据"' in answer.text
    assert client.post(f"{address}/return", data=typed | {f"why-{first}": "缺附件"}).status_code == 303
    assert [line.return_reason for line in sent.lines[:3]] == ["缺附件", "缺数据", ""]
    assert f"退回：两条要补；{sent.lines[0].item.code}：缺附件；" in client.get(address).text
    client = sign_in("nongye")
    page = client.get(f"/reports/{march.id}").text
    assert page.count("<b>退回原因：</b>") == 2
    client.post(f"/reports/{march.id}/submission", data=form_of(page))
    assert {line.return_reason for line in sent.lines} == {""}


def test_a_decision_about_an_older_version_is_refused_and_keeps_the_reason(
    sign_in: SignIn, sent: MonthlyReport
) -> None:
    address = f"/reports/{sent.period_id}/units/{sent.unit_id}/return"
    answer = sign_in("office").post(address, data={"version": "1", "reason": "数据不全"})
    assert answer.status_code == 409
    assert "内容已被他人更新" in answer.text
    assert "数据不全</textarea>" in answer.text


def test_a_decision_that_the_state_does_not_allow_says_why(sign_in: SignIn, draft: MonthlyReport) -> None:
    address = f"/reports/{draft.period_id}/units/{draft.unit_id}/acceptance"
    answer = sign_in("office").post(address, data={"version": str(draft.version)})
    assert answer.status_code == 409
    assert "当前状态是“草稿”，不能采信" in answer.text


def test_the_office_decides_about_many_and_is_told_who_was_refused(
    session: Session,
    sign_in: SignIn,
    march: ReportPeriod,
    sent: MonthlyReport,
    person: Person,
    terms: Terms,
) -> None:
    writer, at = person("karuo"), city_moment("2024-03-20T10:00")
    other = actions.open_draft(session, march, writer.unit, by=writer, at=at, terms=terms)
    texts = {line.item_id: LineText("已部署") for line in other.lines}
    actions.save_draft(session, other, texts, by=writer, at=at, terms=terms)
    actions.submit(session, other, by=writer, at=at, terms=terms)
    client = sign_in("office")
    chosen = [f"{sent.id}.{sent.version}", f"{other.id}.{other.version - 1}", "nonsense"]
    answer = client.post("/reports/month/2024-03/acceptance", data={"reports": chosen})
    assert (answer.status_code, answer.location) == (303, "/reports/month/2024-03")
    html = client.get(answer.location).text
    assert "已采信 1 份月报" in html
    assert "卡若区：内容已被他人更新" in html
    assert (sent.state, other.state) == (ReportState.ACCEPTED, ReportState.SUBMITTED)
    data = {"reports": [f"{other.id}.{other.version}"], "reason": "数据不全"}
    client.post("/reports/month/2024-03/return", data=data)
    assert (other.state, other.return_reason) == (ReportState.RETURNED, "数据不全")


def test_returning_many_without_a_reason_keeps_the_ticks(sign_in: SignIn, sent: MonthlyReport) -> None:
    chosen = f"{sent.id}.{sent.version}"
    answer = sign_in("office").post("/reports/month/2024-03/return", data={"reports": [chosen]})
    assert answer.status_code == 422
    assert "退回须写明原因" in answer.text
    assert re.search(rf'value="{chosen}"[^>]* checked', answer.text)


def test_returning_many_without_a_reason_keeps_the_filter(sign_in: SignIn, sent: MonthlyReport) -> None:
    client = sign_in("office")
    address = "/reports/month/2024-03/return?status=review"
    assert f'formaction="{address}"' in client.get("/reports/month/2024-03?status=review").text
    answer = client.post(address, data={"reports": [f"{sent.id}.{sent.version}"]})
    assert "共 1 " in answer.text, "of 35 the one to review"
