"""A unit, or the office in its name, writes its report and sends it; what was typed is never lost."""

import re
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from tests.reports.conftest import Person, SignIn, UnitNamed, filled, form_of, own_report
from tests.world import city_moment
from tracker.plan.models import Campaign
from tracker.reports import actions, queries
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import LineText, ReportState, Terms


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


def test_a_reason_for_many_lines_that_is_missing_is_told_once(sign_in: SignIn, march: ReportPeriod) -> None:
    client = sign_in("nongye")
    fields = form_of(client.get(f"/reports/{march.id}").text)
    count = sum(name.startswith("progress-") for name in fields)
    answer = client.post(f"/reports/{march.id}/submission", data=fields | {"fills_empty": "on"})
    assert answer.status_code == 422
    assert (
        f'按无进展处理的 {count} 条没有原因，请填写统一原因，<a href="#common_reason">去填写</a>'
        in answer.text
    )
    assert answer.text.count('aria-invalid="true"') == 1
    assert "无进展须写明原因" not in answer.text


def test_a_nil_report_with_progress_leads_to_the_first_of_its_lines(
    sign_in: SignIn, march: ReportPeriod
) -> None:
    client = sign_in("nongye")
    fields = form_of(client.get(f"/reports/{march.id}").text)
    name = [name for name in fields if name.startswith("progress-")][3]
    typed = fields | {name: "已部署", "is_nil": "on", "common_reason": "本月没有安排"}
    answer = client.post(f"/reports/{march.id}/submission", data=typed)
    assert answer.status_code == 422
    assert (
        f'有 1 条写了进展，不能作零报告；请清空这些条，或去掉零报告，<a href="#{name}">从第一条看起</a>'
        in answer.text
    )


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
