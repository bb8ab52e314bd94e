"""Orders from the draft to the end: what changes, what is counted, what is refused."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.appeals.conftest import document
from tests.supervision.conftest import AT, DUE, TODAY, WORDS, Person
from tests.world import find_milestone
from tracker.errors import Refused, Stale
from tracker.events.models import Event
from tracker.evidence.rules import EvidenceState
from tracker.plan.models import Campaign
from tracker.supervision import actions, queries
from tracker.supervision.models import Order
from tracker.supervision.overdue import OverdueItem
from tracker.supervision.queries import Filter, is_late, waiting_orders
from tracker.supervision.rules import OrderState, Verdict
from tracker.supervision.rules import is_late as is_late_by_rule
from tracker.units.models import Unit

LATER = date(2024, 4, 12)


def verbs(session: Session, order: Order) -> list[str]:
    query = select(Event.verb).where(Event.subject == "order", Event.subject_id == order.id)
    return list(session.scalars(query.order_by(Event.id)))


def test_reports_and_milestones_can_be_chosen_the_oldest_first(items: list[OverdueItem]) -> None:
    assert any(item.period_id and item.words == "2024年2月月报未报" for item in items)
    assert any(item.milestone_id for item in items)
    assert [item.due_on for item in items] == sorted(item.due_on for item in items)
    assert all(item.due_on < TODAY and item.late_days > 0 for item in items)


def test_a_draft_has_no_number_and_its_items_say_so(
    draft: Order, items: list[OverdueItem], session: Session
) -> None:
    assert (draft.state, draft.number, draft.reference) == (OrderState.DRAFT, None, "")
    assert draft.items[0].words == items[0].words
    assert draft.items[1].milestone_id


@pytest.mark.parametrize("due_on", [TODAY - timedelta(days=1), date(2026, 1, 1)])
def test_a_draft_needs_items_and_a_day_that_can_be_kept(
    session: Session, campaign: Campaign, unit: Unit, items: list[OverdueItem], person: Person, due_on: date
) -> None:
    by = person("office")
    with pytest.raises(Refused, match="办结时限"):
        actions.draft(
            session, campaign, unit, replace(WORDS, due_on=due_on), items, by=by, at=AT, today=TODAY
        )
    with pytest.raises(Refused, match="至少选一项"):
        actions.draft(session, campaign, unit, WORDS, [], by=by, at=AT, today=TODAY)
    with pytest.raises(Refused, match="只有市食安办"):
        actions.draft(session, campaign, unit, WORDS, items, by=person("mangkang"), at=AT, today=TODAY)


def test_the_number_is_given_when_it_is_issued(order: Order) -> None:
    assert (order.state, order.reference) == (OrderState.ISSUED, "昌食安办督〔2024〕1号")


def test_a_draft_that_is_thrown_away_leaves_no_gap(
    session: Session,
    draft: Order,
    campaign: Campaign,
    unit: Unit,
    items: list[OverdueItem],
    person: Person,
) -> None:
    office = person("office")
    actions.discard(session, draft, by=office, at=AT)
    other = actions.draft(session, campaign, unit, WORDS, items[:1], by=office, at=AT, today=TODAY)
    actions.issue(session, other, by=office, at=AT)
    assert other.number == 1
    with pytest.raises(Refused, match="不能删除草稿"):
        actions.discard(session, other, by=office, at=AT)


def test_an_order_goes_from_draft_to_closed(session: Session, replied: Order, person: Person) -> None:
    actions.send_back(session, replied, "没有附台账", by=person("office"), at=AT)
    assert (replied.state, replied.return_count) == (OrderState.RETURNED, 1)
    milestone = find_milestone(session, "11-2", "芒康县")
    proof = document(session, milestone, person("mangkang"))
    actions.reply(session, replied, "已附台账", [proof], by=person("mangkang"), at=AT)
    assert proof.state is EvidenceState.SUBMITTED, "a draft is handed in with the reply"
    actions.close(session, replied, "同意", by=person("office"), at=AT)
    assert (replied.state, replied.closed_at) == (OrderState.CLOSED, AT)
    assert [reply.verdict for reply in replied.replies] == [Verdict.REFUSED, Verdict.GRANTED]
    steps = ["draft", "issue", "acknowledge", "reply", "return", "reply", "close"]
    assert verbs(session, replied) == steps


def test_who_replied_in_a_units_name_does_not_check(session: Session, order: Order, person: Person) -> None:
    office = person("office")
    actions.acknowledge(session, order, by=office, at=AT)
    actions.reply(session, order, "来电说明", [], by=office, at=AT)
    with pytest.raises(Refused, match="另一位同志"):
        actions.close(session, order, "", by=office, at=AT)
    actions.close(session, order, "", by=person("office-admin"), at=AT)


def test_a_proof_is_the_units_own(session: Session, order: Order, person: Person) -> None:
    actions.acknowledge(session, order, by=person("mangkang"), at=AT)
    foreign = document(session, find_milestone(session, "11-1", "市农业农村局"), person("nongye"))
    with pytest.raises(Refused, match="承办单位的材料"):
        actions.reply(session, order, "见附件", [foreign], by=person("mangkang"), at=AT)


def test_a_granted_extension_moves_the_day(session: Session, order: Order, person: Person) -> None:
    liaison, office = person("mangkang"), person("office")
    actions.ask_extension(session, order, LATER, "道路中断", by=liaison, at=AT, today=TODAY)
    with pytest.raises(Refused, match="正在等待"):
        actions.ask_extension(session, order, LATER, "再申请", by=liaison, at=AT, today=TODAY)
    with pytest.raises(Refused, match="不同意须写明原因"):
        actions.answer_extension(session, order, Verdict.REFUSED, " ", by=office, at=AT)
    actions.answer_extension(session, order, Verdict.GRANTED, "", by=office, at=AT)
    assert (order.planned_on, order.due_on, order.state) == (DUE, LATER, OrderState.ISSUED)


def test_a_reply_ends_the_wish_for_a_later_day(session: Session, order: Order, person: Person) -> None:
    liaison = person("mangkang")
    actions.acknowledge(session, order, by=liaison, at=AT)
    actions.ask_extension(session, order, LATER, "道路中断", by=liaison, at=AT, today=TODAY)
    actions.reply(session, order, "已经补报", [], by=liaison, at=AT)
    assert order.asked is None


def test_what_somebody_changed_meanwhile_is_not_overwritten(
    session: Session, draft: Order, person: Person
) -> None:
    seen = draft.version
    actions.issue(session, draft, by=person("office"), at=AT)
    with pytest.raises(Stale):
        actions.issue(session, draft, by=person("office-admin"), at=AT, version=seen)


def test_late_by_the_rule_is_late_by_the_query(session: Session, order: Order, campaign: Campaign) -> None:
    for state in OrderState:
        if state is OrderState.DRAFT:
            continue
        order.state = state
        session.flush()
        for today in (DUE, DUE + timedelta(days=1)):
            found = session.scalar(select(Order.id).where(is_late(today)))
            assert (found is not None) == is_late_by_rule(order, today)
    wanted = Filter(is_late=True)
    assert queries.order_count(session, campaign, wanted, DUE) == 0


def test_an_order_waits_for_somebody_until_it_is_closed(
    session: Session, replied: Order, campaign: Campaign, person: Person
) -> None:
    assert waiting_orders(session, campaign) == [replied]
    actions.close(session, replied, "", by=person("office"), at=AT)
    assert waiting_orders(session, campaign) == []
