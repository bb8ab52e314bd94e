"""Documents in the browser: filed, read, renewed, decided on; who may not even know that they exist."""

import errno
import os
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import IO, Any, NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.evidence.conftest import AT, FRIDAY, Person, Upload, share, slot
from tests.files import samples
from tests.files.samples import pdf
from tests.world import find_milestone
from tracker.evidence import actions
from tracker.evidence.models import Evidence, EvidenceVersion
from tracker.evidence.rules import EvidenceState
from tracker.files.models import StoredFile
from tracker.files.rules import FileKind
from tracker.files.store import Store
from tracker.milestones import actions as milestones
from tracker.milestones.rules import State
from tracker.plan.models import Task
from tracker.units.models import Unit

SignIn = Callable[[str], FlaskClient]
HTMX = {"HX-Request": "true"}
FULL = OSError(errno.ENOSPC, "No space left on device")


def task_id(session: Session, code: str) -> int:
    return session.scalars(select(Task.id).where(Task.code == code)).one()


def unit_id(session: Session, short: str) -> int:
    return session.scalars(select(Unit.id).where(Unit.short == short)).one()


def send(
    client: FlaskClient, address: str, *files: tuple[str, bytes], htmx: bool = True, **fields: Any
) -> TestResponse:
    """Send files as (name, content)."""
    data = {**fields, "file": [FileStorage(BytesIO(content), name) for name, content in files]}
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post(address, data=body, content_type=kind, headers=HTMX if htmx else {})


def announce(client: FlaskClient, address: str, body: IO[bytes], length: int) -> TestResponse:
    """Send less than was announced."""
    kind, announced = "multipart/form-data; boundary=x", {"CONTENT_LENGTH": str(length)}
    return client.post(address, input_stream=body, content_type=kind, environ_overrides=announced)


def documents(session: Session) -> list[Evidence]:
    return list(session.scalars(select(Evidence).order_by(Evidence.id)))


def is_empty(session: Session, store: Store) -> bool:
    """Whether neither a row nor a file was left."""
    rows = sum(
        session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Evidence, EvidenceVersion, StoredFile)
    )
    return rows == 0 and not list(store.all()) and not list(store.left_over())


def full_disk(*_args: Any, **_named: Any) -> NoReturn:
    raise FULL


def messages(html: str) -> list[str]:
    return re.findall(r'class="message (?:ok|error)"[^>]*>([^<]+)<', html)


def test_several_files_are_filed_by_their_names(sign_in: SignIn, session: Session) -> None:
    address = f"/tasks/{task_id(session, '11-1')}/evidence"
    answer = send(
        sign_in("nongye"), address,
        ("2023年耕地台账.xlsx", samples.workbook()), ("工作总结.docx", samples.sample(FileKind.DOCX)),
    )  # fmt: skip
    assert answer.status_code == 200
    assert messages(answer.text) == [
        "《2023年耕地台账》已归入“耕地台账”", "《工作总结》已归入“工作总结”",
    ]  # fmt: skip
    assert "材料 2/3（缺：工作部署资料）" in answer.text
    assert "<html" not in answer.text
    assert {each.state for each in documents(session)} == {EvidenceState.DRAFT}


@pytest.mark.parametrize("kind", FileKind)
def test_every_allowed_kind_is_filed_and_read_back(sign_in: SignIn, session: Session, kind: FileKind) -> None:
    client, content = sign_in("nongye"), samples.sample(kind)
    answer = send(client, f"/tasks/{task_id(session, '11-1')}/evidence", (f"台账.{kind.value}", content))
    assert answer.status_code == 200, answer.text
    evidence = documents(session)[0]
    assert evidence.file.kind is kind
    answer = client.get(f"/evidence/{evidence.id}/file")
    assert answer.data == content
    assert answer.content_type.startswith(kind.media_type)
    assert client.get(f"/evidence/{evidence.id}").status_code == 200


def test_a_plain_form_goes_back_and_says_what_was_done_and_what_not(
    sign_in: SignIn, session: Session
) -> None:
    client, place = sign_in("nongye"), slot(session, "11-1", "耕地台账")
    back = f"/tasks/{place.task_id}#materials"
    answer = send(
        client, f"/tasks/{place.task_id}/evidence", ("总结.pdf", samples.PDF), ("脚本.pdf", samples.EXE),
        htmx=False, material=str(place.id), back=back,
    )  # fmt: skip
    assert (answer.status_code, answer.location) == (303, back)
    page = client.get(answer.location).text
    assert "《总结》已归入“耕地台账”" in page
    assert "“脚本.pdf”没有保存：内容是“Windows 程序”" in page
    assert [each.title for each in documents(session)] == ["总结"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("总结.pdf", samples.EXE, "Windows 程序"),
        ("总结.pdf", samples.HTML, "网页"),
        ("图片.png", samples.SVG, "XML 或 SVG 文件"),
        ("台账.zip", samples.RAR, "RAR 压缩包"),
        ("台账.docx", samples.TEXT, "纯文本"),
        ("空.pdf", b"", "空文件（0 字节）"),
        ("炸弹.zip", samples.packed("a", content=bytes(60 * 1024**2)), "解压后异常巨大的压缩包"),
        (
            "很多.zip",
            samples.packed(*(f"{number}" for number in range(10_001))),
            "含 10001 个文件的压缩包（最多 10000 个）",
        ),
    ],
    ids=["exe", "html", "svg", "rar", "text", "empty", "bomb", "entries"],
)
def test_what_is_not_taken_is_told_and_the_page_still_works(
    sign_in: SignIn, session: Session, store: Store, name: str, content: bytes, words: str
) -> None:
    client, address = sign_in("nongye"), f"/tasks/{task_id(session, '11-1')}/evidence"
    answer = send(client, address, (name, content))
    assert answer.status_code == 422
    assert f"“{name}”" in messages(answer.text)[0].replace("&#34;", "")
    assert words in answer.text
    assert is_empty(session, store)
    assert send(client, address, ("台账.pdf", samples.PDF)).status_code == 200


def test_nothing_chosen_is_told(sign_in: SignIn, session: Session) -> None:
    answer = send(sign_in("nongye"), f"/tasks/{task_id(session, '11-1')}/evidence")
    assert answer.status_code == 422
    assert "请先选择文件" in answer.text


def test_a_wild_name_is_kept_tamed(sign_in: SignIn, session: Session) -> None:
    client = sign_in("nongye")
    name = "../../" + "台账" * 150 + "\u202efdp\x07.pdf"
    assert send(client, f"/tasks/{task_id(session, '11-1')}/evidence", (name, samples.PDF)).status_code == 200
    evidence = documents(session)[0]
    assert len(evidence.file_name) == 200
    assert evidence.file_name.startswith("台账台账")
    assert evidence.file_name.endswith("台账.pdf")
    assert client.get(f"/evidence/{evidence.id}/file").status_code == 200


def test_the_same_content_again_is_pointed_out_and_not_kept_twice(sign_in: SignIn, session: Session) -> None:
    client = sign_in("nongye")
    send(client, f"/tasks/{task_id(session, '11-1')}/evidence", ("通报.pdf", samples.PDF))
    answer = send(client, f"/tasks/{task_id(session, '12-1')}/evidence", ("通报副本.pdf", samples.PDF))
    assert messages(answer.text) == ["《通报》已在 11-1 提交过，没有重复存放，直接归入“部署文件”"]
    answer = send(client, f"/tasks/{task_id(session, '12-1')}/evidence", ("通报.pdf", samples.PDF),
                  material=str(slot(session, "12-1", "部署文件").id))  # fmt: skip
    assert "已在 11-1 提交过" in answer.text
    assert len(documents(session)) == 1


def test_another_units_equal_content_is_pointed_out_to_those_alone_who_may_see_it(
    sign_in: SignIn, session: Session, person: Person, upload: Upload
) -> None:
    theirs = upload("11-2", person("mangkang"), "通报.pdf")
    content = ("通报.pdf", pdf("通报.pdf"))
    karuo = sign_in("karuo")
    answer = send(karuo, f"/tasks/{task_id(session, '11-2')}/evidence", content)
    assert messages(answer.text) == ["《通报》已归入“工作部署资料”"], "another county's is not known"
    nongye = sign_in("nongye")
    answer = send(nongye, f"/tasks/{task_id(session, '11-1')}/evidence", content)
    assert messages(answer.text) == ["《通报》已归入“工作部署资料”"], "a draft is not known either"
    actions.hand_in(session, theirs, by=person("mangkang"), at=AT, version=None)
    first = next(each for each in documents(session) if each.unit.short == "市农业农村局")
    actions.delete(session, first, by=person("nongye"), at=AT, version=None)
    answer = send(nongye, f"/tasks/{task_id(session, '11-1')}/evidence", content)
    assert messages(answer.text) == ["《通报》已归入“工作部署资料”；相同内容已在 芒康县 11-2 提交过"]


@pytest.mark.parametrize(
    ("name", "draft", "submitted"),
    [
        ("mangkang", 200, 200), ("mangkang-head", 200, 200), ("office", 200, 200), ("office-admin", 200, 200),
        ("nongye", 404, 200), ("nongye-head", 404, 200), ("leader", 404, 200), ("reviewer", 404, 200),
        ("karuo", 404, 404), ("shijian", 404, 404), ("admin", 403, 403), ("audit", 403, 403),
    ],
)  # fmt: skip
def test_who_may_see_a_countys_document(
    sign_in: SignIn, session: Session, person: Person, upload: Upload, name: str, draft: int, submitted: int
) -> None:
    evidence, client = upload("11-2", person("mangkang")), sign_in(name)
    addresses = [f"/evidence/{evidence.id}{ending}" for ending in ("", "/file", "/preview")]
    assert {client.get(address).status_code for address in addresses} == {draft}
    actions.hand_in(session, evidence, by=person("mangkang"), at=AT, version=None)
    assert {client.get(address).status_code for address in addresses} == {submitted}


def test_the_task_page_lists_what_the_reader_may_see(
    sign_in: SignIn, session: Session, person: Person, upload: Upload
) -> None:
    evidence, page = upload("11-2", person("mangkang")), f"/tasks/{task_id(session, '11-2')}"
    link = f"/evidence/{evidence.id}"
    assert link in sign_in("mangkang").get(page).text
    assert link not in sign_in("nongye").get(page).text
    actions.hand_in(session, evidence, by=person("mangkang"), at=AT, version=None)
    assert link in sign_in("nongye").get(page).text
    assert link not in sign_in("karuo").get(page).text
    assert link in sign_in("leader").get(page).text


def test_a_guessed_address_does_not_exist(sign_in: SignIn, person: Person, upload: Upload) -> None:
    client, evidence = sign_in("nongye"), upload("11-1", person("nongye"))
    for ending in ("", "/file", "/preview"):
        assert client.get(f"/evidence/{evidence.id + 1}{ending}").status_code == 404
    for number in ("2", "0", "x", "99999999999999999999"):
        expected = 404 if number == "2" else 200
        assert client.get(f"/evidence/{evidence.id}/file?number={number}").status_code == expected
    for ending in ("submission", "acceptance", "versions", "description", "placements", "deletion", "return"):
        answer = sign_in("mangkang").post(f"/evidence/{evidence.id}/{ending}", data={"reason": "x"})
        assert answer.status_code in (403, 404), ending
    place = evidence.placements[0].id
    assert sign_in("mangkang").post(f"/placements/{place}/removal").status_code == 404
    assert sign_in("mangkang").post(f"/placements/{place + 1}/removal").status_code == 404


def test_a_download_has_its_real_name_and_never_runs_here(
    sign_in: SignIn, person: Person, upload: Upload
) -> None:
    evidence = upload("11-1", person("nongye"), "2023年 耕地“台账”.pdf")
    answer = sign_in("nongye").get(f"/evidence/{evidence.id}/file")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert "filename*=UTF-8''2023%E5%B9%B4%20%E8%80%95%E5%9C%B0%E2%80%9C" in disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.content_type == "application/pdf"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("kind", FileKind)
def test_only_pictures_and_pdfs_are_shown_in_the_page(
    sign_in: SignIn, session: Session, kind: FileKind
) -> None:
    client = sign_in("nongye")
    address = f"/tasks/{task_id(session, '11-1')}/evidence"
    send(client, address, (f"台账.{kind.value}", samples.sample(kind)))
    evidence = documents(session)[0]
    answer = client.get(f"/evidence/{evidence.id}/preview")
    page = client.get(f"/evidence/{evidence.id}")
    is_shown = kind in (FileKind.PDF, FileKind.JPG, FileKind.PNG)
    assert answer.status_code == (200 if is_shown else 404)
    assert ("/preview" in page.text) == is_shown
    if is_shown:
        assert "attachment" not in answer.headers.get("Content-Disposition", "")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "script-src" not in policy
        assert "frame-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_part_of_a_file_can_be_asked_for(sign_in: SignIn, person: Person, upload: Upload) -> None:
    evidence = upload("11-1", person("nongye"))
    answer = sign_in("nongye").get(f"/evidence/{evidence.id}/file", headers={"Range": "bytes=0-4"})
    assert (answer.status_code, answer.data) == (206, b"%PDF-")


def test_a_file_that_is_gone_from_the_store_is_told(
    sign_in: SignIn, person: Person, upload: Upload, store: Store
) -> None:
    evidence = upload("11-1", person("nongye"))
    store.path(evidence.file.sha256).unlink()
    answer = sign_in("nongye").get(f"/evidence/{evidence.id}/file")
    assert answer.status_code == 404
    assert "这份文件不在存储里，请联系系统管理员运行 tracker doctor" in answer.text


def test_a_document_is_described_renewed_placed_and_deleted_on_its_page(
    sign_in: SignIn, session: Session, person: Person, upload: Upload
) -> None:
    client, evidence = sign_in("nongye"), upload("11-1", person("nongye"))
    page = f"/evidence/{evidence.id}"
    answer = client.post(f"{page}/description", data={
        "version": evidence.version, "title": "耕地土壤台账", "proves_year": "2023",
        "dated_on": "2023-11-05", "page_count": "12", "document_number": "昌农〔2023〕8号",
    })  # fmt: skip
    assert (answer.status_code, answer.location) == (303, page)
    assert "昌农〔2023〕8号" in client.get(page).text
    assert send(client, f"{page}/versions", ("新台账.pdf", pdf("新")), htmx=False).status_code == 303
    assert evidence.version_count == 2
    assert "《耕地土壤台账》已更新为第 2 版" in client.get(page).text
    assert client.get(f"{page}/file?number=1").data == pdf("耕地台账.pdf")
    assert client.get(f"{page}/file").data == pdf("新")
    other = slot(session, "12-1", "部署文件")
    assert client.post(f"{page}/placements", data={"material": other.id}).status_code == 303
    assert client.post(f"{page}/placements", data={"material": "x"}).status_code == 422
    assert client.post(f"/placements/{evidence.placements[0].id}/removal").status_code == 303
    assert client.post(f"/placements/{evidence.placements[0].id}/removal").status_code == 409
    answer = client.post(f"{page}/deletion", data={"version": evidence.version})
    assert (answer.status_code, answer.location) == (303, f"/tasks/{other.task_id}")
    assert not documents(session)
    assert "《耕地土壤台账》草稿已删除" in client.get(answer.location).text
    assert client.post(f"{page}/deletion").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", " ", "请填写标题"), ("title", "台" * 201, "标题最多 200 字"),
        ("proves_year", "1999", "年度应在 2000 至 2049 之间"), ("proves_year", "", "请填写这份材料证明"),
        ("proves_year", "x", ""), ("dated_on", "2023-13-45", ""), ("page_count", "0", "页数应为"),
        ("page_count", "99999999999999999999", "页数应为"), ("note", "注" * 1001, "备注最多 1000 字"),
    ],
)  # fmt: skip
def test_a_description_that_cannot_be_is_shown_again(
    sign_in: SignIn, person: Person, upload: Upload, field: str, value: str, words: str
) -> None:
    evidence = upload("11-1", person("nongye"))
    typed = {"title": "台账", "proves_year": "2023", "issuer": "市农业农村局办公室", field: value}
    answer = sign_in("nongye").post(f"/evidence/{evidence.id}/description", data=typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert "市农业农村局办公室" in answer.text, "what was typed is not lost"
    assert evidence.issuer == ""


def test_the_office_accepts_and_returns_on_the_page(
    sign_in: SignIn, session: Session, person: Person, upload: Upload
) -> None:
    evidence, office = upload("11-1", person("nongye")), sign_in("office")
    page = f"/evidence/{evidence.id}"
    assert "采信" not in re.findall(r'type="submit">([^<]+)<', office.get(page).text)
    assert sign_in("nongye").post(f"{page}/submission").status_code == 303
    office = sign_in("office")
    assert office.post(f"{page}/acceptance", data={"version": evidence.version}).status_code == 303
    answer = office.post(f"{page}/return", data={"reason": " "})
    assert answer.status_code == 422
    assert "请写明退回原因" in answer.text
    assert office.post(f"{page}/return", data={"reason": "缺公章"}).status_code == 303
    assert "退回：缺公章" in sign_in("nongye").get(page).text


def test_the_second_of_two_sees_the_present_state(
    sign_in: SignIn, session: Session, person: Person, upload: Upload
) -> None:
    evidence = upload("11-1", person("nongye"))
    actions.hand_in(session, evidence, by=person("nongye"), at=AT, version=None)
    seen, page = evidence.version, f"/evidence/{evidence.id}"
    assert sign_in("office").post(f"{page}/acceptance", data={"version": seen}).status_code == 303
    office = sign_in("office-admin")
    answer = office.post(f"{page}/return", data={"version": seen, "reason": "数据有误"})
    assert answer.status_code == 409
    assert "已被他人更新" in answer.text
    assert "已采信" in answer.text
    assert "数据有误" in answer.text, "what was typed is not lost"
    client = sign_in("nongye")
    answer = client.post(f"{page}/description", data={"version": seen, "title": "新", "proves_year": "2023"})
    assert answer.status_code == 409
    answer = send(client, f"{page}/versions", ("新.pdf", pdf("新")), version=str(seen))
    assert answer.status_code == 409
    assert "已采信" in answer.text
    assert evidence.version_count == 1
    for ending in ("submission", "deletion"):
        answer = client.post(f"{page}/{ending}", data={"version": seen})
        assert answer.status_code == 409
        assert "已采信" in answer.text


def test_the_second_at_the_very_same_moment_sees_it_too(
    sign_in: SignIn, session: Session, person: Person, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL both have read the row before either writes."""
    evidence, client = upload("11-1", person("nongye")), sign_in("nongye")
    hand_in = actions.hand_in

    def after_another(db: Session, row: Evidence, **named: Any) -> None:
        changed = update(Evidence).where(Evidence.id == row.id).values(version=Evidence.version + 1)
        db.execute(changed.execution_options(synchronize_session=False))
        hand_in(db, row, **named)

    monkeypatch.setattr(actions, "hand_in", after_another)
    answer = client.post(f"/evidence/{evidence.id}/submission", data={"version": evidence.version})
    assert answer.status_code == 409
    assert "已被他人更新" in answer.text
    assert "耕地台账" in answer.text


def test_a_draft_that_is_deleted_while_a_version_comes_in_is_gone(
    sign_in: SignIn, session: Session, person: Person, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence, client = upload("11-1", person("nongye")), sign_in("nongye")
    put = Store.put

    def meanwhile(store: Store, content: Any) -> Any:
        actions.delete(session, evidence, by=person("nongye"), at=AT, version=None)
        session.commit()
        return put(store, content)

    monkeypatch.setattr(Store, "put", meanwhile)
    answer = send(client, f"/evidence/{evidence.id}/versions", ("新.pdf", pdf("新")))
    assert answer.status_code == 404


def test_the_office_works_in_a_units_name(sign_in: SignIn, session: Session) -> None:
    office, unit = sign_in("office"), unit_id(session, "芒康县")
    task, milestone = task_id(session, "11-2"), find_milestone(session, "11-2", "芒康县")
    page = office.get(f"/tasks/{task}?unit={unit}").text
    assert "芒康县的佐证材料" in page
    assert f'name="unit" value="{unit}"' in page
    answer = send(office, f"/tasks/{task}/evidence", ("耕地台账.pdf", samples.PDF), unit=str(unit))
    assert answer.status_code == 200
    evidence = documents(session)[0]
    assert (evidence.unit.short, evidence.created_by.username) == ("芒康县", "office")
    assert office.post(f"/milestones/{milestone.id}/submission").status_code == 303
    assert (milestone.state, evidence.state) == (State.SUBMITTED, EvidenceState.SUBMITTED)
    assert "市食安办代" in office.get(f"/evidence/{evidence.id}").text
    desk = office.get(f"/desk?unit={unit}&view=handed_in").text
    assert "11-2" in desk
    assert sign_in("mangkang").get(f"/evidence/{evidence.id}").status_code == 200
    office = sign_in("office")
    answer = office.post(f"/milestones/{milestone.id}/acceptance")
    assert answer.status_code == 409
    assert "另一位同志" in answer.text


def test_nobody_else_works_in_a_units_name(sign_in: SignIn, session: Session, store: Store) -> None:
    unit, task = unit_id(session, "芒康县"), task_id(session, "11-2")
    for name in ("nongye", "karuo", "nongye-head", "leader"):
        client = sign_in(name)
        answer = send(client, f"/tasks/{task}/evidence", ("台账.pdf", samples.PDF), unit=str(unit))
        assert answer.status_code == 404, name
        if name != "leader":
            assert client.get(f"/desk?unit={unit}").status_code == 404, name
    head = sign_in("mangkang-head")
    answer = send(head, f"/tasks/{task}/evidence", ("台账.pdf", samples.PDF))
    assert answer.status_code == 409
    assert "只有本单位联络员可以上传材料" in answer.text
    office = sign_in("office")
    for number in ("999999", str(unit_id(session, "市教育局"))):
        answer = send(office, f"/tasks/{task}/evidence", ("台账.pdf", samples.PDF), unit=number)
        assert answer.status_code == 404, "no such unit, or it has no share of the task"
    assert is_empty(session, store)


def test_a_unit_that_has_left_is_told(sign_in: SignIn, session: Session) -> None:
    share(session, "11-2", "芒康县").left_on = FRIDAY
    address = f"/tasks/{task_id(session, '11-2')}/evidence"
    answer = send(sign_in("mangkang"), address, ("台账.pdf", samples.PDF))
    assert answer.status_code == 409
    assert "本单位已退出这项任务" in answer.text


def test_a_row_of_the_desk_is_fetched_again_with_its_materials(sign_in: SignIn, session: Session) -> None:
    client, own = sign_in("mangkang"), share(session, "11-2", "芒康县")
    assert "材料 0/3" in client.get(f"/desk/rows/{own.id}").text
    send(client, f"/tasks/{own.task_id}/evidence", ("耕地台账.pdf", samples.PDF))
    row = client.get(f"/desk/rows/{own.id}").text
    assert f'id="assignment-{own.id}"' in row
    assert "材料 1/3（缺：工作部署资料、工作总结）" in row
    assert sign_in("karuo").get(f"/desk/rows/{own.id}").status_code == 404
    assert sign_in("office").get(f"/desk/rows/{own.id}").status_code == 200


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


def test_an_accepted_milestone_shows_its_documents_locked(
    sign_in: SignIn, session: Session, person: Person, upload: Upload
) -> None:
    evidence, nongye = upload("11-1", person("nongye")), person("nongye")
    milestone = find_milestone(session, "11-1", "市农业农村局")
    milestones.submit(session, milestone, by=nongye, at=AT, today=FRIDAY)
    milestones.accept(session, milestone, by=person("office"), at=AT)
    client, page = sign_in("nongye"), f"/evidence/{evidence.id}"
    html = client.get(page).text
    for absent in ("保存说明", "删除草稿", "单独提交"):
        assert absent not in html
    assert "上传新版本" in html
    typed = {"title": "新", "proves_year": "2023"}
    for ending in ("description", "deletion", "submission"):
        answer = client.post(f"{page}/{ending}", data=typed)
        assert answer.status_code == 409, ending
        assert "材料当前是“已采信”" in answer.text
    assert client.post(f"/placements/{evidence.placements[0].id}/removal").status_code == 409
    assert send(client, f"{page}/versions", ("新.pdf", pdf("新")), htmx=False).status_code == 303
    assert evidence.state is EvidenceState.SUBMITTED
    assert evidence.versions[1].accepted_at == AT
