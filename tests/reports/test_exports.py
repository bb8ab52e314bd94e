"""Spreadsheets of reports, as data."""

from datetime import date

from sqlalchemy.orm import Session

from tests.reports.conftest import Person
from tests.world import city_moment
from tracker.plan.models import Campaign
from tracker.reports import actions, exports, overview, queries
from tracker.reports.commands import report_table
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import LineText, Terms


def test_the_month_as_a_table(
    session: Session, campaign: Campaign, march: ReportPeriod, sent: MonthlyReport, terms: Terms
) -> None:
    rows = overview.month_rows(session, campaign, march, terms)
    reports = queries.month_reports(session, march, with_versions=True)
    headers, found = exports.month_table(rows, reports, terms)
    table = [dict(zip(headers, row, strict=True)) for row in found]
    assert len(table) == 35
    own = next(row for row in table if row["单位"] == "市农业农村局")
    assert own["状态"] == "按时"
    assert own["首次报送"] == own["最近报送"] == "2024-03-20 11:00"
    assert own["填报人"] == "市农业农村局联络员"
    assert (own["条目数"], own["无进展条目数"]) == (len(sent.lines), 0)
    other = next(row for row in table if row["单位"] == "卡若区")
    assert (other["状态"], other["首次报送"], other["条目数"]) == ("待报", "", None)


def test_what_the_units_wrote_in_the_columns_of_the_paper_form(
    session: Session,
    campaign: Campaign,
    march: ReportPeriod,
    draft: MonthlyReport,
    terms: Terms,
    person: Person,
) -> None:
    sent, at = draft, city_moment("2024-03-20T11:00")
    texts = {
        sent.lines[0].item_id: LineText("已部署", "人员不足", "补齐台账", percent="80", figures="12 本"),
        sent.lines[1].item_id: LineText(has_no_progress=True, reason="等待文件"),
    }
    actions.save_draft(session, sent, texts, by=person("nongye"), at=at, terms=terms)
    actions.submit(session, sent, by=person("nongye"), at=at, terms=terms)
    actions.accept(session, sent, by=person("office"), at=city_moment("2024-03-22T09:00"))
    rows = overview.month_rows(session, campaign, march, terms)
    reports = queries.month_reports(session, march, with_versions=True)
    headers, found = exports.line_table(rows, reports, terms)
    table = [dict(zip(headers, row, strict=True)) for row in found]
    assert len(table) == len(sent.lines)
    assert table[0]["填报单位"] == "市农业农村局"
    assert table[0]["审核人"] == "市食安办食安办"
    assert table[0]["填报日期"] == "2024-03-20 11:00"
    assert [table[0]["本月工作进展"], table[0]["完成状态"]] == ["已部署", "推进中"]
    assert [table[0][name] for name in ("累计完成情况", "数据", "存在问题", "下步打算")] == [
        "80%", "12 本", "人员不足", "补齐台账",
    ]  # fmt: skip
    assert [table[1]["完成状态"], table[1]["备注"]] == ["无进展", "等待文件"]
    assert [row["序号"] for row in table] == list(range(1, len(table) + 1))


def test_of_a_returned_report_what_was_sent_is_taken_away(
    session: Session,
    campaign: Campaign,
    march: ReportPeriod,
    sent: MonthlyReport,
    terms: Terms,
    person: Person,
) -> None:
    at = city_moment("2024-03-22T09:00")
    actions.send_back(session, sent, "数据不全", by=person("office"), at=at, terms=terms)
    texts = {sent.lines[0].item_id: LineText(progress="改到一半")}
    actions.save_draft(session, sent, texts, by=person("nongye"), at=at, terms=terms)
    rows = overview.month_rows(session, campaign, march, terms)
    reports = queries.month_reports(session, march, with_versions=True)
    headers, found = exports.line_table(rows, reports, terms)
    assert {row[headers.index("本月工作进展")] for row in found} == {"已部署"}


def test_the_matrix_as_a_table(
    session: Session, campaign: Campaign, sent: MonthlyReport, terms: Terms
) -> None:
    months = overview.default_months(queries.periods(session, campaign), terms.today)
    headers, found = exports.matrix_table(overview.matrix(session, campaign, months, terms))
    assert headers[:2] == ["单位", "2023-08"]
    table = {row[0]: row for row in found}
    assert len(table) == 35
    assert table["市农业农村局"][-6:] == ["按时", 1, 1, 8, "12%", "12%"]
    assert table["卡若区"][1:3] == ["未报", "未报"]


def test_the_ledger_for_other_tools(
    session: Session, campaign: Campaign, sent: MonthlyReport, terms: Terms
) -> None:
    headers, found = report_table(session, campaign, terms.day)
    table = [dict(zip(headers, row, strict=True)) for row in found]
    assert len(table) == 35 * 25
    own = [row for row in table if row["单位"] == "市农业农村局" and row["月份"] == "2024-03"]
    assert own == [
        {
            "单位": "市农业农村局", "月份": "2024-03", "截止日": date(2024, 3, 25),
            "状态": "按时", "按时": "是", "迟报天数": None, "重报超期": "",
        }
    ]  # fmt: skip
