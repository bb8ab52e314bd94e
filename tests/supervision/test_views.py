"""Orders in the browser: what is shown, what is refused, and to whom an order exists."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.browser import HtmlChecker
from tests.supervision.conftest import AT, DUE, Person
from tests.world import find_milestone
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day, State
from tracker.plan.models import Campaign
from tracker.supervision import actions
from tracker.supervision.models import Order
from tracker.supervision.overdue import OverdueItem, overdue_items
from tracker.supervision.rules import OrderState
from tracker.units.models import Unit
from tracker.workdays.queries import calendar_of

SignIn = Callable[[str], FlaskClient]


@pytest.fixture(scope="module")
def html_checker() -> Iterator[HtmlChecker]:
    checker = HtmlChecker()
    yield checker
    checker.close()


def typed(overdue: list[OverdueItem], **changed: Any) -> dict[str, Any]:
    values = {
        "title": "芒康县逾期事项", "source": "逾期事项", "requirement": "请抓紧办理", "due_on": f"{DUE}",
        "urgency": "urgent", "signer": "高某某", "items": [item.key for item in overdue[:2]],
    }  # fmt: skip
    return {**values, **changed}


def state_of(order: Order) -> OrderState:
    return order.state


def test_an_order_from_the_overdue_items_to_its_end(
    sign_in: SignIn, session: Session, unit: Unit, items: list[OverdueItem]
) -> None:
    office = sign_in("office")
    assert "起草督办单" in office.get("/orders").text
    page = office.get(f"/orders/new?unit={unit.id}").text
    assert items[0].words in page
    answer = office.post("/orders", data=typed(items, unit=unit.id))
    order = session.scalars(select(Order)).one()
    address = f"/orders/{order.id}"
    assert (answer.status_code, answer.location) == (303, address)
    assert "编号交办" in office.get(address).text
    assert office.post(f"{address}/issue", data={"version": order.version}).status_code == 303
    liaison = sign_in("mangkang")
    assert "昌食安办督〔2024〕1号" in liaison.get("/orders").text
    assert liaison.post(f"{address}/acknowledgement").status_code == 303
    assert liaison.post(f"{address}/reply", data={"text": ""}).status_code == 422
    assert liaison.post(f"{address}/reply", data={"text": "已经补报"}).status_code == 303
    office = sign_in("office")
    refused = office.post(f"{address}/return", data={"answer": " "})
    assert refused.status_code == 422
    assert "须写明原因" in refused.text
    assert office.post(f"{address}/closure", data={"answer": "同意"}).status_code == 303
    assert order.state is OrderState.CLOSED
    assert "已经补报" in sign_in("leader").get(address).text


def test_a_bad_form_is_shown_again_with_what_was_typed(
    sign_in: SignIn, session: Session, unit: Unit, items: list[OverdueItem]
) -> None:
    office = sign_in("office")
    answer = office.post("/orders", data=typed(items, unit=unit.id, signer="", requirement="很急", items=[]))
    assert answer.status_code == 422
    for words in ("请填写签发人", "请至少选一项逾期事项", "很急"):
        assert words in answer.text
    answer = office.post("/orders", data=typed(items, unit=unit.id, due_on="2023-01-01"))
    assert answer.status_code == 409
    assert "办结时限不能早于今天" in answer.text
    assert session.scalars(select(Order)).all() == []
    assert office.get("/orders/new?unit=999999").status_code == 404


def test_a_new_order_offers_who_signed_the_last_one(
    sign_in: SignIn, session: Session, unit: Unit, items: list[OverdueItem]
) -> None:
    office, address = sign_in("office"), f"/orders/new?unit={unit.id}"
    assert '<datalist id="signers"></datalist>' in office.get(address).text
    for signer in ("高某某", "次仁某某"):
        office.post("/orders", data={"unit": unit.id, **typed(items, signer=signer)})
    page = office.get(address).text
    assert '<datalist id="signers"><option value="次仁某某"></option></datalist>' in page
    assert re.search(r'<input[^>]*name="signer"[^>]*value=""', page), "offered, not filled in"


def test_a_draft_is_changed_and_thrown_away(
    sign_in: SignIn, session: Session, draft: Order, items: list[OverdueItem]
) -> None:
    office, address = sign_in("office"), f"/orders/{draft.id}"
    assert "芒康县逾期事项" in office.get(f"{address}/edit").text
    assert office.post(f"{address}/draft", data=typed(items, title="月报未报")).status_code == 303
    assert draft.title == "月报未报"
    assert sign_in("leader").get(address).status_code == 404
    assert sign_in("office").post(f"{address}/deletion").status_code == 303
    assert sign_in("office").get(address).status_code == 404


def test_a_later_day_is_asked_and_answered(sign_in: SignIn, order: Order) -> None:
    liaison, address = sign_in("mangkang"), f"/orders/{order.id}"
    assert liaison.post(f"{address}/extension", data={"new_day": "", "reason": "塌方"}).status_code == 422
    early = liaison.post(f"{address}/extension", data={"new_day": f"{DUE}", "reason": "塌方"})
    assert early.status_code == 409
    assert "新时限须晚于" in early.text
    asked = liaison.post(f"{address}/extension", data={"new_day": "2024-04-12", "reason": "塌方"})
    assert asked.status_code == 303
    assert sign_in("office").post(f"{address}/extension/grant").status_code == 303
    assert f"{order.due_on}" == "2024-04-12"


def test_the_office_acts_in_a_units_name_and_a_colleague_checks(
    sign_in: SignIn, order: Order, person: Person
) -> None:
    office, address = sign_in("office"), f"/orders/{order.id}"
    assert "代芒康县签收" in office.get(address).text
    office.post(f"{address}/acknowledgement")
    office.post(f"{address}/reply", data={"text": "来电说明"})
    page = office.get(address).text
    assert "（市食安办代）" in page
    assert "须由食安办另一位同志核查" in page
    assert office.post(f"{address}/closure").status_code == 409
    assert sign_in("office-admin").post(f"{address}/closure").status_code == 303


def test_another_units_order_does_not_exist(sign_in: SignIn, order: Order) -> None:
    client, address = sign_in("nongye"), f"/orders/{order.id}"
    assert client.get(address).status_code == 404
    assert client.get(f"{address}.docx").status_code == 404
    assert "没有找到" in client.post(f"{address}/acknowledgement").text
    assert "没有这样的督办单" in client.get("/orders").text
    assert sign_in("mangkang-head").post(f"{address}/acknowledgement").status_code == 409


@pytest.mark.parametrize("query", ["state=x", "state=late", "unit=x", "page=0", "state=%00", "state=issued"])
def test_an_odd_address_is_still_a_page(sign_in: SignIn, order: Order, query: str) -> None:
    assert sign_in("office").get(f"/orders?{query}").status_code == 200


def test_the_order_goes_out_on_paper(sign_in: SignIn, order: Order) -> None:
    answer = sign_in("mangkang").get(f"/orders/{order.id}.docx")
    document = Document(BytesIO(answer.data))
    words = [paragraph.text for paragraph in document.paragraphs]
    for line in (
        "急件",
        "昌都市食品药品安全委员会办公室文件",
        "昌食安办督〔2024〕1号",
        "芒康县：",
        "2024年3月22日",
    ):
        assert line in words
    assert [cell.text for cell in document.tables[0].rows[2].cells][1::2] == [
        "2024年3月22日",
        "2024年3月29日",
    ]
    assert document.tables[1].rows[1].cells[1].text == order.items[0].words
    assert "filename=order-" in answer.headers["Content-Disposition"]


def test_contacts_stand_under_the_order_and_with_the_unit(
    sign_in: SignIn, unit: Unit, order: Order, session: Session
) -> None:
    office, page = sign_in("office"), f"/orders/overdue?unit={unit.id}"
    told = {"way": "phone", "person": "张某某", "about": "2 月月报", "reply": "明天补报", "unit": unit.id}
    assert office.post("/orders/contacts", data={**told, "reply": ""}).status_code == 422
    assert office.post("/orders/contacts", data=told).location == page
    milestone = next(item.milestone_id for item in order.items if item.milestone_id)
    assert office.post(f"/milestones/{milestone}/nudge").status_code == 303
    answer = office.post("/orders/contacts", data={**told, "about": "督办事项", "order": order.id})
    assert answer.location == f"/orders/{order.id}"
    html = office.get(page).text
    for words in ("明天补报", "催办记录", "市食安办 市食安办", "督办事项", "邮件"):
        assert words in html
    html = sign_in("mangkang").get(f"/orders/{order.id}").text
    assert "督办事项" in html
    assert "邮件" in html
    assert "2 月月报" not in html
    assert "明天补报" in sign_in("mangkang").get("/orders/overdue").text
    assert sign_in("nongye").get(page).status_code == 404


def test_the_pages_are_valid_html(
    sign_in: SignIn,
    session: Session,
    html_checker: HtmlChecker,
    unit: Unit,
    order: Order,
    items: list[OverdueItem],
    person: Person,
) -> None:
    address = f"/orders/{order.id}"
    actions.ask_extension(
        session, order, DUE.replace(month=4), "塌方", by=person("mangkang"), at=AT, today=AT.date()
    )
    office = sign_in("office")
    urls = ("/orders", f"/orders/new?unit={unit.id}", f"/orders/overdue?unit={unit.id}", address)
    pages = {url: office.get(url).text for url in urls}
    pages["bad contact"] = office.post("/orders/contacts", data={"order": order.id}).text
    pages["bad draft"] = office.post("/orders", data={"unit": unit.id}).text
    pages["numbers"] = sign_in("office-admin").get("/plan/settings/numbers").text
    liaison = sign_in("mangkang")
    liaison.post(f"{address}/acknowledgement")
    pages["bad reply"] = liaison.post(f"{address}/reply").text
    pages["bad day"] = liaison.post(f"{address}/extension").text
    liaison.post(f"{address}/reply", data={"text": "已经补报"})
    pages["check"] = sign_in("office").get(address).text
    pages["bad check"] = sign_in("office").post(f"{address}/return").text
    wrong = {name: found for name, html in pages.items() if (found := html_checker.violations(html))}
    assert not wrong


def late_ones(items: list[OverdueItem], count: int) -> list[int]:
    return [item.milestone_id for item in items if item.milestone_id][:count]


def test_an_order_begins_with_ticked_rows_of_the_ledger(
    sign_in: SignIn, session: Session, unit: Unit, items: list[OverdueItem]
) -> None:
    office, ids = sign_in("office"), late_ones(items, 2)
    listed = office.get(f"/milestones?unit={unit.id}&light=late").text
    assert f'formaction="/orders/choice?unit={unit.id}&amp;light=late"' in listed
    answer = office.post("/orders/choice", data={"id": ids})
    assert answer.status_code == 303
    assert answer.location == f"/orders/new?unit={unit.id}&milestone={ids[0]}&milestone={ids[1]}"
    page = office.get(answer.location).text
    assert page.count('name="items"') == len(items)
    assert len(re.findall(r'name="items"[^>]* checked', page)) == 2


def test_rows_that_make_no_order_are_told_why_and_stay_ticked(
    sign_in: SignIn, session: Session, items: list[OverdueItem], person: Person
) -> None:
    office, (own,) = sign_in("office"), late_ones(items, 1)
    answer = office.post("/orders/choice")
    assert answer.status_code == 422
    assert "请先勾选要督办的逾期节点" in answer.text
    not_late = find_milestone(session, "11-2", "芒康县", "G4").id
    answer = office.post("/orders/choice", data={"id": [own, not_late]})
    assert "勾选的节点里有 1 项没有逾期" in answer.text
    others = session.get_one(Milestone, own)
    other = session.scalars(
        select(Milestone.id)
        .where(Milestone.unit_id != others.unit_id, Milestone.late_from <= AT.date())
        .where(Milestone.state == State.OPEN, Milestone.is_backfill.is_(False))
        .limit(1)
    ).one()
    answer = office.post("/orders/choice", data={"id": [own, other]})
    assert answer.status_code == 422
    assert "一张督办单只对一个单位" in answer.text


def test_desk_and_task_name_the_order_beside_what_it_is_about(
    sign_in: SignIn, session: Session, order: Order, person: Person
) -> None:
    milestone = next(item.milestone for item in order.items if item.milestone)
    link = f'href="/orders/{order.id}">督办 {order.reference}</a>'
    desk, task = "/desk?view=late", f"/tasks/{milestone.task_id}"
    liaison = sign_in("mangkang")
    assert liaison.get(desk).text.count(link) == 1
    assert link in liaison.get(task).text
    assert link in sign_in("leader").get(task).text
    assert link not in sign_in("karuo").get(task).text
    actions.acknowledge(session, order, by=person("mangkang"), at=AT)
    actions.reply(session, order, "已办", [], by=person("mangkang"), at=AT)
    actions.close(session, order, "同意", by=person("office"), at=AT)
    assert link not in sign_in("mangkang").get(desk).text
    assert link not in sign_in("mangkang").get(task).text


def test_an_order_says_what_a_bare_duty_of_a_county_is_about(
    session: Session, campaign: Campaign, unit: Unit
) -> None:
    late = Day(date(2024, 5, 31), calendar_of(session, 1))
    words = next(one.words for one in overdue_items(session, campaign, unit, late) if "1-2 " in one.words)
    assert words.startswith("1-2 各县（区）参照落实：落实《地方党政领导干部食品安全责任制规定》要求")
    assert words.endswith("（自评）")
