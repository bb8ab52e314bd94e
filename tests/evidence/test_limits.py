"""What is too large, too many, cut off, or finds the disk full is told and leaves nothing behind."""

import errno
import os
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.evidence.conftest import (
    HTMX,
    Person,
    SignIn,
    Upload,
    announce,
    documents,
    is_empty,
    send,
    task_id,
)
from tests.files import samples
from tracker.files.store import Store

FULL = OSError(errno.ENOSPC, "No space left on device")


def full_disk(*_args: Any, **_named: Any) -> NoReturn:
    raise FULL


@pytest.mark.parametrize("place", ["fsync", "link", "open"])
def test_a_full_disk_is_told_and_leaves_nothing(
    sign_in: SignIn, session: Session, store: Store, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    client, address = sign_in("nongye"), f"/tasks/{task_id(session, '11-1')}/evidence"
    with monkeypatch.context() as patch:
        if place == "open":
            patch.setattr(Store, "open_incoming", full_disk)
        else:
            patch.setattr(os, place, full_disk)
        answer = send(client, address, ("台账.pdf", samples.PDF))
        plain = send(client, address, ("台账.pdf", samples.PDF), htmx=False)
    assert answer.status_code == (507 if place == "open" else 422)
    assert "服务器磁盘空间不足，文件没有保存，请联系系统管理员" in answer.text
    assert plain.status_code == (507 if place == "open" else 303)
    assert is_empty(session, store)
    assert client.get("/desk").status_code == 200
    assert send(client, address, ("台账.pdf", samples.PDF)).status_code == 200


def test_a_disk_that_fills_while_a_file_comes_in_is_told(
    sign_in: SignIn, session: Session, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Filling(BytesIO):
        def write(self, _part: Any) -> NoReturn:
            raise FULL

    client, address = sign_in("nongye"), f"/tasks/{task_id(session, '11-1')}/evidence"
    with monkeypatch.context() as patch:
        patch.setattr(Store, "open_incoming", lambda _: Filling())
        answer = send(client, address, ("台账.pdf", samples.PDF))
    assert answer.status_code == 507
    assert "服务器磁盘空间不足" in answer.text
    assert is_empty(session, store)


def test_an_upload_that_is_cut_leaves_nothing(sign_in: SignIn, session: Session, store: Store) -> None:
    client, address = sign_in("nongye"), f"/tasks/{task_id(session, '11-1')}/evidence"
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + samples.PDF
    )
    answer = announce(client, address, BytesIO(body), len(body) + 100_000)
    assert answer.status_code == 400
    assert "请求不完整" in answer.text
    assert is_empty(session, store)
    assert send(client, address, ("台账.pdf", samples.PDF)).status_code == 200


def test_ten_thousand_files_at_once_are_told(sign_in: SignIn, session: Session, store: Store) -> None:
    client, address = sign_in("nongye"), f"/tasks/{task_id(session, '11-1')}/evidence"
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="%d.pdf"\r\n\r\n%%PDF-\r\n'
    body = b"".join(part % number for number in range(10_000)) + b"--x--\r\n"
    answer = client.post(address, data=body, content_type="multipart/form-data; boundary=x", headers=HTMX)
    assert answer.status_code == 413
    assert "请分几次提交" in answer.text
    assert is_empty(session, store)
    assert client.get("/desk").status_code == 200


@pytest.mark.parametrize("ending", ["evidence", "versions"])
def test_more_than_the_limit_is_told_and_not_kept(
    app: Flask, sign_in: SignIn, session: Session, person: Person, upload: Upload, ending: str
) -> None:
    client, evidence = sign_in("nongye"), upload("11-1", person("nongye"))
    task = task_id(session, "11-1")
    address = f"/tasks/{task}/evidence" if ending == "evidence" else f"/evidence/{evidence.id}/versions"
    sent = BytesIO(bytes(3 * 1024**2))
    answer = announce(client, address, sent, 300 * 1024**2)
    assert answer.status_code == 413
    assert "内容太大" in answer.text
    assert sent.tell() == len(sent.getvalue()), "a browser that is cut off shows no answer"
    assert "200 MB" in client.get(f"/tasks/{task}").text


def test_whoever_is_not_signed_in_sends_no_large_file(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True  # it reads the form before anybody asks who sends it
    sent = BytesIO(bytes(3 * 1024**2))
    answer = announce(client, f"/tasks/{task_id(session, '11-1')}/evidence", sent, 100 * 1024**2)
    assert answer.status_code == 413
    assert sent.tell() == 0


def test_a_sheet_larger_than_a_form_comes_onto_the_disk_and_not_into_memory(
    sign_in: SignIn, session: Session, store: Store
) -> None:
    content = samples.PDF + bytes(6 * 1024**2)
    address = f"/tasks/{task_id(session, '11-1')}/evidence"
    assert send(sign_in("nongye"), address, ("大.pdf", content)).status_code == 200
    assert documents(session)[0].file.size == len(content)
    assert [path.stat().st_size for path in store.all()] == [len(content)]
    assert not list(Path(store.incoming).iterdir())
