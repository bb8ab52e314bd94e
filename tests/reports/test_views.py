"""The pages of the monthly report: who sees what, and what a form does."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from tests.reports.conftest import Person
from tests.world import MovableClock, city_moment
from tracker.plan.models import Campaign
from tracker.reports import actions, queries
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import LineText, ReportState, Terms
from tracker.units.models import Unit

SignIn = Callable[[str], FlaskClient]
UnitNamed = Callable[[str], Unit]


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


def test_a_unit_lists_its_own_months(sign_in: SignIn, march: ReportPeriod) -> None:
    html = sign_in("nongye").get("/reports").text
    assert "还有 1 个工作日" in html
    assert f'href="/reports/{march.id}">填写' in html
    assert "卡若区" not in html


def test_a_unit_that_owes_no_report_is_told_so(
    session: Session, sign_in: SignIn, person: Person, unit: UnitNamed, march: ReportPeriod
) -> None:
    person("karuo").unit = unit("新区管委会")
    session.flush()
    client = sign_in("karuo")
    assert "目前不需要报送月报" in client.get("/reports").text
    assert client.get(f"/reports/{march.id}").status_code == 404
    assert client.post(f"/reports/{march.id}/draft").status_code == 404


def test_looking_at_the_form_creates_nothing(session: Session, sign_in: SignIn, march: ReportPeriod) -> None:
    html = sign_in("nongye").get(f"/reports/{march.id}").text
    assert "保存草稿" in html
    assert session.scalars(select(MonthlyReport)).all() == []


def test_a_draft_is_saved_and_shown_again(
    session: Session, sign_in: SignIn, march: ReportPeriod, unit: UnitNamed
) -> None:
    client = sign_in("nongye")
    fields = form_of(client.get(f"/reports/{march.id}").text)
    name = next(name for name in fields if name.startswith("progress-"))
    answer = client.post(f"/reports/{march.id}/draft", data=fields | {name: "  已部署\r\n已检查 "})
    assert (answer.status_code, answer.location) == (303, f"/reports/{march.id}")
    html = client.get(f"/reports/{march.id}").text
    assert "草稿已保存，还没有提交" in html
    assert "已部署\n已检查</textarea>" in html
    assert own_report(session, march, unit("市农业农村局")).state is ReportState.DRAFT


def test_a_report_is_submitted_at_once_and_then_only_read(
    session: Session, sign_in: SignIn, march: ReportPeriod, unit: UnitNamed
) -> None:
    client = sign_in("nongye")
    fields = filled(form_of(client.get(f"/reports/{march.id}").text))
    assert client.post(f"/reports/{march.id}/submission", data=fields).status_code == 303
    html = client.get(f"/reports/{march.id}").text
    assert "月报已提交，等待市食安办审核" in html
    assert "textarea" not in html
    assert own_report(session, march, unit("市农业农村局")).state is ReportState.SUBMITTED


def test_an_incomplete_report_shows_its_fields_and_keeps_what_was_typed(
    session: Session, sign_in: SignIn, march: ReportPeriod
) -> None:
    client = sign_in("nongye")
    fields = form_of(client.get(f"/reports/{march.id}").text)
    first, second, *others = [name for name in fields if name.startswith("progress-")]
    item = second.removeprefix("progress-")
    typed = fields | {first: "已部署", f"has_no_progress-{item}": "on"}
    answer = client.post(f"/reports/{march.id}/submission", data=typed)
    assert answer.status_code == 422
    assert f"有 {len(others) + 1} 条没有填完整" in answer.text
    assert "无进展须写明原因" in answer.text
    assert re.findall(r'name="([^"]*)"[^>]* autofocus', answer.text) == [f"reason-{item}"]
    assert f'href="#reason-{item}"' in answer.text
    assert form_of(answer.text) == typed
    assert session.scalars(select(MonthlyReport)).all() == []


def test_one_reason_serves_all_lines_without_progress(
    session: Session, sign_in: SignIn, march: ReportPeriod, unit: UnitNamed
) -> None:
    client = sign_in("nongye")
    fields = form_of(client.get(f"/reports/{march.id}").text)
    first = next(name for name in fields if name.startswith("progress-"))
    typed = fields | {first: "已部署", "common_reason": "本月没有安排", "fills_empty": "on"}
    assert client.post(f"/reports/{march.id}/submission", data=typed).status_code == 303
    lines = own_report(session, march, unit("市农业农村局")).lines
    assert [line.text for line in lines[1:]] == [
        LineText(has_no_progress=True, reason="本月没有安排") for _ in lines[1:]
    ]
    assert lines[0].text == LineText("已部署")


def test_a_nil_report_is_one_choice_with_one_reason(
    session: Session, sign_in: SignIn, march: ReportPeriod, unit: UnitNamed
) -> None:
    client = sign_in("nongye")
    fields = form_of(client.get(f"/reports/{march.id}").text) | {"is_nil": "on"}
    assert client.post(f"/reports/{march.id}/draft", data=fields).status_code == 303
    answer = client.post(
        f"/reports/{march.id}/submission", data=form_of(client.get(f"/reports/{march.id}").text)
    )
    assert answer.status_code == 422
    assert "零报告须写明统一原因" in answer.text
    again = form_of(answer.text)
    assert again["is_nil"] == "on"
    again |= {"common_reason": "本月没有安排"}
    assert client.post(f"/reports/{march.id}/submission", data=again).status_code == 303
    report = own_report(session, march, unit("市农业农村局"))
    assert report.is_nil
    assert {line.text for line in report.lines} == {LineText(has_no_progress=True, reason="本月没有安排")}
    assert "零报告" in client.get(f"/reports/{march.id}").text


def test_lines_without_change_are_folded_and_a_wrong_percentage_opens_one(
    sign_in: SignIn, march: ReportPeriod
) -> None:
    client = sign_in("nongye")
    page = client.get(f"/reports/{march.id}").text
    fields = form_of(page)
    name = next(name for name in fields if name.startswith("percent-"))
    assert page.count('<details class="fold">') == sum(key.startswith("progress-") for key in fields)
    answer = client.post(f"/reports/{march.id}/draft", data=fields | {name: "一半"})
    assert answer.status_code == 422
    assert "应为 0 至 100 的整数" in answer.text
    assert f'name="{name}" value="一半"' in answer.text
    assert answer.text.count('<details class="fold">') == page.count('<details class="fold">') - 1


def test_a_draft_saves_itself_and_tells_when(
    session: Session, sign_in: SignIn, march: ReportPeriod, unit: UnitNamed
) -> None:
    client, asked = sign_in("nongye"), {"HX-Request": "true"}
    fields, address = form_of(client.get(f"/reports/{march.id}").text), f"/reports/{march.id}/draft"
    first = client.post(address, data=fields, headers=asked)
    assert first.status_code == 200
    assert "已自动保存 10:00" in first.text
    assert "<html" not in first.text
    version = own_report(session, march, unit("市农业农村局")).version
    assert f'id="report-version" name="version" value="{version}"' in first.text
    assert client.post(address, data=fields, headers=asked).status_code == 409, "an older version"
    name = next(name for name in fields if name.startswith("percent-"))
    wrong = client.post(address, data=fields | {"version": str(version), name: "一半"}, headers=asked)
    assert wrong.status_code == 422
    assert "没有自动保存：有 1 条填写有误" in wrong.text


def test_a_stale_form_shows_the_present_state_and_keeps_what_was_typed(
    session: Session, sign_in: SignIn, march: ReportPeriod, unit: UnitNamed
) -> None:
    client = sign_in("nongye")
    mine = form_of(client.get(f"/reports/{march.id}").text)
    name = next(name for name in mine if name.startswith("progress-"))
    client.post(f"/reports/{march.id}/draft", data=mine | {name: "同事填写的"})
    answer = client.post(f"/reports/{march.id}/draft", data=mine | {name: "我填写的"})
    assert answer.status_code == 409
    assert "内容已被他人更新" in answer.text
    assert "现已保存的内容：同事填写的" in answer.text
    again = form_of(answer.text)
    assert again[name] == "我填写的"
    assert client.post(f"/reports/{march.id}/draft", data=again).status_code == 303
    line = next(
        line
        for line in own_report(session, march, unit("市农业农村局")).lines
        if f"progress-{line.item_id}" == name
    )
    assert line.progress == "我填写的"


def test_two_who_save_at_the_same_moment_keep_their_texts(
    sign_in: SignIn, march: ReportPeriod, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL lets both read the same version; the second UPDATE finds no row."""

    def too_late(*_args: object, **_keywords: object) -> None:
        raise StaleDataError

    client = sign_in("nongye")
    typed = filled(form_of(client.get(f"/reports/{march.id}").text))
    monkeypatch.setattr(actions, "save_draft", too_late)
    answer = client.post(f"/reports/{march.id}/draft", data=typed)
    assert answer.status_code == 409
    assert "内容已被他人更新" in answer.text
    assert "已部署</textarea>" in answer.text


def test_who_types_while_a_colleague_submits_keeps_the_text(sign_in: SignIn, march: ReportPeriod) -> None:
    client = sign_in("nongye")
    mine = filled(form_of(client.get(f"/reports/{march.id}").text))
    client.post(f"/reports/{march.id}/submission", data=mine)
    late = {name: "我填写的" if name.startswith("progress-") else value for name, value in mine.items()}
    answer = client.post(f"/reports/{march.id}/draft", data=late)
    assert answer.status_code == 409
    assert "请自行留存" in answer.text
    assert "我填写的</textarea>" in answer.text
    assert "保存草稿" not in answer.text


def test_a_text_that_is_too_long_is_refused_and_kept(sign_in: SignIn, march: ReportPeriod) -> None:
    client = sign_in("nongye")
    fields = form_of(client.get(f"/reports/{march.id}").text)
    name = next(name for name in fields if name.startswith("progress-"))
    answer = client.post(f"/reports/{march.id}/draft", data=fields | {name: "字" * 4001})
    assert answer.status_code == 422
    assert "不能超过 4000 字" in answer.text


def test_a_month_that_has_not_begun_cannot_be_written(
    session: Session, campaign: Campaign, sign_in: SignIn
) -> None:
    april = queries.period_of_month(session, campaign, date(2024, 4, 1))
    assert april is not None
    client = sign_in("nongye")
    assert "textarea" not in client.get(f"/reports/{april.id}").text
    answer = client.post(f"/reports/{april.id}/draft", data={"version": "0"})
    assert answer.status_code == 409
    assert "2024-04-01 起填写" in answer.text


def test_a_returned_report_tells_why_on_top_and_can_be_sent_again(
    session: Session, sign_in: SignIn, march: ReportPeriod, sent: MonthlyReport, person: Person, terms: Terms
) -> None:
    at = city_moment("2024-03-21T09:00")
    actions.send_back(session, sent, "数据不全", by=person("office"), at=at, terms=terms)
    client = sign_in("nongye")
    html = client.get(f"/reports/{march.id}").text
    assert "数据不全" in html
    assert "请在 2024-03-25 24 时前重新提交" in html
    client.post(f"/reports/{march.id}/submission", data=form_of(html))
    assert own_report(session, march, sent.unit).state is ReportState.SUBMITTED


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


def test_texts_are_shown_as_text(
    session: Session, sign_in: SignIn, march: ReportPeriod, draft: MonthlyReport, person: Person, terms: Terms
) -> None:
    draft.lines[0].progress = "<script>alert(1)</script>"
    actions.submit(session, draft, by=person("nongye"), at=city_moment("2024-03-20T11:00"), terms=terms)
    html = sign_in("office").get(f"/reports/{march.id}/units/{draft.unit_id}").text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_the_export_link_takes_only_the_months_from_the_address(sign_in: SignIn) -> None:
    html = sign_in("leader").get("/reports?from=2023-09&to=2023-11&endpoint=x&_scheme=y").text
    assert "/reports/export?from=2023-09&amp;to=2023-11" in html


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


def test_the_office_reports_in_a_units_name(
    session: Session, sign_in: SignIn, march: ReportPeriod, unit: UnitNamed
) -> None:
    county = unit("芒康县")
    client, address = sign_in("office"), f"/reports/{march.id}?unit={county.id}"
    assert address in client.get(f"/reports/{march.id}/units/{county.id}").text
    page = client.get(address).text
    assert "正在代芒康县填报" in page
    answer = client.post(f"/reports/{march.id}/submission?unit={county.id}", data=filled(form_of(page)))
    assert (answer.status_code, answer.location) == (303, address)
    assert own_report(session, march, county).state is ReportState.SUBMITTED
    assert "（市食安办代）" in client.get(f"/reports/{march.id}/units/{county.id}").text
    refused = client.post(f"/reports/{march.id}/units/{county.id}/acceptance")
    assert refused.status_code == 409
    assert "须由食安办另一位同志审核" in refused.text


def test_nobody_else_reports_for_another_unit(sign_in: SignIn, march: ReportPeriod, unit: UnitNamed) -> None:
    county = unit("芒康县")
    for name in ("nongye", "leader", "karuo"):
        client = sign_in(name)
        assert client.get(f"/reports/{march.id}?unit={county.id}").status_code == 404
        assert client.post(f"/reports/{march.id}/draft?unit={county.id}").status_code == 404
