"""Documents come in: filed under the slot that their name speaks of, told when they are not taken."""

import pytest
from sqlalchemy.orm import Session

from tests.evidence.conftest import (
    AT,
    FRIDAY,
    Person,
    SignIn,
    Upload,
    documents,
    is_empty,
    messages,
    send,
    share,
    slot,
    task_id,
)
from tests.files import samples
from tests.files.samples import pdf
from tracker.evidence import actions
from tracker.evidence.rules import EvidenceState
from tracker.files.rules import FileKind
from tracker.files.store import Store


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
