"""审计 as the audit and the security administrator see it."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import PASSWORD, MovableClock, city_moment, find_milestone
from tracker import create_app
from tracker.config import Config
from tracker.db import Database
from tracker.events.actions import record
from tracker.events.models import Event
from tracker.events.rules import Outcome
from tracker.milestones.actions import submit
from tracker.people import actions as people
from tracker.people.models import User
from tracker.units.models import Jurisdiction, Unit
from tracker.units.rules import UnitKind

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
AT = city_moment("2024-03-21T09:30")


@pytest.fixture
def happened(session: Session, person: Person) -> None:
    """A tick of 市农业农村局, and a telephone number that the system administrator changed."""
    nongye, admin = person("nongye"), person("admin")
    milestone = find_milestone(session, "11-1", "市农业农村局")
    submit(session, milestone, by=nongye, at=AT, today=AT.date())
    contact = people.contact_of(nongye)
    changed = people.Contact(contact.name, "科长", "13908950001", "nongye@changdu.example")
    people.edit(session, nongye, changed, by=admin, at=AT)
    session.commit()


def test_the_auditor_reads_what_happened_but_no_business(sign_in: SignIn, happened: None) -> None:
    html = sign_in("audit").get("/audit").text
    assert "节点 提交" in html
    assert "状态：●●● → ●●●" in html
    assert "账号 修改资料" in html
    assert "139****0001" in html
    assert "13908950001" not in html
    assert "n***@changdu.example" in html
    assert "耕地" not in html


def test_the_security_administrator_reads_of_users_and_auditor_only(sign_in: SignIn, happened: None) -> None:
    sign_in("audit").post("/audit/verification")
    html = sign_in("security").get("/audit").text
    assert "节点 提交" in html
    assert "操作记录 核对" in html
    assert "修改资料" not in html
    assert "核对是否被改动" not in html


def test_the_list_is_cut_down(sign_in: SignIn, happened: None) -> None:
    client = sign_in("audit")
    assert "修改资料" not in client.get("/audit?subject=milestone").text
    assert "节点 提交" not in client.get("/audit?who=admin").text
    assert "修改资料" in client.get("/audit?who=admin").text
    assert "没有符合条件" in client.get("/audit?first=2024-03-01&last=2024-03-20").text
    assert "节点 提交" in client.get("/audit?first=2024-03-21&last=2024-03-21").text
    assert "没有符合条件" in client.get("/audit?outcome=refused&first=2024-03-21&last=2024-03-21").text
    assert "没有符合条件" in client.get("/audit?origin=10.9.9.9").text
    assert client.get("/audit?subject=' OR 1=1&outcome=x&first=gestern&page=-1").status_code == 200


def test_days_the_wrong_way_round_are_told(sign_in: SignIn) -> None:
    client = sign_in("audit")
    answer = client.get("/audit?first=2024-03-21&last=2024-03-01")
    assert answer.status_code == 422
    assert "起始日期在截止日期之后" in answer.text
    assert client.post("/audit/export", data={"first": "2024-03-21", "last": "2024-03-01"}).status_code == 400


def test_a_wrong_password_and_a_forbidden_page_are_there(
    config: Config, own_database: Database, clock: MovableClock
) -> None:
    """With connections of their own: what is refused is written down past the request's transaction."""
    app = create_app(config, own_database, clock)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = app.test_client()
    for username, password in (("nongye", "wrong"), ("nongye", PASSWORD)):
        form = {"username": username, "password": password}
        client.post("/sign-in", data=form, environ_base={"REMOTE_ADDR": "10.2.0.7"})
    assert client.get("/people").status_code == 403
    client.post("/sign-out")
    client.post("/sign-in", data={"username": "audit", "password": PASSWORD})
    html = client.get("/audit?outcome=refused").text
    for words in ("账号 登录被拒", "10.2.0.7", "页面 越权访问", "打开 单位与人员（GET /people）"):
        assert words in html
    with own_database.session() as session:
        refused = session.scalars(select(Event).where(Event.subject == "page")).one()
        assert (refused.by.username if refused.by else "", refused.outcome) == ("nongye", Outcome.REFUSED)
        assert refused.note == "GET people.index"


def test_what_was_typed_for_a_name_is_not_kept(client: FlaskClient, session: Session) -> None:
    """Somebody types the password into the field of the name."""
    client.post("/sign-in", data={"username": PASSWORD, "password": PASSWORD})
    notes = session.scalars(select(Event.note).where(Event.verb == "sign_in_refused")).all()
    assert len(notes) == 1
    assert PASSWORD.lower() not in notes[0].lower()


def test_the_export_holds_what_the_filter_finds_and_is_an_event(
    sign_in: SignIn, happened: None, session: Session
) -> None:
    client = sign_in("audit")
    answer = client.post("/audit/export", data={"subject": "milestone", "last": "2024-03-22"})
    rows = list(load_workbook(BytesIO(answer.data)).active.values)  # type: ignore[union-attr]
    assert [row[7] for row in rows] == ["对象"] + ["节点"] * (len(rows) - 1)
    assert ("状态：●●● → ●●●") in {row[11] for row in rows}
    assert session.scalars(select(Event.verb).where(Event.subject == "audit")).all() == ["export"]


def test_the_chain_is_verified_by_a_button(sign_in: SignIn, happened: None) -> None:
    client = sign_in("audit")
    html = client.post("/audit/verification", follow_redirects=True).text
    assert "前后相连，没有改动" in html


def test_a_row_from_elsewhere_is_an_alarm(sign_in: SignIn, session: Session) -> None:
    session.add(Event(at=AT, subject="user", subject_id=0, verb="edit", before={}, after={}))
    session.commit()
    html = sign_in("audit").post("/audit/verification", follow_redirects=True).text
    assert "操作记录被改动过" in html
    assert "不在链上" in html


def test_another_city_is_not_seen(sign_in: SignIn, session: Session, person: Person) -> None:
    city = Jurisdiction(code="540400", name="林芝市", timezone="Asia/Shanghai")
    session.add(city)
    session.flush()
    unit = Unit(
        jurisdiction_id=city.id,
        name="林芝市农业农村局",
        short="林芝农业",
        kind=UnitKind.DEPARTMENT,
        position=1,
    )
    session.add(unit)
    session.flush()
    record(session, "evidence", 1, "add", by=None, at=AT, unit_id=unit.id)
    session.commit()
    assert "林芝农业" not in sign_in("audit").get("/audit").text
