"""Delivery: each mail once, failures again later, lost claims taken over."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.databases import RolledBackDatabase
from tests.outbox.conftest import FakeSender, Queue
from tests.outbox.mailroom import Mailroom
from tests.world import MovableClock
from tracker.errors import Refused
from tracker.events.models import Event
from tracker.outbox import actions
from tracker.outbox.jobs import Delivery, deliver
from tracker.outbox.queries import open_cities
from tracker.outbox.rules import MailState
from tracker.outbox.smtp import NotSentError, Sender, SmtpSender
from tracker.people.models import User

FROM = "昌都市食安办 <tracker@shian.example.test>"


class Office:
    """Delivers, and reads the outbox afterwards."""

    def __init__(self, session: Session, database: RolledBackDatabase, clock: MovableClock) -> None:
        self.session, self.database, self.clock = session, database, clock

    def deliver(self, sender: Sender) -> Delivery:
        self.session.commit()
        done = deliver(self.database, self.clock, sender, mail_from=FROM)
        self.session.expire_all()
        return done


@pytest.fixture
def office(session: Session, database: RolledBackDatabase, clock: MovableClock) -> Office:
    return Office(session, database, clock)


def test_a_mail_is_sent_once_and_the_answer_kept(office: Office, queued: Queue, mailroom: Mailroom) -> None:
    message = queued("a")
    sender = SmtpSender(mailroom.url)
    assert office.deliver(sender).words == "已发 1 封"
    assert office.deliver(sender).words == ""
    (mail,) = mailroom.mails
    assert (message.state, message.answer) == (MailState.SENT, "250 2.0.0 queued as 1")
    assert message.sent_at == office.clock.now()
    assert mail["Subject"] == "【测试】a"
    assert mail["To"] == "mangkang@example.test"
    assert mail["Message-ID"] == f"<outbox-{message.id}-0@shian.example.test>"
    parts = {part.get_content_type(): part.get_content() for part in mail.iter_parts()}
    assert "正文 a" in parts["text/plain"]
    assert "<p>正文 a</p>" in parts["text/html"]


def test_a_mail_of_a_later_clock_goes_at_once(office: Office, queued: Queue, sender: FakeSender) -> None:
    office.clock.move_to("2024-03-26T09:00")
    queued("a")
    office.clock.move_to("2024-03-22T10:00")
    assert office.deliver(sender).sent_count == 1


def test_the_same_mail_is_not_queued_twice(session: Session, queued: Queue) -> None:
    queued("a")
    with pytest.raises(IntegrityError), session.begin_nested():
        queued("a")


def test_who_has_no_address_gets_nothing(office: Office, queued: Queue, sender: FakeSender) -> None:
    message = queued("a", address="")
    assert office.deliver(sender).words == ""
    assert message.state is MailState.NO_ADDRESS


def test_a_refused_mail_is_tried_again_later_and_the_others_go(
    office: Office, queued: Queue, sender: FakeSender
) -> None:
    first, second = queued("a"), queued("b")
    sender.troubles = [NotSentError("550 no such user")]
    assert office.deliver(sender).words == "已发 1 封，失败 1 封（550 no such user）"
    assert (first.state, first.answer) == (MailState.WAITING, "550 no such user")
    assert second.state is MailState.SENT
    assert office.deliver(sender).words == ""
    office.clock.move_to("2024-03-22T10:01")
    assert office.deliver(sender).words == "已发 1 封"
    assert (first.state, first.attempt_count, first.answer) == (MailState.SENT, 2, "250 taken")


def test_after_eight_failures_it_is_given_up_and_a_person_may_resend(
    office: Office, queued: Queue, sender: FakeSender
) -> None:
    message = queued("a")
    sender.troubles = [NotSentError(f"451 try {number}") for number in range(1, 9)]
    for hour in ("10:00", "10:01", "10:06", "10:21", "10:51", "11:51", "13:51", "16:51"):
        office.clock.move_to(f"2024-03-22T{hour}")
        assert office.deliver(sender).failed_count == 1
    assert (message.state, message.attempt_count) == (MailState.FAILED, 8)
    assert message.answer == "451 try 8"
    office.clock.move_to("2024-05-20T10:00")  # what was given up is not out of date
    assert office.deliver(sender).words == ""
    admin = office.session.scalars(select(User).where(User.username == "office-admin")).one()
    actions.resend(office.session, message, by=admin, at=office.clock.now())
    assert office.deliver(sender).sent_count == 1
    assert sender.mails[0]["Message-ID"] == f"<outbox-{message.id}-1@shian.example.test>"
    event = office.session.scalars(select(Event).where(Event.subject == "outbox_message")).one()
    assert (event.verb, event.by_id, event.before["state"]) == ("resend", admin.id, "failed")


def test_a_resent_mail_goes_to_the_present_address(office: Office, queued: Queue, sender: FakeSender) -> None:
    message = queued("a", address="")
    admin = office.session.scalars(select(User).where(User.username == "office-admin")).one()
    message.user.email = ""
    with pytest.raises(Refused, match="还没有登记邮箱"):
        actions.resend(office.session, message, by=admin, at=office.clock.now())
    message.user.email = "new@example.test"
    actions.resend(office.session, message, by=admin, at=office.clock.now())
    office.deliver(sender)
    assert sender.mails[0]["To"] == "new@example.test"
    message.state = MailState.SENDING
    with pytest.raises(Refused, match="邮件发送中，不需要重发"):
        actions.resend(office.session, message, by=admin, at=office.clock.now())


def test_an_unreachable_server_ends_the_run(office: Office, queued: Queue) -> None:
    queued("a"), queued("b")
    done = office.deliver(SmtpSender("smtp://127.0.0.1:1"))
    assert (done.sent_count, done.failed_count) == (0, 1)
    assert done.trouble.startswith("无法连接邮件服务器")


def test_the_servers_refusal_is_kept(office: Office, queued: Queue, mailroom: Mailroom) -> None:
    message = queued("a")
    mailroom.refusal = "452 4.3.1 no space"
    office.deliver(SmtpSender(mailroom.url))
    assert message.answer == "452 4.3.1 no space"


@pytest.mark.parametrize("address", ["two@example.test\r\nBcc: x@example.test", "市食安办@example.test"])
def test_an_address_that_cannot_be_used_stops_nobody_else(
    office: Office, queued: Queue, mailroom: Mailroom, address: str
) -> None:
    bad, good = queued("a", address=address), queued("b")
    office.deliver(SmtpSender(mailroom.url))
    assert good.state is MailState.SENT
    assert len(mailroom.mails) + (bad.state is MailState.WAITING) == 2


@pytest.mark.parametrize("trouble", [ValueError("bad header"), RuntimeError("no idea")])
def test_whatever_goes_wrong_is_an_answer_and_stops_nobody_else(
    office: Office, queued: Queue, sender: FakeSender, trouble: Exception
) -> None:
    bad, good = queued("a"), queued("b")
    sender.troubles = [trouble]
    assert office.deliver(sender).failed_count == 1
    assert (bad.state, good.state) == (MailState.WAITING, MailState.SENT)
    assert bad.answer == f"程序出错：{type(trouble).__name__} {trouble}"


@pytest.mark.parametrize("url", ["smtp://127.0.0.1:99999", "smtp://[::1"])
def test_a_wrong_address_of_the_server_is_its_answer(office: Office, queued: Queue, url: str) -> None:
    message = queued("a")
    assert office.deliver(SmtpSender(url)).failed_count == 1
    assert message.state is MailState.WAITING
    assert message.answer.startswith("TRACKER_SMTP_URL 不能使用")


def test_a_wrong_sender_is_the_mails_answer(office: Office, queued: Queue, sender: FakeSender) -> None:
    message = queued("a")
    office.session.commit()
    deliver(office.database, office.clock, sender, mail_from="昌都市食安办 <>")
    office.session.expire_all()
    assert message.state is MailState.WAITING
    assert message.answer


@pytest.mark.parametrize("moment", ["2024-03-23T10:00", "2024-03-24T10:00", "2024-03-25T08:59"])
def test_mail_goes_from_nine_on_working_days_alone(
    office: Office, queued: Queue, sender: FakeSender, moment: str
) -> None:
    office.clock.move_to(moment)
    message = queued("a")
    assert office.deliver(sender).words == ""
    assert (message.state, message.attempt_count) == (MailState.WAITING, 0)


def test_the_hour_is_that_of_the_city(office: Office, queued: Queue, sender: FakeSender) -> None:
    message = queued("a")
    message.user.unit.jurisdiction.timezone = "Europe/Paris"  # where it is three in the morning
    assert office.deliver(sender).words == ""
    message.user.unit.jurisdiction.timezone = "Asia/Shanghai"
    assert office.deliver(sender).sent_count == 1


@pytest.mark.parametrize("moment", ["2024-03-23T00:00", "2024-03-25T09:00"])
def test_what_did_not_go_on_its_day_is_out_of_date(
    office: Office, queued: Queue, sender: FakeSender, moment: str
) -> None:
    waiting, lost, unread = queued("a"), queued("b"), queued("c", address="")
    sender.troubles = [NotSentError("no route", is_down=True)]
    office.deliver(sender)
    lost.state, lost.claimed_at = MailState.SENDING, office.clock.now()
    office.clock.move_to(moment)
    assert office.deliver(sender).words == ""
    assert (waiting.state, waiting.answer, waiting.next_try_at) == (MailState.EXPIRED, "no route", None)
    assert lost.state is MailState.EXPIRED
    assert unread.state is MailState.NO_ADDRESS
    admin = office.session.scalars(select(User).where(User.username == "office-admin")).one()
    with pytest.raises(Refused, match="已过时"):
        actions.resend(office.session, waiting, by=admin, at=office.clock.now())


def test_a_server_that_is_down_all_day_fails_no_mail(
    office: Office, queued: Queue, sender: FakeSender
) -> None:
    message = queued("a")
    sender.troubles = [NotSentError("no route", is_down=True)] * 9
    for hour in ("10:00", "10:01", "10:06", "10:21", "10:51", "11:51", "13:51", "16:51", "19:51"):
        office.clock.move_to(f"2024-03-22T{hour}")
        assert office.deliver(sender).failed_count == 1
    assert message.state is MailState.WAITING


def test_a_mail_that_a_person_has_sent_again_waits_for_the_next_working_day(
    office: Office, queued: Queue, sender: FakeSender
) -> None:
    message = queued("a")
    message.state = MailState.FAILED
    admin = office.session.scalars(select(User).where(User.username == "office-admin")).one()
    actions.resend(office.session, message, by=admin, at=office.clock.now())
    office.clock.move_to("2024-03-23T10:00")
    assert office.deliver(sender).words == ""
    office.clock.move_to("2024-03-25T09:00")
    assert office.deliver(sender).sent_count == 1


@pytest.mark.parametrize("change", [{"is_active": False}, {"valid_until": date(2024, 3, 21)}])
def test_who_has_left_gets_nothing(
    office: Office, queued: Queue, sender: FakeSender, change: dict[str, Any]
) -> None:
    message, other = queued("a"), queued("b", "karuo")
    for name, value in change.items():
        setattr(message.user, name, value)
    assert office.deliver(sender).words == "已发 1 封"
    assert (message.state, other.state) == (MailState.EXPIRED, MailState.SENT)
    assert message.answer.startswith("没有发送：该账号")


def test_no_mail_is_sent_again_to_who_has_left(office: Office, queued: Queue) -> None:
    message = queued("a")
    message.state, message.user.is_active = MailState.FAILED, False
    admin = office.session.scalars(select(User).where(User.username == "office-admin")).one()
    with pytest.raises(Refused, match="账号已停用"):
        actions.resend(office.session, message, by=admin, at=office.clock.now())


def test_a_claim_holds_for_its_lease_and_is_then_taken_over(
    office: Office, queued: Queue, sender: FakeSender
) -> None:
    message = queued("a")
    cities = open_cities(office.session, office.clock.now())
    assert actions.claim(office.session, cities, at=office.clock.now()) is not None  # and its process dies
    assert office.deliver(sender).words == ""
    office.clock.move_to("2024-03-22T10:09")
    assert office.deliver(sender).words == ""
    office.clock.move_to("2024-03-22T10:10")
    assert office.deliver(sender).words == "已发 1 封"
    assert sender.mails[0]["Message-ID"] == f"<outbox-{message.id}-0@shian.example.test>"


def test_the_outcome_of_a_lost_claim_changes_nothing(
    office: Office, queued: Queue, sender: FakeSender
) -> None:
    message = queued("a")
    with office.database.transaction() as slow_process:
        cities = open_cities(slow_process, office.clock.now())
        lost = actions.claim(slow_process, cities, at=office.clock.now())
    assert lost is not None
    office.clock.move_to("2024-03-22T10:30")
    office.deliver(sender)
    actions.mark_failed(office.session, lost, "421 too late", at=office.clock.now())
    office.session.expire_all()
    assert (message.state, message.answer) == (MailState.SENT, "250 taken")
