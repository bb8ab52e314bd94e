"""The page of a document: it is described, renewed, placed and decided on, by one after the other."""

import re
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.evidence.conftest import (
    AT,
    FRIDAY,
    Person,
    SignIn,
    Upload,
    documents,
    send,
    slot,
)
from tests.files.samples import pdf
from tests.world import find_milestone
from tracker.evidence import actions
from tracker.evidence.models import Evidence
from tracker.evidence.rules import EvidenceState
from tracker.files.store import Store
from tracker.milestones import actions as milestones


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
