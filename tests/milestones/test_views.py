"""The ledger in the browser: who sees which rows, and what the office decides there."""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.milestones.conftest import Find
from tests.world import city_moment
from tracker.milestones import actions
from tracker.milestones.models import Milestone
from tracker.milestones.rules import State
from tracker.people.models import User
from tracker.units.models import Unit
from tracker.workbook.reading import read

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
FRIDAY = date(2024, 3, 22)
AT = city_moment("2024-03-21T10:00")


def total(html: str) -> int:
    """How many rows the list says it has."""
    return int(re.findall(r"<span>共 (\d+) 条</span>", html)[0])


def ticked(html: str) -> set[str]:
    """The rows that are ticked."""
    return set(re.findall(r'name="id" value="([^"]+)"[^>]* checked', html))


@pytest.fixture
def submitted(session: Session, find: Find, person: Person) -> Milestone:
    """11-1 of 市农业农村局, which its liaison ticked."""
    row = find("11-1", "市农业农村局")
    actions.submit(session, row, by=person("nongye"), at=AT, today=date(2024, 3, 21))
    return row


@pytest.fixture
def others(session: Session, find: Find, person: Person) -> list[Milestone]:
    """Two shares of 芒康县, ticked by its liaison."""
    rows = [find("1-2", "芒康县"), find("4-2", "芒康县")]
    for row in rows:
        actions.submit(session, row, by=person("mangkang"), at=AT, today=date(2024, 3, 21))
    return rows


def test_readers_see_all_units_and_a_unit_its_own(session: Session, sign_in: SignIn) -> None:
    all_count = session.scalar(select(func.count()).select_from(Milestone))
    assert total(sign_in("leader").get("/milestones").text) == all_count
    html = sign_in("mangkang").get("/milestones").text
    assert "芒康县" in html
    assert "江达县" not in html
    own_id = session.scalars(select(Unit.id).where(Unit.short == "芒康县")).one()
    own_count = session.scalar(select(func.count()).where(Milestone.unit_id == own_id))
    assert total(html) == own_count


def test_another_units_rows_are_not_there(session: Session, sign_in: SignIn) -> None:
    other_id = session.scalars(select(Unit.id).where(Unit.short == "卡若区")).one()
    client = sign_in("mangkang")
    assert client.get(f"/milestones?unit={other_id}").status_code == 404
    assert client.get(f"/milestones.xlsx?unit={other_id}").status_code == 404
    assert client.get("/milestones?unit=卡若区").status_code == 404
    assert client.get("/milestones?unit=芒康县").status_code == 200


def test_administrators_see_no_business(sign_in: SignIn) -> None:
    for name in ("admin", "security", "audit"):
        assert sign_in(name).get("/milestones").status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "unit=999999", "unit=x", "deadline=x", "deadline=999999999999", "section=9", "light=x", "role=x",
        "item=999", "sort=x", "page=0", "page=-1", "page=x", "text=%00", "text=%25",
        "item=%00", "unit=%00", "unit=²", "endpoint=x&_external=1",
    ],
)  # fmt: skip
def test_an_odd_address_is_still_a_page(sign_in: SignIn, query: str) -> None:
    assert sign_in("office").get(f"/milestones?{query}").status_code == 200


def test_the_filter_narrows_the_list(sign_in: SignIn, submitted: Milestone) -> None:
    client = sign_in("office")
    html = client.get("/milestones?light=review&item=11-1&role=lead&section=1&text=农业").text
    assert total(html) == 1
    assert f'value="{submitted.id}.{submitted.version}"' in html
    assert "没有符合条件的节点" in client.get("/milestones?item=999").text


def test_a_row_of_a_bare_task_says_what_it_is_about(sign_in: SignIn) -> None:
    rows = sign_in("office").get("/milestones?item=11-2").text
    assert "各县（区）具体落实，确保现场可查：全面推行耕地分类管理，" in rows


def test_the_workbook_has_the_rows_of_the_filter(sign_in: SignIn, submitted: Milestone) -> None:
    answer = sign_in("leader").get("/milestones.xlsx?light=review")
    assert answer.status_code == 200
    rows = list(read(BytesIO(answer.data)))
    assert len(rows) == 2
    assert [cell.text for cell in rows[1][:3]][0::2] == ["11-1", "市农业农村局"]


def test_the_office_accepts_one(sign_in: SignIn, submitted: Milestone) -> None:
    answer = sign_in("office").post(
        f"/milestones/{submitted.id}/acceptance",
        data={"version": submitted.version, "back": "/milestones?page=2"},
    )
    assert (answer.status_code, answer.location) == (303, "/milestones?page=2")
    assert submitted.state is State.ACCEPTED


def test_a_back_address_of_elsewhere_is_ignored(sign_in: SignIn, submitted: Milestone) -> None:
    answer = sign_in("office").post(
        f"/milestones/{submitted.id}/acceptance", data={"back": "https://elsewhere.test/"}
    )
    assert answer.location == f"/tasks/{submitted.task_id}"


def test_an_acceptance_is_taken_back_with_a_reason(sign_in: SignIn, submitted: Milestone) -> None:
    client = sign_in("office")
    client.post(f"/milestones/{submitted.id}/acceptance")
    answer = client.post(f"/milestones/{submitted.id}/return", data={"reason": "材料是去年的"})
    assert answer.status_code == 303
    assert (submitted.state, submitted.reason) == (State.RETURNED, "材料是去年的")


def test_a_return_without_a_reason_shows_the_form_again(sign_in: SignIn, submitted: Milestone) -> None:
    answer = sign_in("office").post(f"/milestones/{submitted.id}/return", data={"reason": "  "})
    assert answer.status_code == 422
    assert "退回须写明原因" in answer.text
    assert submitted.state is State.SUBMITTED


def test_a_stale_return_shows_the_present_state_and_keeps_the_reason(
    sign_in: SignIn, session: Session, submitted: Milestone, person: Person
) -> None:
    seen = submitted.version
    client = sign_in("office")
    actions.accept(session, submitted, by=person("office-admin"), at=AT)
    answer = client.post(f"/milestones/{submitted.id}/return", data={"version": seen, "reason": "请补签收表"})
    assert answer.status_code == 409
    assert "已被他人更新" in answer.text
    assert "办结" in answer.text
    assert "请补签收表" in answer.text
    assert f'name="version" value="{submitted.version}"' in answer.text
    assert submitted.state is State.ACCEPTED


def test_what_the_state_does_not_allow_says_why(sign_in: SignIn, find: Find) -> None:
    row = find("11-1", "市农业农村局")
    answer = sign_in("office").post(f"/milestones/{row.id}/acceptance")
    assert answer.status_code == 409
    assert "当前状态是“待办”，不能办结" in answer.text


def test_an_unknown_milestone_is_not_found(sign_in: SignIn) -> None:
    client = sign_in("office")
    assert client.post("/milestones/99999999/acceptance").status_code == 404
    assert client.post("/milestones/99999999/return", data={"reason": "x"}).status_code == 404


def test_many_are_accepted_and_the_refused_are_told(
    sign_in: SignIn, submitted: Milestone, others: list[Milestone], find: Find
) -> None:
    open_one = find("3-2", "市教育局")
    ids = [f"{row.id}.{row.version}" for row in (submitted, *others, open_one)]
    client = sign_in("office")
    answer = client.post("/milestones/acceptances?light=review", data={"id": ids})
    assert answer.status_code == 200
    assert "已办结 3 项；1 项未办：当前状态是“待办”，不能办结：3-2 市教育局" in answer.text
    assert {row.state for row in (submitted, *others)} == {State.ACCEPTED}
    assert open_one.state is State.OPEN


def test_nobody_accepts_in_bulk_what_they_submitted_themselves(
    sign_in: SignIn, session: Session, find: Find, person: Person
) -> None:
    own = find("4-1", "市食安办")
    actions.submit(session, own, by=person("office"), at=AT, today=FRIDAY)
    client = sign_in("office")
    answer = client.post("/milestones/acceptances", data={"id": own.id})
    assert answer.status_code == 409
    assert "须由食安办另一位同志审核" in answer.text
    assert own.state is State.SUBMITTED


def test_a_row_that_changed_since_is_not_accepted_in_bulk(sign_in: SignIn, submitted: Milestone) -> None:
    client = sign_in("office")
    seen = f"{submitted.id}.{submitted.version - 1}"
    answer = client.post("/milestones/returns?light=review", data={"id": seen, "reason": "请补签收表"})
    assert answer.status_code == 409
    assert "1 项未办：内容已被他人更新，请核对最新状态后再操作：11-1 市农业农村局" in answer.text
    assert 'value="请补签收表"' in answer.text
    assert ticked(answer.text) == {f"{submitted.id}.{submitted.version}"}
    assert submitted.state is State.SUBMITTED


def test_a_bulk_action_that_nothing_stops_names_the_act(
    sign_in: SignIn, submitted: Milestone, others: list[Milestone]
) -> None:
    client = sign_in("office")
    ids = [row.id for row in others]
    answer = client.post("/milestones/returns?light=review", data={"id": ids, "reason": "缺照片"})
    assert (answer.status_code, answer.location) == (303, "/milestones?light=review")
    assert "已退回 2 项" in client.get(answer.location).text


def test_what_was_done_in_part_keeps_the_rest_ticked(
    sign_in: SignIn, submitted: Milestone, find: Find
) -> None:
    row = find("1-2", "芒康县")
    data = {"id": [row.id, submitted.id], "day": "2024-04-15"}
    address = f"/milestones/earlier-days?deadline={row.deadline_id}&text=1-"
    answer = sign_in("office").post(address, data=data)
    assert answer.status_code == 200
    assert "已提前期限 1 项；1 项未办：当前状态是“待审核”，不能提前期限：11-1 市农业农村局" in answer.text
    assert 'value="2024-04-15"' in answer.text
    assert ticked(answer.text) <= {f"{submitted.id}.{submitted.version}"}


@pytest.mark.parametrize(
    ("shown", "tools"),
    [
        ("", ["办结", "退回", "提前期限"]),
        ("review", ["办结", "退回"]),
        ("done", ["退回"]),
        ("backfill", ["提前期限", "补录办结"]),
        ("ahead", ["提前期限"]),
    ],
)
def test_only_the_tools_that_can_apply_are_shown(
    sign_in: SignIn, session: Session, submitted: Milestone, find: Find, shown: str, tools: list[str]
) -> None:
    find("1-2", "芒康县").state = State.ACCEPTED
    session.flush()
    deadline = "" if shown else submitted.deadline_id
    html = sign_in("office").get(f"/milestones?light={shown}&deadline={deadline}").text
    assert (
        re.findall(r'<button class="btn[^"]*" type="submit"[^>]*>(办结|退回|提前期限|补录办结)<', html)
        == tools
    )


def test_what_was_left_is_not_decided_on(sign_in: SignIn, session: Session, find: Find) -> None:
    find("1-2", "芒康县").state = State.LEFT
    session.flush()
    html = sign_in("office").get("/milestones?light=left").text
    assert total(html) == 1
    assert "批量办理" not in html
    assert 'type="checkbox"' not in html


def test_a_returned_row_tells_the_reason(sign_in: SignIn, session: Session, submitted: Milestone) -> None:
    client = sign_in("office")
    client.post(f"/milestones/{submitted.id}/return", data={"reason": "材料是去年的"})
    html = client.get("/milestones?light=returned").text
    assert total(html) == 1
    assert "退回：材料是去年的" in html
    assert '<option value="returned" selected>' in html
    assert re.findall(r'<button class="btn quiet" type="submit"[^>]*>([^<]+)<', html) == ["提前期限", "催办"]


def test_many_are_returned_for_one_reason(sign_in: SignIn, others: list[Milestone]) -> None:
    data = {"id": [row.id for row in others], "reason": "缺照片"}
    assert sign_in("office").post("/milestones/returns", data=data).status_code == 303
    assert {(row.state, row.reason) for row in others} == {(State.RETURNED, "缺照片")}


def test_a_bulk_return_without_a_reason_keeps_what_was_ticked(
    sign_in: SignIn, others: list[Milestone]
) -> None:
    ids = [f"{row.id}.{row.version}" for row in others]
    answer = sign_in("office").post("/milestones/returns?light=review", data={"id": ids, "reason": ""})
    assert answer.status_code == 422
    assert "退回须写明原因" in answer.text
    assert all(re.search(rf'value="{re.escape(one)}"[^>]* checked', answer.text) for one in ids)
    assert {row.state for row in others} == {State.SUBMITTED}


def test_nothing_ticked_is_told(sign_in: SignIn) -> None:
    client = sign_in("office")
    for step in ("acceptances", "returns", "earlier-days", "backfill-closures"):
        answer = client.post(f"/milestones/{step}", data={"reason": "x", "day": "2024-04-01"})
        assert answer.status_code == 422
        assert "请先勾选要办理的节点" in answer.text


def test_an_earlier_day_for_all_of_an_indicator(sign_in: SignIn, session: Session, find: Find) -> None:
    row = find("1-2", "芒康县")
    deadline = f"deadline={row.deadline_id}"
    answer = sign_in("office").post(
        f"/milestones/earlier-days?item=1&{deadline}", data={"all": "1", "day": "2024-04-15"}
    )
    assert answer.status_code == 303
    changed = session.scalars(select(Milestone).where(Milestone.planned_on == date(2024, 4, 15))).all()
    assert {each.task.code for each in changed} == {"1-1", "1-2"}
    assert len(changed) == 4 + 11
    assert {each.late_from for each in changed} == {date(2024, 4, 16)}


@pytest.mark.parametrize("typed", ["", "昨天", "2024-13-01"])
def test_an_earlier_day_needs_a_day(sign_in: SignIn, find: Find, typed: str) -> None:
    row = find("1-2", "芒康县")
    answer = sign_in("office").post("/milestones/earlier-days", data={"id": row.id, "day": typed})
    assert answer.status_code == 422
    assert 'aria-describedby="day-error"' in answer.text


def test_a_day_after_the_plans_own_is_refused(sign_in: SignIn, find: Find) -> None:
    row = find("1-2", "芒康县")
    client = sign_in("office")
    answer = client.post("/milestones/earlier-days", data={"id": row.id, "day": "2024-05-01"})
    assert answer.status_code == 409
    assert "不能晚于方案规定的 2024-04-30" in answer.text
    assert 'value="2024-05-01"' in answer.text


def test_backfill_is_closed_for_all_of_the_filter(sign_in: SignIn, session: Session) -> None:
    backfill = (Milestone.is_backfill, Milestone.state == State.OPEN)
    before = session.scalar(select(func.count()).where(*backfill))
    assert before
    client = sign_in("office")
    unit_id = session.scalars(select(Unit.id).where(Unit.short == "芒康县")).one()
    client.post(f"/milestones/backfill-closures?light=backfill&unit={unit_id}", data={"all": "1"})
    assert session.scalar(select(func.count()).where(*backfill, Milestone.unit_id == unit_id)) == 0
    assert session.scalar(select(func.count()).where(*backfill))


def test_all_is_not_for_accepting(sign_in: SignIn, submitted: Milestone) -> None:
    assert sign_in("office").post("/milestones/acceptances", data={"all": "1"}).status_code == 422
    assert submitted.state is State.SUBMITTED


@pytest.mark.parametrize("name", ["leader", "reviewer", "nongye", "nongye-head", "admin"])
def test_only_the_office_decides(sign_in: SignIn, submitted: Milestone, name: str) -> None:
    client = sign_in(name)
    data = {"id": submitted.id, "reason": "x", "day": "2024-04-01", "all": "1"}
    for path in (
        *(f"/milestones/{step}" for step in ("acceptances", "returns", "earlier-days", "backfill-closures")),
        f"/milestones/{submitted.id}/acceptance",
        f"/milestones/{submitted.id}/return",
    ):
        assert client.post(path, data=data).status_code == 403
    assert submitted.state is State.SUBMITTED
    html = client.get("/milestones").text
    assert not any(
        f"/milestones/{step}" in html for step in ("acceptances", "returns", "earlier", "backfill")
    )


def test_missing_shares_are_told(sign_in: SignIn, session: Session, submitted: Milestone) -> None:
    submitted.missing = "市科技局、市教育局"
    session.flush()
    assert "缺：市科技局、市教育局" in sign_in("office").get("/milestones?light=review").text


def test_a_liaison_ticks_many_of_the_own_unit_at_once(sign_in: SignIn, session: Session, find: Find) -> None:
    mine, early, others = (
        find("11-1", "市农业农村局"),
        find("11-1", "市农业农村局", "G4"),
        find("12-2", "芒康县"),
    )
    client = sign_in("nongye")
    assert "勾选提交" in client.get("/milestones?light=late").text
    ids = [f"{row.id}.{row.version}" for row in (mine, early, others)]
    answer = client.post("/milestones/submissions", data={"id": ids})
    assert answer.status_code == 200
    assert "已提交 1 项" in answer.text
    assert "11-1 市农业农村局" in answer.text
    assert "芒康县" not in answer.text
    assert (mine.state, early.state, others.state) == (State.SUBMITTED, State.OPEN, State.OPEN)
    assert "撤回" in client.get("/milestones?light=review").text
    assert client.post("/milestones/withdrawals", data={"id": f"{mine.id}.{mine.version}"}).status_code == 303
    assert mine.state is State.OPEN


def test_the_office_ticks_many_in_a_units_name(sign_in: SignIn, session: Session, find: Find) -> None:
    row, client = find("12-2", "芒康县"), sign_in("office")
    assert "代勾选提交" not in client.get("/milestones?light=late").text
    address = f"/milestones?unit={row.unit_id}&light=late"
    assert "代勾选提交" in client.get(address).text
    answer = client.post(
        f"/milestones/submissions?unit={row.unit_id}", data={"id": f"{row.id}.{row.version}"}
    )
    assert answer.status_code == 303
    assert row.state is State.SUBMITTED
    assert "市食安办代" in sign_in("mangkang").get(f"/tasks/{row.task_id}").text
