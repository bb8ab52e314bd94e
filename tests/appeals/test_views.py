"""Asking and answering in the browser: what is shown, what is refused, and to whom a thing exists."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.appeals.conftest import AT, NEW_DAY, TODAY, Find, Person, document
from tests.browser import HtmlChecker
from tracker.appeals import actions
from tracker.appeals.models import Appeal
from tracker.appeals.rules import AppealState, Ground
from tracker.assignments.models import Assignment
from tracker.evidence.models import Evidence
from tracker.milestones import actions as milestones
from tracker.milestones.models import Milestone
from tracker.milestones.rules import State
from tracker.workbook.reading import read

SignIn = Callable[[str], FlaskClient]
EXTENSION = {"new_day": f"{NEW_DAY}", "reason": "检测设备 5 月到货"}


@pytest.fixture(scope="module")
def html_checker() -> Iterator[HtmlChecker]:
    checker = HtmlChecker()
    yield checker
    checker.close()


def the_appeal(session: Session) -> Appeal:
    return session.scalars(select(Appeal)).one()


def state_of(row: Milestone) -> State:
    """The state as it is now; a type checker believes that it has not changed since last time."""
    return row.state


def test_a_liaison_asks_for_an_extension_on_the_task_page(
    sign_in: SignIn, session: Session, row: Milestone
) -> None:
    client, page = sign_in("nongye"), f"/tasks/{row.task_id}"
    assert f'action="/milestones/{row.id}/extension"' in client.get(page).text
    answer = client.post(
        f"/milestones/{row.id}/extension", data={**EXTENSION, "version": row.version, "back": page}
    )
    assert (answer.status_code, answer.location) == (303, page)
    html = client.get(page).text
    assert "11-1 自评 延期至 2024-05-20：已提出，等待市食安办答复" in html
    assert "检测设备 5 月到货" in html
    assert "待答复" in html
    assert f'action="/milestones/{row.id}/extension"' not in html
    assert f'action="/milestones/{row.id}/waiver"' in html
    assert the_appeal(session).new_due_on == NEW_DAY


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"new_day": "", "reason": "来不及"}, "请填写新的期限"),
        ({"new_day": "明天", "reason": "来不及"}, "day-error"),
        ({"new_day": "2024-05-20", "reason": "  "}, "请写明原因"),
        ({"new_day": "2024-05-20", "reason": "长" * 501}, "不能超过 500 字"),
    ],
)
def test_a_bad_form_is_shown_again_with_what_was_typed(
    sign_in: SignIn, session: Session, row: Milestone, typed: dict[str, str], told: str
) -> None:
    answer = sign_in("nongye").post(f"/milestones/{row.id}/extension", data=typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert typed["reason"].strip() in answer.text
    assert session.scalar(select(func.count()).select_from(Appeal)) == 0


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2024-04-30", "新期限须晚于现行期限 2024-04-30"),
        ("2025-09-01", "新期限不能晚于创建结束日 2025-08-31"),
    ],
)
def test_a_day_that_the_rules_refuse_is_told_with_what_was_typed(
    sign_in: SignIn, row: Milestone, day: str, told: str
) -> None:
    answer = sign_in("nongye").post(f"/milestones/{row.id}/extension", data={**EXTENSION, "new_day": day})
    assert answer.status_code == 409
    assert told in answer.text
    assert f'value="{day}"' in answer.text
    assert "检测设备 5 月到货" in answer.text


def test_a_milestone_that_changed_since_is_stale(sign_in: SignIn, row: Milestone) -> None:
    data = {**EXTENSION, "version": row.version + 1}
    answer = sign_in("nongye").post(f"/milestones/{row.id}/extension", data=data)
    assert answer.status_code == 409
    assert "已被他人更新" in answer.text
    assert "检测设备 5 月到货" in answer.text


def test_a_waiver_is_asked_with_a_proof_of_the_units_own(
    sign_in: SignIn, session: Session, row: Milestone, proof: Evidence, find: Find, person: Person
) -> None:
    client = sign_in("nongye")
    page = client.get(f"/tasks/{row.task_id}").text
    assert f'<option value="{proof.id}">无此业态的说明</option>' in page
    strange = document(session, find("11-2", "芒康县"), person("mangkang"))
    for wrong in (str(strange.id), "999999", "x"):
        answer = client.post(f"/milestones/{row.id}/waiver", data={"reason": "无此业态", "proof": wrong})
        assert answer.status_code == 409
        assert "没有这份证明材料" in answer.text
    answer = client.post(f"/milestones/{row.id}/waiver", data={"reason": "无此业态", "proof": proof.id})
    assert answer.status_code == 303
    assert the_appeal(session).evidence_id == proof.id
    assert (
        f'证明：<a href="/evidence/{proof.id}">无此业态的说明</a>' in client.get(f"/tasks/{row.task_id}").text
    )
    answer = client.post(f"/evidence/{proof.id}/deletion")
    assert answer.status_code == 409
    assert "这份材料是一项申请的证明，不能删除" in answer.text


def test_a_unit_objects_and_reads_the_answer(sign_in: SignIn, session: Session, row: Milestone) -> None:
    address, page = f"/assignments/{row.assignment_id}/objection", f"/tasks/{row.task_id}"
    client = sign_in("nongye")
    answer = client.post(address, data={"reason": "由市林草局负责"})
    assert answer.status_code == 422
    assert "请选择事由" in answer.text
    assert "由市林草局负责" in answer.text
    answer = client.post(address, data={"reason": "由市林草局负责", "ground": Ground.NOT_OURS})
    assert (answer.status_code, answer.location) == (303, page)
    appeal = the_appeal(session)
    office = sign_in("office")
    answer = office.post(f"/appeals/{appeal.id}/refusal", data={"answer": "职责在三定方案第 5 条"})
    assert answer.status_code == 303
    html = sign_in("nongye").get(page).text
    assert "非本单位职责：由市林草局负责" in html
    assert "答复：职责在三定方案第 5 条" in html


def test_the_office_grants_and_the_day_moves_everywhere(
    sign_in: SignIn, row: Milestone, extension: Appeal
) -> None:
    client = sign_in("office")
    assert "待答复 1" in client.get("/appeals").text
    data = {"version": extension.version, "answer": "抓紧办理", "back": "/appeals?state=pending"}
    answer = client.post(f"/appeals/{extension.id}/grant", data=data)
    assert (answer.status_code, answer.location) == (303, "/appeals?state=pending")
    assert (row.due_on, row.extension_count) == (NEW_DAY, 1)
    for address in (
        f"/tasks/{row.task_id}", f"/milestones?item=11-1&unit={row.unit_id}", f"/appeals/{extension.id}",
    ):  # fmt: skip
        assert "原定 2024-04-30，延期 1 次" in client.get(address).text
    assert "原定 2024-04-30，延期 1 次" in sign_in("nongye").get(f"/tasks/{row.task_id}").text
    rows = list(read(BytesIO(client.get("/milestones.xlsx?item=11-1").data)))
    head = [cell.text for cell in rows[0]]
    found = [dict(zip(head, (cell.text for cell in line), strict=True)) for line in rows[1:]]
    assert next(line for line in found if line["节点"] == "自评")["延期次数"] == "1"


def test_a_refusal_needs_words_and_keeps_the_form(sign_in: SignIn, extension: Appeal) -> None:
    answer = sign_in("office").post(f"/appeals/{extension.id}/refusal", data={"answer": " "})
    assert answer.status_code == 422
    assert "不同意须写明原因" in answer.text
    assert extension.state is AppealState.PENDING


def test_a_second_answer_and_a_submission_meanwhile_are_told(
    sign_in: SignIn, session: Session, row: Milestone, extension: Appeal, waiver: Appeal, person: Person
) -> None:
    seen = waiver.version
    actions.withdraw(session, waiver, by=person("mangkang"), at=AT)
    milestones.submit(session, row, by=person("nongye"), at=AT, today=TODAY)
    client = sign_in("office")
    answer = client.post(f"/appeals/{waiver.id}/grant", data={"version": seen, "answer": "情况属实"})
    assert answer.status_code == 409
    assert "已被他人更新" in answer.text
    answer = client.post(f"/appeals/{extension.id}/grant", data={"answer": "抓紧办理"})
    assert answer.status_code == 409
    assert "当前状态是“待审核”，不能延期" in answer.text
    assert "抓紧办理" in answer.text
    assert state_of(row) is State.SUBMITTED


def test_what_was_submitted_meanwhile_is_not_offered_to_be_granted(
    sign_in: SignIn, session: Session, row: Milestone, extension: Appeal, person: Person
) -> None:
    client, address = sign_in("office"), f"/appeals/{extension.id}"
    assert ">同意</button>" in client.get(address).text
    milestones.submit(session, row, by=person("nongye"), at=AT, today=TODAY)
    page = client.get(address).text
    assert ">同意</button>" not in page
    assert "节点当前状态是“待审核”，不能延期，只能答复“不同意”" in page
    assert ">不同意</button>" in page


def test_many_are_answered_and_the_others_told(
    sign_in: SignIn, session: Session, row: Milestone, extension: Appeal, waiver: Appeal, person: Person
) -> None:
    milestones.submit(session, row, by=person("nongye"), at=AT, today=TODAY)
    ids = [f"{one.id}.{one.version}" for one in (extension, waiver)]
    client = sign_in("office")
    answer = client.post("/appeals/grants?state=pending", data={"id": ids, "answer": "同意"})
    assert answer.status_code == 200
    assert "已同意 1 项；1 项未办：当前状态是“待审核”，不能延期：11-1 市农业农村局" in answer.text
    assert waiver.milestone
    assert state_of(waiver.milestone) is State.WAIVED
    assert re.search(rf'value="{ids[0]}"[^>]* checked', answer.text)
    answer = client.post("/appeals/refusals", data={"id": ids[0], "answer": "已经提交"})
    assert (answer.status_code, answer.location) == (303, "/appeals")
    assert extension.state is AppealState.REFUSED
    assert "已答复不同意 1 项" in client.get("/appeals").text


def test_many_are_refused_for_one_reason_alone(sign_in: SignIn, extension: Appeal, waiver: Appeal) -> None:
    client, ids = sign_in("office"), [extension.id, waiver.id]
    answer = client.post("/appeals/refusals", data={"id": ids, "answer": ""})
    assert answer.status_code == 422
    assert "不同意须写明原因" in answer.text
    assert answer.text.count(" checked") == 2
    answer = client.post("/appeals/grants", data={"answer": "同意"})
    assert answer.status_code == 422
    assert "请先勾选要答复的申请" in answer.text
    assert client.post("/appeals/refusals", data={"id": ids, "answer": "理由不足"}).status_code == 303
    assert {extension.answer, waiver.answer} == {"理由不足"}


def test_the_office_asks_in_a_units_name_and_a_colleague_answers(
    sign_in: SignIn, session: Session, row: Milestone
) -> None:
    client = sign_in("office")
    assert f"/tasks/{row.task_id}?unit={row.unit_id}" in client.get(f"/tasks/{row.task_id}").text
    page = client.get(f"/tasks/{row.task_id}?unit={row.unit_id}").text
    assert f'action="/milestones/{row.id}/waiver"' in page
    assert "代市农业农村局申请" in client.get(f"/milestones/{row.id}/appeals").text
    client.post(f"/milestones/{row.id}/waiver", data={"reason": "来电说明"})
    appeal = the_appeal(session)
    page = client.get("/appeals?state=pending").text
    assert "（市食安办代）" in page
    assert 'type="checkbox"' not in page
    answer = client.post(f"/appeals/{appeal.id}/grant")
    assert answer.status_code == 409
    assert "须由食安办另一位同志答复" in answer.text
    assert sign_in("office-admin").post(f"/appeals/{appeal.id}/grant").status_code == 303
    assert row.state is State.WAIVED


def test_the_unit_withdraws_what_waits(sign_in: SignIn, extension: Appeal) -> None:
    client, address = sign_in("nongye"), f"/appeals/{extension.id}/withdrawal"
    assert f'action="{address}"' in client.get(f"/appeals/{extension.id}").text
    assert client.post(address, data={"version": extension.version}).status_code == 303
    assert extension.state is AppealState.WITHDRAWN
    answer = client.post(address)
    assert answer.status_code == 409
    assert "已经是“已撤回”" in answer.text


def test_other_units_rows_do_not_exist(
    sign_in: SignIn, find: Find, extension: Appeal, row: Milestone
) -> None:
    client = sign_in("mangkang")
    for address in (
        f"/milestones/{row.id}/waiver", f"/milestones/{row.id}/extension",
        f"/appeals/{extension.id}/withdrawal",
        f"/assignments/{row.assignment_id}/objection", f"/assignments/{row.assignment_id}/acknowledgement",
    ):  # fmt: skip
        answer = client.post(address, data={**EXTENSION, "ground": "其他"})
        assert answer.status_code == 404
        assert "没有找到" in answer.text
    assert client.get(f"/appeals/{extension.id}").status_code == 404
    assert "没有这样的申请" in client.get("/appeals").text


def test_a_department_does_not_read_what_a_county_asked(
    sign_in: SignIn, waiver: Appeal, extension: Appeal
) -> None:
    assert waiver.milestone
    address = f"/tasks/{waiver.milestone.task_id}"
    assert sign_in("nongye").get(f"/appeals/{waiver.id}").status_code == 404
    assert "辖区内没有这一业态" in sign_in("leader").get(address).text
    own = sign_in("mangkang").get("/appeals").text
    assert "辖区内没有这一业态" in own
    assert "检测设备" not in own


def test_readers_read_all_and_answer_nothing(sign_in: SignIn, extension: Appeal) -> None:
    for name in ("leader", "reviewer"):
        client = sign_in(name)
        assert "检测设备 5 月到货" in client.get("/appeals").text
        page = client.get(f"/appeals/{extension.id}").text
        assert "检测设备 5 月到货" in page
        assert f"/appeals/{extension.id}/grant" not in page
        assert client.post(f"/appeals/{extension.id}/grant").status_code == 403
    head = sign_in("nongye-head")
    assert "检测设备 5 月到货" in head.get("/appeals").text
    assert f"/appeals/{extension.id}/withdrawal" not in head.get(f"/appeals/{extension.id}").text


@pytest.mark.parametrize("query", ["state=x", "kind=x", "page=0", "page=999", "state=%00&kind=%25"])
def test_an_odd_address_is_still_a_page(sign_in: SignIn, extension: Appeal, query: str) -> None:
    assert sign_in("office").get(f"/appeals?{query}").status_code == 200


def test_the_filter_narrows_the_list(sign_in: SignIn, extension: Appeal, waiver: Appeal) -> None:
    client = sign_in("office")
    page = client.get("/appeals?kind=waiver&state=pending").text
    assert "辖区内没有这一业态" in page
    assert "检测设备" not in page
    assert "没有这样的申请" in client.get("/appeals?state=granted").text


def test_a_unit_acknowledges_one_and_then_the_rest(sign_in: SignIn, session: Session, row: Milestone) -> None:
    own = select(func.count()).where(Assignment.unit_id == row.unit_id, Assignment.acknowledged_at.is_(None))
    before = session.scalar(own) or 0
    client = sign_in("nongye")
    assert f"签收 {before} 项" in client.get("/desk").text
    address = f"/assignments/{row.assignment_id}/acknowledgement"
    assert f'action="{address}"' in client.get(f"/tasks/{row.task_id}").text
    assert client.post(address).status_code == 303
    assert "2024-03-22 10:00 已签收" in client.get(f"/tasks/{row.task_id}").text
    assert client.post(address).status_code == 409
    answer = client.post("/desk/acknowledgements", data={"back": "/desk?view=all"})
    assert (answer.status_code, answer.location) == (303, "/desk?view=all")
    page = client.get("/desk").text
    assert f"已签收 {before - 1} 项任务" in page
    assert "签收 0 项" not in page
    assert session.scalar(own) == 0
    assert "2024-03-22 10:00 已签收" in sign_in("office").get(f"/tasks/{row.task_id}").text
    assert "已签收" not in sign_in("mangkang").get(f"/tasks/{row.task_id}").text


def test_a_head_is_offered_nothing_to_ask(sign_in: SignIn, row: Milestone) -> None:
    client = sign_in("nongye-head")
    assert "签收 " not in client.get("/desk").text
    page = client.get(f"/tasks/{row.task_id}").text
    assert "/extension" not in page
    assert "/acknowledgement" not in page
    assert client.post(f"/milestones/{row.id}/waiver", data={"reason": "x"}).status_code == 409


def test_the_pages_are_valid_html(
    sign_in: SignIn,
    session: Session,
    html_checker: HtmlChecker,
    row: Milestone,
    extension: Appeal,
    waiver: Appeal,
    proof: Evidence,
    person: Person,
) -> None:
    actions.refuse(session, waiver, "请附说明", by=person("office"), at=AT)
    office = (
        "/appeals",
        f"/appeals/{extension.id}",
        f"/tasks/{row.task_id}",
        f"/milestones/{row.id}/appeals",
    )
    pages = {f"office {address}": sign_in("office").get(address).text for address in office}
    liaison = ("/appeals", f"/appeals/{extension.id}", f"/tasks/{row.task_id}", "/desk")
    pages |= {f"liaison {address}": sign_in("nongye").get(address).text for address in liaison}
    answers = {
        "extension": sign_in("nongye").post(f"/milestones/{row.id}/extension"),
        "objection": sign_in("nongye").post(f"/assignments/{row.assignment_id}/objection"),
        "refusal": sign_in("office").post(f"/appeals/{extension.id}/refusal"),
        "refusals": sign_in("office").post("/appeals/refusals", data={"id": extension.id}),
    }
    pages |= {name: answer.text for name, answer in answers.items()}
    wrong = {name: found for name, html in pages.items() if (found := html_checker.violations(html))}
    assert not wrong
