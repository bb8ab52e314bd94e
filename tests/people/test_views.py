"""Signing in, sessions that end and keep what was typed, and the people pages over HTTP."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people.sheets import CIREN, ZHAXI, sheet
from tests.world import PASSWORD, MovableClock
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.units.models import Jurisdiction, Unit
from tracker.units.rules import UnitKind

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]


def enter(client: FlaskClient, username: str, password: str = PASSWORD, **more: str) -> tuple[int, str]:
    """Status and page of a try to sign in."""
    answer = client.post("/sign-in", data={"username": username, "password": password, **more})
    return answer.status_code, answer.headers.get("Location", "") or answer.text


def hidden(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1]


# sign-in


def test_the_sign_in_page_warns_and_names_the_city(client: FlaskClient) -> None:
    html = client.get("/sign-in").text
    assert "本系统为非涉密系统，严禁上传、处理涉密信息" in html
    assert "昌都市创建国家食品安全示范城市" in html


def test_health_needs_no_sign_in(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok"


def test_one_comes_back_to_the_page_one_wanted(client: FlaskClient) -> None:
    answer = client.get("/desk?view=all")
    assert answer.headers["Location"] == "/sign-in?next=%2Fdesk%3Fview%3Dall"
    assert enter(client, "nongye", next="/desk?view=all") == (303, "/desk?view=all")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test/",
        "/\t/evil.test/",
        "javascript:alert(1)",
        "",
        "/\t/[",
    ],
)
def test_nobody_is_sent_to_another_site(client: FlaskClient, target: str) -> None:
    assert enter(client, "nongye", next=target) == (303, "/")


def test_an_unknown_name_and_a_wrong_password_read_the_same(client: FlaskClient) -> None:
    answers = [enter(client, name, "wrong") for name in ("nongye", "nobody")]
    assert answers[0][0] == 422
    assert "用户名或密码不正确" in answers[0][1]
    pages = [re.sub(r'name="csrf_token" value="[^"]*"', "", html) for _, html in answers]
    assert pages[0].replace("nongye", "nobody") == pages[1]


def test_the_lock_is_told_with_its_end_and_survives_the_request(client: FlaskClient) -> None:
    for _ in range(5):
        _, html = enter(client, "nongye", "wrong")
    assert "已锁定至 10:15" in html
    status, html = enter(client, "nongye")
    assert status == 422
    assert "已锁定至 10:15" in html
    assert html.count("也可以找") == 2, "beside the field and below the form"


def test_a_lock_ends(client: FlaskClient, clock: MovableClock) -> None:
    for _ in range(5):
        enter(client, "nongye", "wrong")
    clock.move_to("2024-03-22T10:16")
    assert enter(client, "nongye")[0] == 303


def test_what_was_in_the_session_before_signing_in_is_gone(client: FlaskClient) -> None:
    with client.session_transaction() as before:
        before["planted"] = "x"
    enter(client, "nongye")
    with client.session_transaction() as after:
        assert "planted" not in after


def test_signing_out_ends_the_session(sign_in: SignIn) -> None:
    client = sign_in("nongye")
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/desk").status_code == 303


def test_a_reviewer_is_refused_after_the_last_day(
    client: FlaskClient, person: Person, clock: MovableClock
) -> None:
    person("reviewer").valid_until = clock.today()
    assert enter(client, "reviewer")[0] == 303
    clock.move_to("2024-03-23T00:00")
    assert client.get("/board").status_code == 303
    assert "有效期至 2024-03-22" in enter(client, "reviewer")[1]


def test_a_stopped_person_is_signed_out_at_once(sign_in: SignIn, person: Person) -> None:
    client = sign_in("nongye")
    person("nongye").is_active = False
    assert client.get("/desk").headers["Location"].startswith("/sign-in")
    assert "已停用" in enter(client, "nongye")[1]


def test_a_form_without_its_token_is_refused(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("nongye")
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/sign-out").status_code == 400


def test_an_old_sign_in_page_is_shown_afresh(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert enter(client, "nongye") == (303, "/sign-in")
    assert "再登录一次" in client.get("/sign-in").text


# an issued password


def test_an_issued_password_is_changed_before_anything_else(client: FlaskClient, person: Person) -> None:
    person("nongye").must_change_password = True
    enter(client, "nongye")
    assert client.get("/desk").headers["Location"] == "/password"
    assert client.get("/desk", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/password"
    assert "一次性密码" in client.get("/password").text
    typed = {
        "old_password": PASSWORD,
        "new_password": "Kamdo-sky-24",
        "new_password_again": "Kamdo-sky-24",
    }
    assert client.post("/password", data=typed).status_code == 303
    assert client.get("/desk").status_code == 200, "the session in hand goes on"


def test_the_other_session_ends_with_a_new_password(app: Flask, sign_in: SignIn) -> None:
    here, there = sign_in("nongye"), app.test_client()
    enter(there, "nongye")
    typed = {
        "old_password": PASSWORD,
        "new_password": "Kamdo-sky-24",
        "new_password_again": "Kamdo-sky-24",
    }
    here.post("/password", data=typed)
    assert there.get("/desk").status_code == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "请填写原密码"),
        ({"new_password_again": "Other-2024"}, "两次输入的新密码不一样"),
        ({"old_password": "wrong"}, "原密码不正确"),
        ({"new_password": "simple", "new_password_again": "simple"}, "密码至少 8 位"),
    ],
)
def test_a_new_password_that_will_not_do(sign_in: SignIn, typed: dict[str, str], said: str) -> None:
    whole = {
        "old_password": PASSWORD,
        "new_password": "Kamdo-sky-24",
        "new_password_again": "Kamdo-sky-24",
    }
    answer = sign_in("nongye").post("/password", data=whole | typed if typed else {})
    assert answer.status_code == 422
    assert said in answer.text


def test_a_password_that_ran_out_is_changed_before_anything_else(
    client: FlaskClient, person: Person, clock: MovableClock
) -> None:
    person("nongye").password_set_at = clock.now() - timedelta(days=85)
    enter(client, "nongye")
    assert "密码还有 5 天到期" in client.get("/desk").text
    clock.move_to("2024-03-27T00:10")
    enter(client, "nongye")
    assert client.get("/desk").headers["Location"] == "/password"
    assert "密码已使用满 90 天" in client.get("/password").text
    typed = {
        "old_password": PASSWORD,
        "new_password": "Kamdo-sky-24",
        "new_password_again": "Kamdo-sky-24",
    }
    assert client.post("/password", data=typed).status_code == 303
    assert client.get("/desk").status_code == 200


# idle sessions


def test_a_session_ends_after_thirty_idle_minutes_and_not_before(
    sign_in: SignIn, clock: MovableClock
) -> None:
    client = sign_in("nongye")
    clock.move_to("2024-03-22T10:30")
    assert client.get("/desk").status_code == 200
    clock.move_to("2024-03-22T11:00")
    assert client.get("/desk").status_code == 200, "each request begins the half hour anew"
    clock.move_to("2024-03-22T11:31")
    assert client.get("/desk?view=all").headers["Location"] == "/sign-in?next=%2Fdesk%3Fview%3Dall"
    assert "登录已超时" in client.get("/sign-in").text


def expired(client: FlaskClient, clock: MovableClock, person: Person, **headers: str) -> str:
    """The answer to an edit of nongye that was sent too late."""
    clock.move_to("2024-03-22T12:00")
    typed = {"name": "新名字", "title": "<b>科长</b>", "old_password": "Secret-24", "seen": "x"}
    answer = client.post(f"/people/{person('nongye').id}", data=typed, headers=headers)
    assert answer.status_code == 401
    assert "登录已超时" in answer.text
    return answer.text


def test_what_was_typed_is_shown_to_the_same_person_to_be_sent_again(
    sign_in: SignIn, clock: MovableClock, person: Person
) -> None:
    client = sign_in("office-admin")
    kept = hidden(expired(client, clock, person), "kept")
    status, html = enter(client, "office-admin", kept=kept)
    assert status == 200
    assert "您离开前填写的内容" in html
    assert f'action="/people/{person("nongye").id}"' in html
    assert "<dt>职务</dt>" in html
    assert "&lt;b&gt;科长&lt;/b&gt;" in html
    assert hidden(html, "seen") == "x", "the fields that nobody sees are sent along"
    assert "Secret-24" not in html
    assert person("nongye").name != "新名字", "nothing is done before the button"


def test_it_survives_a_mistyped_password(sign_in: SignIn, clock: MovableClock, person: Person) -> None:
    client = sign_in("office-admin")
    kept = hidden(expired(client, clock, person), "kept")
    _, html = enter(client, "office-admin", "wrong", kept=kept)
    assert hidden(html, "kept") == kept


def test_nobody_else_sees_it(sign_in: SignIn, clock: MovableClock, person: Person) -> None:
    client = sign_in("office-admin")
    kept = hidden(expired(client, clock, person), "kept")
    assert enter(client, "admin", kept=kept) == (303, "/")
    assert "没有保留" in client.get("/help").text


@pytest.mark.parametrize("forged", ["x", "e30.AAAA.BBBB", ""])
def test_a_forged_text_is_dropped(client: FlaskClient, forged: str) -> None:
    assert enter(client, "nongye", kept=forged) == (303, "/")


def test_a_late_click_without_typing_leads_back_to_its_page(sign_in: SignIn, clock: MovableClock) -> None:
    client = sign_in("nongye")
    clock.move_to("2024-03-22T12:00")
    answer = client.post("/milestones/1/submission", headers={"Referer": "http://localhost/desk?view=all"})
    assert answer.headers["Location"] == "/sign-in?next=%2Fdesk%3Fview%3Dall"
    answer = client.post("/milestones/1/submission", headers={"Referer": "http://evil.test/desk"})
    assert answer.headers["Location"] == "/sign-in?next=%2F"


def test_htmx_is_told_to_leave_the_page(sign_in: SignIn, clock: MovableClock) -> None:
    client = sign_in("nongye")
    clock.move_to("2024-03-22T12:00")
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/desk"}
    answer = client.post("/milestones/1/submission", headers=headers)
    assert answer.headers["HX-Redirect"] == "/sign-in?next=%2Fdesk"


def test_htmx_puts_the_sign_in_page_in_place_of_the_whole(
    sign_in: SignIn, clock: MovableClock, person: Person
) -> None:
    client = sign_in("office-admin")
    clock.move_to("2024-03-22T12:00")
    answer = client.post(
        f"/people/{person('nongye').id}", data={"name": "新"}, headers={"HX-Request": "true"}
    )
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("body", "innerHTML")


def test_a_form_of_a_second_tab_is_kept_after_signing_in_in_the_first(
    app: Flask, sign_in: SignIn, person: Person
) -> None:
    client = sign_in("office-admin")
    app.config["WTF_CSRF_ENABLED"] = True
    path = f"/people/{person('nongye').id}"
    ours = client.post(path, data={"name": "新名字"}, headers={"Origin": "http://localhost"})
    assert (ours.status_code, "您离开前填写的内容" in ours.text) == (400, True)
    theirs = client.post(path, data={"name": "新名字"}, headers={"Origin": "http://evil.test"})
    assert (theirs.status_code, "新名字" in theirs.text) == (400, False)


# people


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


# import


def upload(client: FlaskClient, content: BytesIO) -> tuple[int, str]:
    answer = client.post("/people/import", data={"roster": (content, "名册.xlsx")})
    return answer.status_code, answer.text


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


def test_only_the_system_administrator_may_make_administrators(client: FlaskClient, sign_in: SignIn) -> None:
    assert "审计管理员</option>" in sign_in("admin").get("/people/new").text
    client.post("/sign-out")
    assert "审计管理员" not in sign_in("office-admin").get("/people/new").text


def test_the_template_is_a_workbook(sign_in: SignIn) -> None:
    answer = sign_in("office-admin").get("/people/import/template")
    assert answer.data.startswith(b"PK")
    assert "%E4%BA%BA%E5%91%98" in answer.headers["Content-Disposition"]
