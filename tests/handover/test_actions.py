"""What goes to the successor, and what is recorded of it."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.handover.conftest import Desk
from tests.world import city_moment, find_milestone
from tracker.errors import Refused
from tracker.events.models import Event
from tracker.handover.actions import HandedOver, disable
from tracker.outbox.actions import claim
from tracker.outbox.rules import MailState
from tracker.people.models import User

Person = Callable[[str], User]
AT = city_moment("2024-03-22T10:00")
TODAY = AT.date()


def stop(
    session: Session, desk: Desk, successor: User | None, by: User, *, is_vacant: bool = False
) -> HandedOver:
    return disable(session, desk.leaver, successor, is_vacant=is_vacant, by=by, at=AT, today=TODAY)


def test_tasks_and_waiting_mails_go_to_the_successor(session: Session, desk: Desk, person: Person) -> None:
    left = find_milestone(session, "1-2", "芒康县").assignment
    left.handler, left.left_on = desk.leaver, date(2024, 1, 1)
    done = stop(session, desk, desk.colleague, person("admin"))
    assert done == HandedOver(1, 1)
    assert not desk.leaver.is_active
    assert desk.share.handler is desk.colleague
    assert left.handler is desk.leaver
    assert (desk.mail.user_id, desk.mail.to_address) == (desk.colleague.id, "dawa@example.test")
    told = session.scalars(select(Event).where(Event.verb == "hand_over").order_by(Event.id)).all()
    assert [(event.subject, event.note) for event in told] == [
        ("assignment", f"{desk.leaver.name} → 达瓦"),
        ("user", ""),
    ]
    assert (told[0].task_id, told[0].unit_id) == (desk.share.task_id, desk.leaver.unit_id)
    assert told[1].after == {"successor": "dawa", "shares": ["11-2"], "mail_count": 1}


def test_what_was_sent_or_is_on_its_way_stays_the_leavers(
    session: Session, desk: Desk, person: Person
) -> None:
    for state in (MailState.SENT, MailState.SENDING, MailState.FAILED, MailState.EXPIRED):
        desk.mail.state = state
        session.flush()
        assert stop(session, desk, desk.colleague, person("admin")).mail_count == 0
        assert desk.mail.user_id == desk.leaver.id
        desk.leaver.is_active, desk.share.handler = True, desk.leaver


def test_a_successor_without_an_address_reads_the_mail_in_the_outbox(
    session: Session, desk: Desk, person: Person
) -> None:
    desk.colleague.email = ""
    stop(session, desk, desk.colleague, person("admin"))
    assert desk.mail.state is MailState.NO_ADDRESS


def test_without_a_successor_the_tasks_are_everybodys_and_nothing_goes_out(
    session: Session, desk: Desk, person: Person
) -> None:
    assert stop(session, desk, None, person("admin"), is_vacant=True) == HandedOver(0, 0)
    assert desk.share.handler is None
    assert claim(session, {desk.leaver.unit.jurisdiction_id: TODAY}, at=AT) is None
    assert desk.mail.state is MailState.EXPIRED
    assert "已停用" in desk.mail.answer


def test_a_handler_does_not_leave_without_a_word_on_who_follows(
    session: Session, desk: Desk, person: Person
) -> None:
    with pytest.raises(Refused, match="请选择接任人"):
        stop(session, desk, None, person("admin"))
    desk.colleague.is_active = False
    with pytest.raises(Refused, match="已停用"):
        stop(session, desk, desk.colleague, person("admin"))
    with pytest.raises(Refused, match="同一单位"):
        stop(session, desk, person("karuo"), person("admin"))
    assert desk.leaver.is_active


def test_who_handles_nothing_and_has_colleagues_just_leaves(
    session: Session, desk: Desk, person: Person
) -> None:
    desk.share.handler = None
    session.flush()
    stop(session, desk, None, person("admin"))
    assert not desk.leaver.is_active
    assert session.scalars(select(Event).where(Event.verb == "hand_over")).all() == []


def test_a_head_leaves_without_a_successor(session: Session, person: Person) -> None:
    head = person("mangkang-head")
    disable(session, head, None, is_vacant=False, by=person("admin"), at=AT, today=TODAY)
    assert session.scalars(select(Event.verb).where(Event.subject == "user")).all() == ["disable"]
