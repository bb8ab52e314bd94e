"""A month's summary: from what was submitted, in the office's words, final, sent upwards."""

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.browser import HtmlChecker
from tests.world import city_moment
from tracker.errors import Refused, Stale
from tracker.events.models import Event
from tracker.milestones.rules import Day
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reports import actions as report_actions
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.queries import terms_of
from tracker.reports.rules import LineText
from tracker.summaries import actions
from tracker.summaries.actions import Sending, Words
from tracker.summaries.models import Summary, SummaryItem
from tracker.summaries.rules import SummaryState, Way
from tracker.workdays.queries import calendar_of

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
Report = Callable[..., MonthlyReport]
AT = city_moment("2024-03-22T09:00")


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return session.scalars(select(Campaign)).one()


@pytest.fixture
def day(session: Session) -> Day:
    return Day(date(2024, 3, 22), calendar_of(session, 1))


@pytest.fixture
def march(session: Session) -> ReportPeriod:
    return session.scalars(select(ReportPeriod).where(ReportPeriod.month == date(2024, 3, 1))).one()


@pytest.fixture
def report(session: Session, campaign: Campaign, march: ReportPeriod, person: Person, day: Day) -> Report:
    """Sends somebody's report with the same words in each line."""

    def send(username: str, progress: str, percent: str = "", problems: str = "") -> MonthlyReport:
        by, terms = person(username), terms_of(campaign, day)
        made = report_actions.open_draft(session, march, by.unit, by=by, at=AT, terms=terms)
        texts = {line.item_id: LineText(progress, problems, percent=percent) for line in made.lines}
        report_actions.save_draft(session, made, texts, by=by, at=AT, terms=terms)
        report_actions.submit(session, made, by=by, at=AT, terms=terms)
        return made

    return send


@pytest.fixture
def summary(
    session: Session, campaign: Campaign, march: ReportPeriod, report: Report, person: Person, day: Day
) -> Summary:
    """A draft about 2024-03 from the reports of 卡若区 and 芒康县."""
    report("karuo", "已检查 20 家", percent="60")
    report("mangkang", "已部署", problems="缺经费")
    return actions.draft(session, campaign, march, by=person("office"), at=AT, day=day)


def shared(summary: Summary) -> SummaryItem:
    """An indicator of both."""
    return next(item for item in summary.items if len(item.lines) == 2)


def words_of(summary: Summary, texts: dict[int, str]) -> Words:
    return Words(summary.title, summary.addressee, summary.opening, summary.closing, texts)


def test_a_summary_holds_the_lines_of_all_units_by_indicator(summary: Summary) -> None:
    assert "已报送2个（按时2个，迟报0个），未报送33个" in summary.opening
    assert summary.figures["reported"] == ["卡若区", "芒康县"]
    assert len(summary.figures["lacking"]) == 33
    item = shared(summary)
    assert item.text == "卡若区：已检查 20 家（累计完成 60%）。\n芒康县：已部署。存在问题：缺经费。"
    assert [item.position for item in summary.items] == list(range(len(summary.items)))
    numbers = [int(item.number) for item in summary.items]
    assert numbers == sorted(numbers)


def test_without_reports_there_is_nothing_to_summarise(
    session: Session, campaign: Campaign, march: ReportPeriod, person: Person, day: Day
) -> None:
    with pytest.raises(Refused, match="还没有单位报送月报"):
        actions.draft(session, campaign, march, by=person("office"), at=AT, day=day)


def test_what_was_returned_waits_to_be_sent_again(
    session: Session, campaign: Campaign, march: ReportPeriod, report: Report, person: Person, day: Day
) -> None:
    report("karuo", "已检查 20 家")
    report_actions.send_back(
        session,
        report("mangkang", "已部署"),
        "重写",
        by=person("office"),
        at=AT,
        terms=terms_of(campaign, day),
    )
    made = actions.draft(session, campaign, march, by=person("office"), at=AT, day=day)
    assert made.figures["reported"] == ["卡若区"]


def test_new_reports_are_taken_and_changed_words_stay(
    session: Session, summary: Summary, report: Report, person: Person, day: Day
) -> None:
    first, second = (item for item in summary.items if len(item.lines) == 2 and item.number in ("8", "9"))
    actions.edit(session, summary, words_of(summary, {first.id: "全市已检查"}), by=person("office"), at=AT)
    report("nongye", "已抽检")
    changed_count = actions.refresh(session, summary, by=person("office"), at=AT, day=day)
    assert changed_count > 0
    assert first.text == "全市已检查"
    assert second.text.startswith("卡若区：")
    assert "市农业农村局" in summary.figures["reported"]
    added = next(item for item in summary.items if any(line.unit == "市农业农村局" for line in item.lines))
    assert "市农业农村局：已抽检。" in added.text
    assert actions.refresh(session, summary, by=person("office"), at=AT, day=day) == 0


def test_what_is_final_stays_whatever_is_reported_later(
    session: Session, summary: Summary, person: Person, day: Day, report: Report
) -> None:
    actions.finalise(session, summary, by=person("office"), at=AT)
    assert (summary.state, summary.reference) == (SummaryState.FINAL, "昌食安办报〔2024〕1号")
    before = {item.id: (item.text, item.entries) for item in summary.items}
    report("nongye", "已抽检")
    with pytest.raises(Refused, match="已经定稿，不能重新取数"):
        actions.refresh(session, summary, by=person("office"), at=AT, day=day)
    with pytest.raises(Refused, match="已经定稿，不能修改汇总"):
        actions.edit(session, summary, words_of(summary, {}), by=person("office"), at=AT)
    session.expire_all()
    assert {item.id: (item.text, item.entries) for item in summary.items} == before


def test_a_number_that_was_typed_uses_none_of_the_counter(
    session: Session, campaign: Campaign, summary: Summary, march: ReportPeriod, person: Person, day: Day
) -> None:
    actions.finalise(session, summary, " 昌食安办函〔2024〕17号 ", by=person("office"), at=AT)
    assert (summary.reference, summary.number) == ("昌食安办函〔2024〕17号", None)
    other = actions.draft(session, campaign, march, by=person("office"), at=AT, day=day)
    actions.finalise(session, other, by=person("office"), at=AT)
    assert other.reference == "昌食安办报〔2024〕1号"


def test_each_sending_is_written_down(session: Session, summary: Summary, person: Person, day: Day) -> None:
    office = person("office")
    sending = Sending("自治区食安办", day.today, Way.EXCHANGE)
    with pytest.raises(Refused, match="定稿以后才能登记报送"):
        actions.send(session, summary, sending, by=office, at=AT, today=day.today)
    actions.finalise(session, summary, by=office, at=AT)
    actions.send(session, summary, sending, by=office, at=AT, today=day.today)
    second = Sending("市政府", date(2024, 3, 21), Way.HAND, "昌食安办报〔2024〕1-2号", "一式两份")
    actions.send(session, summary, second, by=office, at=AT, today=day.today)
    late = Sending("市政府", date(2024, 3, 23), Way.FAX)
    with pytest.raises(Refused, match="不能晚于今天"):
        actions.send(session, summary, late, by=office, at=AT, today=day.today)
    assert {one.reference for one in summary.sendings} == {"昌食安办报〔2024〕1号", "昌食安办报〔2024〕1-2号"}
    sent = select(Event.note).where(Event.subject == "summary", Event.verb == "send")
    notes = session.scalars(sent.order_by(Event.id)).all()
    assert notes[0] == "昌食安办报〔2024〕1号：自治区食安办，2024-03-22，公文交换，昌食安办报〔2024〕1号"


def test_of_two_who_change_it_the_second_is_told(session: Session, summary: Summary, person: Person) -> None:
    seen = summary.version
    actions.edit(session, summary, words_of(summary, {}), by=person("office"), at=AT, version=seen)
    with pytest.raises(Stale):
        actions.edit(session, summary, words_of(summary, {}), by=person("office-admin"), at=AT, version=seen)


def test_the_office_makes_edits_finalises_and_sends_over_the_pages(
    sign_in: SignIn, session: Session, report: Report
) -> None:
    office = sign_in("office")
    answer = office.post("/summaries", data={"month": "2024-03"})
    assert answer.status_code == 409
    assert "2024-03：这个月还没有单位报送月报" in answer.text
    assert office.post("/summaries", data={"month": "2030-01"}).status_code == 422
    report("karuo", "已检查 20 家")
    assert "生成月度汇总" in office.get("/reports/month/2024-03").text
    assert office.post("/summaries", data={"month": "2024-03"}).status_code == 303
    made = session.scalars(select(Summary)).one()
    address, text = f"/summaries/{made.id}", f"text-{made.items[0].id}"
    page = office.get(f"{address}/edit").text
    assert "卡若区：已检查 20 家。</textarea>" in page
    typed = {"title": "关于三月的\n报告", "addressee": "市政府", "opening": "情况如下", text: "全市已检查"}
    bad = office.post(f"{address}/draft", data={**typed, text: "长" * 4001})
    assert bad.status_code == 422
    assert "不能超过 4000 字" in bad.text
    assert "长长长" in bad.text
    stale = office.post(f"{address}/draft", data={**typed, "version": 99})
    assert stale.status_code == 409
    assert "全市已检查" in stale.text
    assert office.post(f"{address}/draft", data=typed).status_code == 303
    assert sign_in("leader").get(address).status_code == 404
    office = sign_in("office")
    assert office.post(f"{address}/sendings", data={}).status_code == 422
    sending = {"recipient": "市政府", "sent_on": "2024-03-22", "sent_by": "hand"}
    assert office.post(f"{address}/sendings", data=sending).status_code == 409
    assert office.post(f"{address}/finalisation", data={"reference": "x" * 61}).status_code == 422
    assert office.post(f"{address}/finalisation").status_code == 303
    assert office.post(f"{address}/finalisation").status_code == 409
    assert office.post(f"{address}/refresh").status_code == 409
    assert office.post(f"{address}/deletion").status_code == 409
    assert office.get(f"{address}/edit").status_code == 302
    assert office.post(f"{address}/sendings", data=sending).status_code == 303
    page = sign_in("leader").get(address).text
    assert "昌食安办报〔2024〕1号" in page
    assert "专人送达" in page
    assert "登记一次报送" not in page
    assert "全市已检查" in page
    assert sign_in("mangkang").get(address).status_code == 403


def test_a_draft_is_refreshed_and_deleted_over_the_pages(
    sign_in: SignIn, session: Session, summary: Summary, report: Report
) -> None:
    office, address = sign_in("office"), f"/summaries/{summary.id}"
    report("nongye", "已抽检")
    assert office.post(f"{address}/refresh", data={"version": summary.version}).status_code == 303
    assert "条有变动；改过的文字保留" in office.get(address).text
    assert office.post(f"{address}/deletion").status_code == 303
    assert session.scalars(select(SummaryItem)).all() == []


def test_the_summary_goes_out_by_indicator_on_paper(sign_in: SignIn, summary: Summary) -> None:
    answer = sign_in("office").get(f"/summaries/{summary.id}.docx")
    document = Document(BytesIO(answer.data))
    words = [paragraph.text for paragraph in document.paragraphs]
    first = summary.items[0]
    assert f"一、{first.heading}" in words
    assert any(line.startswith(f"（一）{first.name}：") for line in words)
    assert "卡若区：已检查 20 家（累计完成 60%）。" in words
    assert "自治区食安办，昌都市人民政府：" in words
    assert [cell.text for cell in document.tables[0].rows[1].cells] == ["已报送", "2", "卡若区、芒康县"]


def test_the_workbook_has_all_units_lines_in_one_sheet(sign_in: SignIn, summary: Summary) -> None:
    answer = sign_in("office").get(f"/summaries/{summary.id}.xlsx")
    book = load_workbook(BytesIO(answer.data))
    (sheet,) = book.worksheets
    headers, *rows = list(sheet.iter_rows(values_only=True))
    assert headers[:5] == ("指标编号", "评价内容", "汇总", "单位", "本月工作进展")
    assert len(rows) == sum(len(item.lines) for item in summary.items)
    item = shared(summary)
    mine = [row for row in rows if row[0] == item.number]
    assert [row[3] for row in mine] == ["卡若区", "芒康县"]
    assert mine[0][2] == item.text
    assert not mine[1][2]


def test_the_pages_are_valid_html(sign_in: SignIn, summary: Summary) -> None:
    office, address = sign_in("office"), f"/summaries/{summary.id}"
    pages = {url: office.get(url).text for url in ("/summaries", address, f"{address}/edit")}
    pages["bad"] = office.post(f"{address}/draft").text
    office.post(f"{address}/finalisation")
    pages["final"] = office.get(address).text
    pages["sending"] = office.post(f"{address}/sendings").text
    checker = HtmlChecker()
    wrong = {name: found for name, html in pages.items() if (found := checker.violations(html))}
    checker.close()
    assert not wrong
