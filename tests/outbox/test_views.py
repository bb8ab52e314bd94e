"""提醒发件箱 as its readers see it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.outbox.conftest import Queue
from tracker.outbox.rules import MailState

SignIn = Callable[[str], FlaskClient]


def test_the_office_reads_the_mails(sign_in: SignIn, queued: Queue) -> None:
    message = queued("a")
    client = sign_in("office")
    page = client.get("/outbox")
    assert page.status_code == 200
    assert "【测试】a" in page.text
    assert "没有设置邮件服务器" in page.text
    mail = client.get(f"/outbox/{message.id}")
    assert 'href="https://tracker.example.test/tasks/1"' in mail.text
    assert client.get("/outbox/999999").status_code == 404


def test_without_a_mail_server_nothing_is_about_to_be_sent(
    app: Flask, sign_in: SignIn, queued: Queue
) -> None:
    message = queued("a")
    client = sign_in("office-admin")
    pages = [client.get(address).text for address in ("/outbox", f"/outbox/{message.id}")]
    assert all("</span> 未发送（没有邮件服务器）</span>" in html for html in pages)
    core = app.extensions["tracker"]
    app.extensions["tracker"] = replace(core, config=replace(core.config, smtp_url="smtp://127.0.0.1"))
    assert "</span> 待发</span>" in client.get("/outbox").text
    assert message.state is MailState.WAITING


def test_columns_without_content_are_left_out(sign_in: SignIn, queued: Queue) -> None:
    message = queued("a")
    client = sign_in("office-admin")
    html = client.get("/outbox").text
    assert "服务器答复</th>" not in html
    assert "操作</th>" not in html
    message.state, message.answer = MailState.FAILED, "550 no such user"
    html = client.get("/outbox").text
    assert "服务器答复</th>" in html
    assert "操作</th>" in html


def test_the_list_is_cut_down_to_a_state(sign_in: SignIn, queued: Queue) -> None:
    queued("waiting")
    queued("read", address="")
    client = sign_in("office-admin")
    assert "【测试】read" not in client.get("/outbox?state=waiting").text
    assert "【测试】waiting" not in client.get("/outbox?state=no_address").text
    assert "没有“已发”的邮件" in client.get("/outbox?state=sent").text


def test_a_long_list_has_pages(sign_in: SignIn, queued: Queue) -> None:
    for number in range(51):
        queued(f"{number:02}")
    client = sign_in("office-admin")
    first, second = client.get("/outbox").text, client.get("/outbox?page=2").text
    assert ("【测试】50" in first, "【测试】00" in first) == (True, False)
    assert "【测试】00" in second


def test_the_administrator_of_the_office_has_a_mail_sent_again(sign_in: SignIn, queued: Queue) -> None:
    message = queued("a")
    message.state, message.answer = MailState.FAILED, "550 no such user"
    client = sign_in("office-admin")
    assert "重发" in client.get("/outbox").text
    answer = client.post(f"/outbox/{message.id}/resend", data={"back": "/outbox?state=failed"})
    assert (answer.status_code, answer.location) == (303, "/outbox?state=failed")
    assert message.state is MailState.WAITING
    again = client.post(f"/outbox/{message.id}/resend")
    assert again.status_code == 409
    assert "邮件待发，不需要重发" in again.text


def test_a_mail_out_of_date_or_to_who_has_left_has_no_button(sign_in: SignIn, queued: Queue) -> None:
    old, left = queued("a"), queued("b", "karuo")
    old.state, left.state, left.user.is_active = MailState.EXPIRED, MailState.FAILED, False
    client = sign_in("office-admin")
    page = client.get("/outbox").text
    assert "重发" not in page
    assert "已过时" in page
    assert "【测试】a" in client.get("/outbox?state=expired").text
    for message in (old, left):
        assert "重发" not in client.get(f"/outbox/{message.id}").text
        assert client.post(f"/outbox/{message.id}/resend").status_code == 409


@pytest.mark.parametrize("username", ["leader", "reviewer", "mangkang", "mangkang-head", "admin", "audit"])
def test_nobody_else_reads_them(sign_in: SignIn, queued: Queue, username: str) -> None:
    message = queued("a")
    client = sign_in(username)
    assert client.get("/outbox").status_code == 403
    assert client.get(f"/outbox/{message.id}").status_code == 403
    assert client.post(f"/outbox/{message.id}/resend").status_code == 403


def test_an_office_person_who_is_no_administrator_cannot_resend(sign_in: SignIn, queued: Queue) -> None:
    message = queued("a")
    message.state = MailState.FAILED
    client = sign_in("office")
    assert "重发" not in client.get("/outbox").text
    assert client.post(f"/outbox/{message.id}/resend").status_code == 403
