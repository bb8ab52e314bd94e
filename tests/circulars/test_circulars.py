"""Circulars from the figures of a month or a gate: frozen, edited, numbered, read."""

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.browser import HtmlChecker
from tests.world import city_moment
from tracker.circulars import actions
from tracker.circulars.figures import AtGate, foremost
from tracker.circulars.models import Circular
from tracker.circulars.queries import gates
from tracker.circulars.rules import CircularState
from tracker.errors import Refused
from tracker.milestones.rules import Day
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import ReportState
from tracker.units.models import Unit
from tracker.workdays.queries import calendar_of

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
AT = city_moment("2024-03-22T09:00")


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return session.scalars(select(Campaign)).one()


@pytest.fixture
def day(session: Session) -> Day:
    return Day(date(2024, 3, 22), calendar_of(session, 1))


@pytest.fixture
def month(session: Session) -> ReportPeriod:
    """2024-02, due on the 25th: 市农业农村局 reported in time, 卡若区 two days late, nobody else."""
    month = session.scalars(select(ReportPeriod).where(ReportPeriod.month == date(2024, 2, 1))).one()
    for name, sent in (("市农业农村局", "2024-02-23T10:00"), ("卡若区", "2024-02-27T10:00")):
        unit = session.scalars(select(Unit).where(Unit.short == name)).one()
        at = city_moment(sent)
        report = MonthlyReport(period_id=month.id, unit_id=unit.id, state=ReportState.SUBMITTED)
        report.first_submitted_at = report.submitted_at = at
        session.add(report)
    session.flush()
    return month


@pytest.fixture
def circular(session: Session, campaign: Campaign, month: ReportPeriod, person: Person, day: Day) -> Circular:
    """A draft about 2024-02."""
    return actions.draft(session, campaign, month, by=person("office"), at=AT, day=day)


def state_of(circular: Circular) -> CircularState:
    return circular.state


def test_a_month_is_told_by_who_was_on_time_late_or_missing(circular: Circular) -> None:
    assert "按时报送1个，迟报1个" in circular.opening
    assert circular.praised == ["市农业农村局"]
    assert circular.criticized[0] == "卡若区（迟报 2 日）"
    assert circular.criticized[1].endswith("（未报）")
    rows = circular.figures["rows"]
    assert [row[2] for row in rows[:3]] == ["按时", "迟报 2 日", "未报"]
    assert len(rows) == len(circular.praised) + len(circular.criticized)


def test_a_gate_is_told_by_how_far_each_unit_is(
    session: Session, campaign: Campaign, person: Person, day: Day
) -> None:
    gate = gates(session, campaign)[1]
    circular = actions.draft(session, campaign, gate, by=person("office"), at=AT, day=day)
    assert circular.deadline_id == gate.id
    assert "“自评”节点应办" in circular.opening
    rows = circular.figures["rows"]
    assert {row[0] for row in rows if row[4:] == rows[0][4:]} == {"1"}, "equals share their place"
    assert all(row[6].endswith("%") for row in rows)
    assert "月报" not in circular.closing


def at_gate(number: int, done: int) -> AtGate:
    return AtGate(number, f"单位{number}", f"单位{number}", 10, done, 0, 0)


@pytest.mark.parametrize(
    ("done", "praised"),
    [
        ([10, 10, 9, 8], [1, 2, 3, 4]),
        ([10, 9, 8, 7, 6, 5], [1, 2, 3, 4, 5]),
        ([10, 9, 8, 8, 8, 8, 8], [1, 2]),
        ([10] * 7, []),
        ([10, 9, 0], [1, 2]),
    ],
)
def test_of_equals_none_is_praised_by_chance(done: list[int], praised: list[int]) -> None:
    units = [at_gate(number, count) for number, count in enumerate(done, 1)]
    assert [unit.unit_id for unit in foremost(units, 99)] == praised
    assert 1 not in [unit.unit_id for unit in foremost(units, 1)], "the office does not praise itself"


def test_a_month_that_is_not_over_says_who_is_still_to_report(
    session: Session, campaign: Campaign, person: Person, day: Day
) -> None:
    march = session.scalars(select(ReportPeriod).where(ReportPeriod.month == date(2024, 3, 1))).one()
    circular = actions.draft(session, campaign, march, by=person("office"), at=AT, day=day)
    assert "按时报送0个，迟报0个，未报0个，尚待报送35个（截止3月25日）" in circular.opening
    assert {row[2] for row in circular.figures["rows"]} == {"待报"}


def test_the_figures_stay_whatever_happens_later(
    session: Session, circular: Circular, month: ReportPeriod
) -> None:
    before = circular.figures
    mangkang = session.scalars(select(Unit).where(Unit.short == "芒康县")).one()
    session.add(
        MonthlyReport(
            period_id=month.id,
            unit_id=mangkang.id,
            state=ReportState.SUBMITTED,
            first_submitted_at=AT,
            submitted_at=AT,
        )
    )
    session.commit()
    session.refresh(circular)
    assert circular.figures == before


def test_what_was_issued_is_not_changed(session: Session, circular: Circular, person: Person) -> None:
    actions.issue(session, circular, by=person("office"), at=AT)
    assert (circular.state, circular.reference) == (CircularState.FINAL, "昌食安办通〔2024〕1号")
    for step in (actions.issue, actions.discard):
        with pytest.raises(Refused, match="已经印发"):
            step(session, circular, by=person("office"), at=AT)


def test_only_the_office_drafts(
    session: Session, campaign: Campaign, month: ReportPeriod, person: Person, day: Day
) -> None:
    with pytest.raises(Refused, match="只有市食安办"):
        actions.draft(session, campaign, month, by=person("mangkang"), at=AT, day=day)


def test_a_circular_from_the_month_to_the_units(
    sign_in: SignIn, session: Session, month: ReportPeriod
) -> None:
    office = sign_in("office")
    assert office.post("/circulars", data={"month": "2030-01"}).status_code == 422
    assert office.post("/circulars", data={"month": "2024-02"}).status_code == 303
    circular = session.scalars(select(Circular)).one()
    address = f"/circulars/{circular.id}"
    typed = {
        "title": "关于月报的\n通报",
        "opening": "情况如下",
        "praised": "卡若区\n\n 市农业农村局",
        "criticized": "",
    }
    bad = office.post(f"{address}/draft", data={**typed, "opening": ""})
    assert bad.status_code == 422
    assert "请填写基本情况" in bad.text
    assert "市农业农村局" in bad.text
    stale = office.post(f"{address}/draft", data={**typed, "version": 99})
    assert stale.status_code == 409
    assert "情况如下" in stale.text
    assert office.post(f"{address}/draft", data=typed).status_code == 303
    assert (circular.praised, circular.criticized) == (["卡若区", "市农业农村局"], [])
    assert sign_in("mangkang").get(address).status_code == 404
    assert "还没有通报" in sign_in("leader").get("/circulars").text
    assert sign_in("office").post(f"{address}/issue").status_code == 303
    assert state_of(circular) is CircularState.FINAL
    page = sign_in("mangkang").get(address).text
    assert "昌食安办通〔2024〕1号" in page
    assert "编号印发" not in page
    assert sign_in("office").post(f"{address}/deletion").status_code == 409


def test_the_circular_goes_out_on_paper(sign_in: SignIn, circular: Circular) -> None:
    answer = sign_in("office").get(f"/circulars/{circular.id}.docx")
    document = Document(BytesIO(answer.data))
    words = [paragraph.text for paragraph in document.paragraphs]
    for line in ("一、予以表扬的单位", "市农业农村局。", "四、各单位情况", "数据截至2024年3月22日09:00。"):
        assert line in words
    assert [cell.text for cell in document.tables[0].rows[1].cells] == ["1", "市农业农村局", "按时"]


def test_the_pages_are_valid_html(sign_in: SignIn, circular: Circular) -> None:
    office, address = sign_in("office"), f"/circulars/{circular.id}"
    pages = {url: office.get(url).text for url in ("/circulars", address, f"{address}/edit")}
    pages["bad"] = office.post(f"{address}/draft").text
    checker = HtmlChecker()
    wrong = {name: found for name, html in pages.items() if (found := checker.violations(html))}
    checker.close()
    assert not wrong
