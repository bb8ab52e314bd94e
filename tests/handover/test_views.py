"""停用 on the page of people: who takes over is asked."""

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.handover.conftest import Desk
from tracker.people.models import User

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]


def test_a_handler_is_stopped_when_a_successor_is_chosen(sign_in: SignIn, desk: Desk) -> None:
    client, address = sign_in("admin"), f"/people/{desk.leaver.id}/disabling"
    page = client.get(address).text
    assert "经办 1 项任务" in page
    assert "达瓦（dawa）" in page
    assert "暂无接任人" in page
    for choice in ({}, {"successor": "99999"}):
        answer = client.post(address, data=choice)
        assert answer.status_code == 422
        assert 'id="successor-error"' in answer.text
    assert desk.leaver.is_active
    answer = client.post(address, data={"successor": desk.colleague.id})
    assert (answer.status_code, answer.location) == (303, f"/people/{desk.leaver.id}")
    assert "1 项任务、1 封未发邮件交给达瓦" in client.get(answer.location).text
    assert desk.share.handler_id == desk.colleague.id
    assert client.post(address, data={"successor": desk.colleague.id}).status_code == 409


def test_the_last_liaison_needs_a_word(sign_in: SignIn, person: Person) -> None:
    liaison = person("nongye")
    client, address = sign_in("office-admin"), f"/people/{liaison.id}/disabling"
    page = client.get(address).text
    assert "本单位最后一位在用的联络员" in page
    assert f"/people/new?unit={liaison.unit_id}" in page
    assert client.post(address).status_code == 422
    assert client.post(address, data={"successor": "none"}).status_code == 303
    assert not liaison.is_active


def test_who_needs_no_successor_is_stopped_at_once(sign_in: SignIn, person: Person) -> None:
    client, address = sign_in("admin"), f"/people/{person('mangkang-head').id}/disabling"
    assert "接任" not in client.get(address).text
    assert client.post(address).status_code == 303
    assert not person("mangkang-head").is_active


def test_nobody_stops_the_own_account(sign_in: SignIn, person: Person) -> None:
    answer = sign_in("admin").post(f"/people/{person('admin').id}/disabling")
    assert answer.status_code == 409
    assert "不能停用自己的账号" in answer.text
