"""The list of people and the page of an account."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people.conftest import Person, SignIn, enter, hidden
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.units.models import Jurisdiction, Unit
from tracker.units.rules import UnitKind


def test_the_list_filters_by_unit_role_and_text(sign_in: SignIn, session: Session) -> None:
    client = sign_in("admin")
    nongye = session.scalars(select(Unit.id).where(Unit.short == "市农业农村局")).one()
    assert "共 2 条" in client.get(f"/people?unit={nongye}").text
    assert "共 1 条" in client.get(f"/people?unit={nongye}&role=liaison").text
    assert "共 1 条" in client.get("/people?text=KARUO@").text
    assert "没有符合条件" in client.get("/people?text=%25").text, "a percent sign is a sign"
    assert client.get("/people?unit=x&role=x&page=x&text=%00").status_code == 200
    assert client.get("/people?unit=99999999999999999999&page=99").status_code == 200


def test_a_new_account_can_sign_in_with_the_password_on_its_slip(
    app: Flask, sign_in: SignIn, session: Session
) -> None:
    unit = session.scalars(select(Unit.id).where(Unit.short == "市教育局")).one()
    typed = {"unit_id": str(unit), "role": "liaison", "name": "次仁", "phone": "13908950001"}
    html = sign_in("office-admin").post("/people", data=typed).text
    username, password = re.findall(r"<code>([^<]+)</code>", html)
    assert username == "jiaoyuju1"
    assert enter(app.test_client(), username, password)[0] == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "姓名不能为空"),
        ({"email": "x@"}, "不是有效的邮箱地址"),
        ({"phone": "1390000"}, "手机应为 11 位号码，或带区号的座机"),
        ({"role": "reviewer"}, "评审员须填写有效期"),
        ({"role": "reviewer", "valid_until": "明天"}, "日期"),
        ({"role": "system_admin"}, "选"),
        ({"role": "office"}, "只给食安办本单位的人员"),
        ({"unit_id": "0"}, "选"),
        ({"username": "农业"}, "用户名为 2 至 40 位"),
        ({"username": "nongye"}, "已被使用"),
    ],
)
def test_what_is_missing_for_a_new_person_is_told_at_its_field(
    sign_in: SignIn, session: Session, typed: dict[str, str], said: str
) -> None:
    unit = session.scalars(select(Unit.id).where(Unit.short == "市教育局")).one()
    answer = sign_in("office-admin").post(
        "/people", data={"unit_id": str(unit), "role": "liaison", "name": "次仁"} | typed
    )
    assert answer.status_code == 422
    errors = re.findall(r'class="error"[^>]*>([^<]*)<', answer.text)
    assert len(errors) == 1
    assert said in errors[0]
    assert re.fullmatch(r"[^A-Za-z]*", errors[0].replace("nongye", "")), "in Chinese"


def test_an_edit_made_meanwhile_is_shown_and_the_typed_text_stays(sign_in: SignIn, person: Person) -> None:
    client, user = sign_in("office-admin"), person("nongye")
    path = f"/people/{user.id}"
    seen = hidden(client.get(path).text, "seen")
    person("nongye").phone = "13900000000"
    answer = client.post(path, data={"name": "达瓦", "phone": "13911111111", "seen": seen})
    assert answer.status_code == 409
    assert "13900000000" in answer.text
    assert 'value="13911111111"' in answer.text
    typed = {"name": "达瓦", "phone": "13911111111", "seen": hidden(answer.text, "seen")}
    assert client.post(path, data=typed).status_code == 303
    assert person("nongye").phone == "13911111111"


def test_a_reset_shows_a_new_password_and_a_stop_is_undone(sign_in: SignIn, person: Person) -> None:
    client, path = sign_in("office-admin"), f"/people/{person('nongye').id}"
    assert "一次性密码" in client.post(f"{path}/password").text
    assert person("nongye").must_change_password
    assert client.post(f"{path}/disabling", data={"successor": "none"}).status_code == 303
    assert "恢复使用" in client.get(path).text
    assert client.post(f"{path}/disabling").status_code == 409
    client.post(f"{path}/enabling")
    assert person("nongye").is_active


def test_the_office_does_not_open_an_administrator(sign_in: SignIn, person: Person) -> None:
    client = sign_in("office-admin")
    assert client.get(f"/people/{person('admin').id}").status_code == 403
    assert client.post(f"/people/{person('admin').id}/password").status_code == 403


def test_people_of_another_jurisdiction_do_not_exist(sign_in: SignIn, session: Session) -> None:
    district = Jurisdiction(code="540400", name="林芝市", timezone="Asia/Shanghai")
    office = Unit(
        jurisdiction=district, name="林芝市食安办", short="市食安办", kind=UnitKind.OFFICE, position=1
    )
    stranger = User(unit=office, username="linzhi", name="林芝人", role=Role.LIAISON)
    session.add_all([district, office, stranger])
    session.flush()
    number, client = stranger.id, sign_in("office-admin")
    assert "林芝人" not in client.get("/people?text=林芝").text.replace('value="林芝"', "")
    assert client.get(f"/people/{number}").status_code == 404
    for action in ("", "/password", "/disabling", "/enabling"):
        assert client.post(f"/people/{number}{action}").status_code == 404
    answer = client.post("/people", data={"unit_id": str(office.id), "role": "liaison", "name": "某"})
    assert answer.status_code == 422


def test_only_the_system_administrator_may_make_administrators(client: FlaskClient, sign_in: SignIn) -> None:
    assert "审计管理员</option>" in sign_in("admin").get("/people/new").text
    client.post("/sign-out")
    assert "审计管理员" not in sign_in("office-admin").get("/people/new").text
