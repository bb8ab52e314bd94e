"""People come in by a sheet: tried, confirmed, printed."""

import re
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people.conftest import SignIn, enter, hidden, upload
from tests.people.sheets import CIREN, ZHAXI, sheet
from tracker.people.models import User
from tracker.units.models import Unit


def count(session: Session) -> int:
    return len(session.scalars(select(User.id)).all())


def test_an_import_is_tried_confirmed_and_printed(app: Flask, sign_in: SignIn, session: Session) -> None:
    client, before = sign_in("office-admin"), count(session)
    status, html = upload(client, sheet(CIREN, ZHAXI))
    assert status == 200
    assert "新增 2 人" in html
    assert count(session) == before, "a dry run saves nothing"
    html = client.post("/people/import/confirmation", data={"rows": hidden(html, "rows")}).text
    assert count(session) == before + 2
    assert html.count('class="slip"') == 2
    assert "http://127.0.0.1:8000" in html
    username, password = re.findall(r"<code>([^<]+)</code>", html)[:2]
    assert enter(app.test_client(), username, password)[0] == 303


def test_a_second_liaison_is_hinted_at_and_made_all_the_same(sign_in: SignIn, session: Session) -> None:
    unit = session.scalars(select(Unit.id).where(Unit.short == "市农业农村局")).one()
    client = sign_in("office-admin")
    typed = {"unit_id": str(unit), "role": "unit_head", "name": "次仁"}
    assert "已有联络员" not in client.post("/people", data=typed).text
    html = client.post("/people", data=typed | {"role": "liaison"}).text
    assert re.search(r"市农业农村局已有联络员 [^，]+，提醒邮件会同时发给每一位", html)
    assert html.count('class="slip"') == 1
    _, html = upload(client, sheet(("市农业农村局", "扎西", "", "", "", "联络员"), CIREN))
    assert html.count("该单位已有联络员") == 1
    assert "确认导入" in html


def test_one_wrong_cell_holds_everything_back(sign_in: SignIn, session: Session) -> None:
    client, before = sign_in("office-admin"), count(session)
    status, html = upload(client, sheet(CIREN, ("市教育厅", *ZHAXI[1:])))
    assert status == 422
    assert "A3：没有名为“市教育厅”的单位；最接近的是：市教育局" in html
    assert "确认导入" not in html
    assert count(session) == before


def test_a_second_confirmation_makes_nobody_twice(sign_in: SignIn, session: Session) -> None:
    client = sign_in("office-admin")
    rows = hidden(upload(client, sheet(CIREN))[1], "rows")
    client.post("/people/import/confirmation", data={"rows": rows})
    before = count(session)
    assert client.post("/people/import/confirmation", data={"rows": rows}).status_code == 303
    assert count(session) == before
    html = client.get("/people").text
    assert "这份名册已经导入过，没有新增或更新的人员" in html
    assert "已新增 0 人" not in html


def test_a_confirmation_is_checked_again(sign_in: SignIn, session: Session) -> None:
    client = sign_in("admin")
    rows = hidden(upload(client, sheet((*CIREN[:5], "系统管理员")))[1], "rows")
    client.post("/sign-out")
    client = sign_in("office-admin")
    assert client.post("/people/import/confirmation", data={"rows": rows}).status_code == 409
    assert client.post("/people/import/confirmation", data={"rows": "forged"}).status_code == 409


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_workbook_is_told(sign_in: SignIn, content: bytes) -> None:
    status, html = upload(sign_in("office-admin"), BytesIO(content))
    assert status == 422
    assert "不是 XLSX 文件" in html


def test_the_template_is_a_workbook(sign_in: SignIn) -> None:
    answer = sign_in("office-admin").get("/people/import/template")
    assert answer.data.startswith(b"PK")
    assert "%E4%BA%BA%E5%91%98" in answer.headers["Content-Disposition"]
