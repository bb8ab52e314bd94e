"""公文模板: the office lays its documents out by a template of its own, and goes back."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.browser import HtmlChecker
from tests.commands.test_doctor import WELL, running_on
from tests.files.samples import pdf
from tests.world import MovableClock, city_moment
from tracker.circulars import actions as circulars
from tracker.circulars.models import Circular
from tracker.circulars.paper import words_of as circular_words
from tracker.circulars.queries import gates
from tracker.config import Config
from tracker.db import Database
from tracker.documents.placeholders import Entry, Listing
from tracker.events.models import Event
from tracker.files.actions import receive
from tracker.files.store import Store
from tracker.milestones.rules import Day
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reports.models import ReportPeriod
from tracker.reports.paper import Form
from tracker.reports.rules import SentLine, SentReport
from tracker.stationery.actions import set_template
from tracker.stationery.models import DocumentTemplate
from tracker.stationery.queries import template_of
from tracker.stationery.rules import DocumentKind
from tracker.supervision import actions as supervision
from tracker.supervision.actions import Words
from tracker.supervision.models import Order
from tracker.supervision.overdue import overdue_items
from tracker.supervision.paper import words_of as order_words
from tracker.supervision.rules import Urgency
from tracker.units.models import Unit
from tracker.workdays.queries import calendar_of

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
TODAY, AT = date(2024, 3, 22), city_moment("2024-03-22T10:05")  # the requests begin at ten


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return session.scalars(select(Campaign)).one()


@pytest.fixture
def day(session: Session) -> Day:
    return Day(TODAY, calendar_of(session, 1))


@pytest.fixture
def order(session: Session, campaign: Campaign, person: Person, day: Day) -> Order:
    """芒康县 is ordered to do what it has overdue."""
    unit = session.scalars(select(Unit).where(Unit.short == "芒康县")).one()
    words = Words("芒康县逾期事项", "逾期事项", "请抓紧办理。\n书面反馈。", Urgency.URGENT, "高某某", TODAY)
    items = overdue_items(session, campaign, unit, day)[:2]
    made = supervision.draft(session, campaign, unit, words, items, by=person("office"), at=AT, today=TODAY)
    supervision.issue(session, made, by=person("office"), at=AT)
    return made


@pytest.fixture
def month_circular(session: Session, campaign: Campaign, person: Person, day: Day) -> Circular:
    month = session.scalars(select(ReportPeriod).where(ReportPeriod.month == date(2024, 2, 1))).one()
    return circulars.draft(session, campaign, month, by=person("office"), at=AT, day=day)


@pytest.fixture(scope="module")
def html() -> Iterator[HtmlChecker]:
    checker = HtmlChecker()
    yield checker
    checker.close()


def template(*paragraphs: str) -> BytesIO:
    document, stream = Document(), BytesIO()
    for words in paragraphs:
        document.add_paragraph(words)
    document.save(stream)
    stream.seek(0)
    return stream


def shape(words: Mapping[str, Any]) -> dict[str, Any]:
    """The names of words, and of what a row of each list holds."""
    return {
        name: shape(value[0]) if isinstance(value, list) and value else None for name, value in words.items()
    }


def named_by(entries: tuple[Entry, ...]) -> dict[str, Any]:
    return {entry.name: named_by(entry.fields) if isinstance(entry, Listing) else None for entry in entries}


def test_the_words_of_an_order_are_those_of_the_table(order: Order) -> None:
    assert shape(order_words(order, TODAY)) == named_by(DocumentKind.ORDER.entries)


def test_the_words_of_a_circular_are_those_of_the_table(
    session: Session, campaign: Campaign, person: Person, day: Day, month_circular: Circular
) -> None:
    gate = circulars.draft(
        session, campaign, gates(session, campaign)[0], by=person("office"), at=AT, day=day
    )
    expected = named_by(DocumentKind.CIRCULAR.entries)
    of_month, of_gate = (shape(circular_words(each, TODAY)) for each in (month_circular, gate))
    assert of_month == expected | {"节点情况": None}
    assert of_gate == expected | {"月报情况": None}


def test_the_words_of_a_report_are_those_of_the_table() -> None:
    line = SentLine(1, "11", "指标 11", "食用农产品", "", "耕地分类管理", "已部署", "80", "12 本", (), "", "")
    form = Form(SentReport("市农业农村局", "2024-03", "扎西某某", "", (line,)), "")
    assert shape(form.words) == named_by(DocumentKind.REPORT.entries)


@pytest.mark.parametrize("kind", [kind.value for kind in DocumentKind])
def test_the_built_in_template_can_be_taken_and_brought_back(
    sign_in: SignIn, session: Session, campaign: Campaign, kind: str
) -> None:
    client = sign_in("office-admin")
    maker = {"order": "orders", "circular": "circulars", "report": "reports"}[kind]
    built_in = client.get(f"/{maker}/template.docx")
    assert built_in.status_code == 200
    answer = client.post(
        f"/plan/settings/templates/{kind}", data={"file": (BytesIO(built_in.data), "自己的.docx")}
    )
    assert answer.status_code == 303, answer.text
    assert "现用模板" in client.get("/plan/settings/templates").text
    assert client.get(f"/plan/settings/templates/{kind}.docx").data == built_in.data
    sample = Document(BytesIO(client.get(f"/{maker}/sample.docx").data))
    assert not any("{{" in one.text or "{%" in one.text for one in sample.paragraphs)
    assert client.post(f"/plan/settings/templates/{kind}/deletion").status_code == 303
    assert template_of(session, campaign, DocumentKind(kind)) is None
    told = session.scalars(
        select(Event).where(Event.subject == "campaign").order_by(Event.id.desc()).limit(2)
    )
    assert [(event.verb, event.note) for event in told] == [
        ("drop_template", DocumentKind(kind).label),
        ("set_template", DocumentKind(kind).label),
    ]


def test_the_built_in_template_makes_the_built_in_document(sign_in: SignIn, order: Order) -> None:
    client = sign_in("office-admin")
    built_in = document_words(client.get(f"/orders/{order.id}.docx").data)
    own = client.get("/orders/template.docx").data
    client.post("/plan/settings/templates/order", data={"file": (BytesIO(own), "自己的.docx")})
    assert document_words(client.get(f"/orders/{order.id}.docx").data) == built_in


def document_words(content: bytes) -> list[str]:
    """The words of a document, of its paragraphs and of its tables."""
    document = Document(BytesIO(content))
    tables = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    lines = [line for one in document.paragraphs for line in one.text.splitlines()]
    return [*lines, *tables]


def test_an_order_goes_out_on_the_offices_own_template(sign_in: SignIn, order: Order) -> None:
    client = sign_in("office-admin")
    own = template(
        "自家版头", "编号 {{ 文号 }}", "{%p for 段 in 要求 %}", "要求：{{ 段.文字 }}", "{%p endfor %}"
    )
    client.post("/plan/settings/templates/order", data={"file": (own, "自家.docx")})
    words = ["自家版头", f"编号 {order.reference}", "要求：请抓紧办理。", "要求：书面反馈。"]
    client.post("/sign-out")
    client = sign_in("mangkang")
    assert document_words(client.get(f"/orders/{order.id}.docx").data) == words
    assert client.get("/plan/settings/templates").status_code == 403


def test_what_was_issued_keeps_the_template_it_was_issued_on(
    sign_in: SignIn,
    order: Order,
    month_circular: Circular,
    session: Session,
    person: Person,
    clock: MovableClock,
) -> None:
    client = sign_in("office-admin")
    for minute, head in ((10, "新版头"), (20, "更新的版头")):  # the order was issued at five past ten
        clock.move_to(f"2024-03-22T10:{minute}")
        for kind in ("order", "circular"):
            own = template(head, "编号 {{ 文号 }}")
            client.post(f"/plan/settings/templates/{kind}", data={"file": (own, f"{head}.docx")})
        if head == "新版头":
            circulars.issue(session, month_circular, by=person("office"), at=clock.now())
    clock.move_to("2024-03-22T10:30")
    client.post("/plan/settings/templates/circular/deletion")
    assert "新版头" not in " ".join(document_words(client.get(f"/orders/{order.id}.docx").data))
    issued = document_words(client.get(f"/circulars/{month_circular.id}.docx").data)
    assert issued == ["新版头", f"编号 {month_circular.reference}"]


def test_a_draft_takes_the_template_in_use(
    sign_in: SignIn, month_circular: Circular, clock: MovableClock
) -> None:
    client = sign_in("office-admin")
    for minute, head in ((10, "新版头"), (20, "更新的版头")):
        clock.move_to(f"2024-03-22T10:{minute}")
        client.post("/plan/settings/templates/circular", data={"file": (template(head), f"{head}.docx")})
    address = f"/circulars/{month_circular.id}.docx"
    assert document_words(client.get(address).data) == ["更新的版头"]
    client.post("/plan/settings/templates/circular/deletion")
    assert "版头" not in " ".join(document_words(client.get(address).data))


def test_a_faulty_template_is_told_and_not_kept(
    sign_in: SignIn, session: Session, campaign: Campaign, html: HtmlChecker
) -> None:
    client = sign_in("office-admin")
    client.post("/plan/settings/templates/order", data={"file": (template("{{ 文号 }}"), "好的.docx")})
    answer = client.post(
        "/plan/settings/templates/order", data={"file": (template("通知", "编号：{{ 文好 }}"), "错的.docx")}
    )
    assert answer.status_code == 422
    assert "正文第 2 段“编号：{{ 文好 }}”：没有“文好”这个占位符，是不是“文号”？" in answer.text
    assert html.violations(answer.text) == []
    kept = template_of(session, campaign, DocumentKind.ORDER)
    assert kept is not None
    assert kept.file_name == "好的.docx"


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (pdf("模板"), "模板.docx", "不是 .docx 文件"),
        (b"", "", "请选择 .docx 模板文件"),
        (b"PK\x03\x04" + b"x" * 100, "模板.docx", "不是 .docx 文件"),
        (b"x" * 5001, "模板.docx", "超过 5 KB"),
    ],
)
def test_what_is_no_document_is_refused(
    sign_in: SignIn, content: bytes, name: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.stationery.views.page.LARGEST", 5000)
    answer = sign_in("office-admin").post(
        "/plan/settings/templates/circular", data={"file": (BytesIO(content), name)}
    )
    assert answer.status_code == 422
    assert words in answer.text


def test_addresses_of_no_kind_do_not_exist(sign_in: SignIn) -> None:
    client = sign_in("office-admin")
    assert client.post("/plan/settings/templates/letter").status_code == 404
    assert client.get("/plan/settings/templates/order.docx").status_code == 404
    assert client.post("/plan/settings/templates/order/deletion").status_code == 409


def test_the_page_lists_what_a_template_may_name(sign_in: SignIn, html: HtmlChecker) -> None:
    page = sign_in("office-admin").get("/plan/settings/templates").text
    for entry in DocumentKind.ORDER.entries:
        assert entry.name in page
    assert "{%tr for 项 in 事项 %} … {%tr endfor %}" in page
    assert html.violations(page) == []


def test_a_template_whose_file_is_gone_is_told(
    sign_in: SignIn, order: Order, session: Session, campaign: Campaign, config: Config, clock: MovableClock
) -> None:
    client = sign_in("office-admin")
    client.post("/plan/settings/templates/order", data={"file": (template("{{ 文号 }}"), "自家.docx")})
    clock.move_to("2024-03-22T10:30")
    kept = template_of(session, campaign, DocumentKind.ORDER)
    assert kept is not None
    Store(config.data_dir).path(kept.file.sha256).unlink()
    answer = client.get(f"/orders/{order.id}.docx")
    assert answer.status_code == 409
    assert "恢复内置版式" in answer.text
    client.post("/plan/settings/templates/order/deletion")
    answer = client.get(f"/orders/{order.id}.docx")
    assert answer.status_code == 409
    assert "从备份恢复" in answer.text


def test_the_doctor_keeps_a_template(own_database: Database, tmp_path: Path) -> None:
    store = Store(tmp_path)
    with own_database.transaction() as session:
        by = session.scalars(select(User).where(User.username == "office-admin")).one()
        campaign = session.scalars(select(Campaign)).one()
        received = receive(store, "自家.docx", template("{{ 文号 }}"), most_bytes=10**6)
        set_template(session, campaign, DocumentKind.ORDER, received, by=by, at=AT)
    doctor = running_on(own_database, tmp_path)
    assert doctor("--clean").output == WELL
    with own_database.session() as session:
        row = session.scalars(select(DocumentTemplate)).one()
        assert store.path(row.file.sha256).is_file()
