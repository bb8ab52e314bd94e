"""合并 on the page of a unit: what it would do is shown before it is done."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.merging.conftest import AT, Person, Reform, UnitOf
from tests.people.conftest import hidden
from tests.world import find_milestone
from tracker.milestones import actions

SignIn = Callable[[str], FlaskClient]


def test_the_page_shows_and_does_it(sign_in: SignIn, reform: Reform) -> None:
    client, path = sign_in("admin"), f"/people/units/{reform.unit.id}/merging"
    assert path in client.get(f"/people/units/{reform.unit.id}").text
    assert "确认合并" not in client.get(path).text
    page = client.get(f"{path}?into={reform.other.id}").text
    outlook = reform.outlook()
    assert f"{outlook.milestones} 个（{outlook.shares} 项任务）转给市林草局" in page
    assert "2 个账号转到市林草局" in page
    answer = client.post(path, data={"into": reform.other.id, "seen": hidden(page, "seen")})
    assert (answer.status_code, answer.location) == (303, "/people/units")
    page = client.get(answer.location).text
    assert "市农业农村局已并入市林草局：2 人" in page
    assert "（市级部门，已并入市林草局）" in page
    assert "恢复使用" not in page
    assert client.get("/people/units").text.count("已并入市林草局") == 1
    answer = client.post(path, data={"into": reform.other.id, "seen": "x"})
    assert answer.status_code == 409
    assert "市农业农村局已经停用" in answer.text
    assert client.post(f"/people/units/{reform.unit.id}/enabling").status_code == 409


def test_who_was_signed_in_stays_so(sign_in: SignIn, reform: Reform, person: Person) -> None:
    client = sign_in("nongye")
    assert "市农业农村局" in client.get("/", follow_redirects=True).text
    reform.carry_out()
    desk = client.get("/", follow_redirects=True)
    assert desk.status_code == 200
    assert "市林草局" in desk.text


def test_what_was_done_stays_readable(
    sign_in: SignIn, session: Session, reform: Reform, person: Person
) -> None:
    row = find_milestone(session, "11-1", reform.unit.short)
    actions.submit(session, row, by=person("nongye"), at=AT, today=AT.date())
    actions.accept(session, row, by=person("office"), at=AT)
    old, task = reform.unit.id, row.task_id
    reform.carry_out()
    client = sign_in("office")
    for path in (f"/tasks/{task}", f"/units/{old}", f"/milestones?unit={old}", "/reports", "/", "/plan"):
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
    timeline = client.get(f"/tasks/{task}").text
    assert "并入市林草局" in timeline
    assert "原由市农业农村局承担，该单位已并入" in timeline
    assert "市农业农村局" in client.get(f"/milestones?unit={old}").text


def test_what_cannot_be_is_told(
    sign_in: SignIn, session: Session, reform: Reform, person: Person, unit: UnitOf
) -> None:
    client, path = sign_in("office-admin"), f"/people/units/{reform.unit.id}/merging"
    for wrong in ("", "x", str(reform.unit.id), str(unit("芒康县").id)):
        answer = client.get(f"{path}?into={wrong}")
        assert answer.status_code == 422
        assert "请选择并入哪个市级部门" in answer.text
    assert client.post(path).status_code == 422
    answer = client.post(path, data={"into": reform.other.id, "seen": "old"})
    assert answer.status_code == 409
    assert "请核对后再确认" in answer.text
    row = find_milestone(session, "11-1", reform.unit.short)
    actions.submit(session, row, by=person("nongye"), at=AT, today=AT.date())
    page = client.get(f"{path}?into={reform.other.id}").text
    assert "1 个节点待审核（请市食安办先办结或退回）" in page
    assert "确认合并" not in page
    county = f"/people/units/{unit('芒康县').id}"
    assert "merging" not in client.get(county).text
    assert "行政区划" in client.get(f"{county}/merging?into={reform.other.id}").text
