"""Who may see a document, who may not even know that it exists, and how it is downloaded and shown."""

import pytest
from sqlalchemy.orm import Session

from tests.evidence.conftest import AT, Person, SignIn, Upload, documents, send, task_id
from tests.files import samples
from tracker.evidence import actions
from tracker.files.rules import FileKind
from tracker.files.store import Store


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
