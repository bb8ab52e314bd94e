"""Messages to the robots of chat groups: once each, failures again later, the answers kept."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.databases import RolledBackDatabase
from tests.outbox.robot import Robot, open_robot
from tests.world import MovableClock, city_moment
from tracker.networks import is_near
from tracker.outbox.hooks import Post, claim_post, post_of, queue_post
from tracker.outbox.jobs import Delivery, deliver_posts
from tracker.outbox.models import HookMessage
from tracker.outbox.rules import (
    MAX_ATTEMPTS,
    HookKind,
    MailState,
    hook_secret_fault,
    hook_url_fault,
    signed_url,
)
from tracker.outbox.webhook import NotPostedError, post
from tracker.units.models import Jurisdiction

Queue = Callable[..., HookMessage]
Deliver = Callable[[], Delivery]


@pytest.fixture
def robot() -> Iterator[Robot]:
    with open_robot() as robot:
        yield robot


@pytest.fixture
def queued(session: Session, clock: MovableClock, robot: Robot) -> Queue:
    """Queues a message to the robot."""
    city_id = session.scalars(select(Jurisdiction.id)).one()

    def add(key: str, kind: HookKind = HookKind.WECOM, url: str = "", secret: str = "") -> HookMessage:
        said = Post(kind, url or robot.url, f"标题 {key}", f"**正文** {key}", secret)
        return queue_post(session, key, said, jurisdiction_id=city_id, at=clock.now())

    return add


@pytest.fixture
def deliver(session: Session, database: RolledBackDatabase, clock: MovableClock) -> Deliver:
    """Delivers what may go."""

    def run() -> Delivery:
        session.commit()
        done = deliver_posts(database, clock, post)
        session.expire_all()
        return done

    return run


def test_each_robot_gets_its_own_shape_once(queued: Queue, deliver: Deliver, robot: Robot) -> None:
    message = queued("a")
    queued("b", HookKind.DINGTALK)
    assert deliver().words == "已发 2 封"
    assert deliver().words == ""
    assert robot.bodies == [
        {"msgtype": "markdown", "markdown": {"content": "**正文** a"}},
        {"msgtype": "markdown", "markdown": {"title": "标题 b", "text": "**正文** b"}},
    ]
    assert (message.state, message.answer) == (MailState.SENT, robot.answer)


def test_a_secret_signs_at_the_moment_of_posting_and_is_told_nowhere(
    queued: Queue, deliver: Deliver, robot: Robot, clock: MovableClock
) -> None:
    message = queued("a", HookKind.DINGTALK, secret="SECabc")
    clock.move_to("2024-03-22T11:00")
    robot.status = 500
    deliver()
    clock.move_to("2024-03-22T11:01")
    robot.status = 200
    assert deliver().sent_count == 1
    stamps = [parse_qs(urlsplit(path).query) for path in robot.paths]
    moments = [city_moment(f"2024-03-22T11:0{minute}") for minute in (0, 1)]
    assert [int(found["timestamp"][0]) for found in stamps] == [int(at.timestamp()) * 1000 for at in moments]
    assert stamps[0]["sign"] != stamps[1]["sign"]
    assert stamps[0]["key"] == ["secret"]
    assert "SECabc" not in f"{robot.paths} {robot.bodies} {message.answer} {post_of(message)}"


def test_the_signature_is_that_of_the_manual_of_dingtalk() -> None:
    at = datetime.fromtimestamp(1577262236.757, UTC)
    signed = signed_url("https://oapi.dingtalk.com/robot/send?access_token=XX", "this is secret", at)
    assert signed == (
        "https://oapi.dingtalk.com/robot/send?access_token=XX&timestamp=1577262236757&sign=hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D"
    )
    assert signed_url("https://a.test/", "", at) == "https://a.test/"
    assert signed_url("https://a.test/", "x", at).startswith("https://a.test/?timestamp=")


@pytest.mark.parametrize(
    ("kind", "secret", "is_good"),
    [
        (HookKind.DINGTALK, "", True),
        (HookKind.DINGTALK, "SEC123", True),
        (HookKind.DINGTALK, "SEC 123", False),
        (HookKind.DINGTALK, "密钥", False),
        (HookKind.WECOM, "", True),
        (HookKind.WECOM, "SEC123", False),
    ],
)
def test_which_robots_have_which_secrets(kind: HookKind, secret: str, is_good: bool) -> None:
    assert (hook_secret_fault(kind, secret) is None) == is_good


@pytest.mark.parametrize(
    ("status", "answer", "kept"),
    [
        (200, '{"errcode": 93000, "errmsg": "invalid webhook url"}', "invalid webhook url"),
        (200, "<html>secret of another service", "不是群机器人的格式"),
        (200, '{"password": "secret of another service"}', "不是群机器人的格式"),
        (200, "[]", "不是群机器人的格式"),
        (200, "", "没有答复"),
        (500, "", "500"),
        (302, "", "302"),
    ],
)
def test_what_was_not_taken_waits_with_the_answer(
    queued: Queue, deliver: Deliver, robot: Robot, clock: MovableClock, status: int, answer: str, kept: str
) -> None:
    message = queued("a")
    robot.status, robot.answer = status, answer
    assert deliver().failed_count == 1
    assert deliver().words == ""
    assert (message.state, len(robot.bodies)) == (MailState.WAITING, 1)
    assert kept in message.answer
    assert "another service" not in message.answer
    robot.status, robot.answer = 200, '{"errcode": 0}'
    clock.move_to("2024-03-22T10:01")
    assert deliver().sent_count == 1


def test_a_robot_that_is_not_there_stops_no_other_and_is_given_up_after_the_last_try(
    queued: Queue, deliver: Deliver, session: Session, clock: MovableClock
) -> None:
    gone, good = queued("a", url="http://127.0.0.1:1/"), queued("b")
    done = deliver()
    assert (done.sent_count, done.failed_count) == (1, 1)
    assert gone.answer.startswith("无法连接群机器人")
    assert good.state is MailState.SENT
    gone.attempt_count = MAX_ATTEMPTS - 1
    clock.move_to("2024-03-22T12:00")
    deliver()
    assert gone.state is MailState.FAILED


def test_they_go_at_the_hours_of_mail_and_a_lost_claim_is_taken_over(
    queued: Queue, deliver: Deliver, session: Session, clock: MovableClock
) -> None:
    message = queued("a")
    clock.move_to("2024-03-23T10:00")
    assert deliver().words == ""
    clock.move_to("2024-03-25T09:00")
    assert claim_post(session, [message.jurisdiction_id], at=clock.now())  # and its process dies
    assert deliver().words == ""
    clock.move_to("2024-03-25T09:10")
    assert deliver().sent_count == 1


@pytest.mark.parametrize(
    ("url", "is_good"),
    [
        ("https://robot.example.test/send?key=1", True),
        ("http://robot.example.test/", False),
        ("http://127.0.0.1:8000/", False),
        ("https://", False),
        ("https://a b/", False),
        ("https://a:port/", False),
        ("ftp://robot.example.test/", False),
    ],
)
def test_the_address_is_a_secret_and_goes_by_https(url: str, is_good: bool) -> None:
    assert (hook_url_fault(url) is None) == is_good


def test_a_robot_may_stand_on_this_machine_in_tests_alone() -> None:
    assert hook_url_fault("http://127.0.0.1:8000/", may_be_loopback=True) is None
    assert hook_url_fault("http://127.0.0.1.example.test/", may_be_loopback=True) is not None


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("0.0.0.0", True),
        ("169.254.169.254", True), ("fe80::1%eth0", True), ("224.0.0.1", True), ("nonsense", True),
        ("10.1.2.3", False), ("192.168.1.7", False), ("203.119.1.1", False), ("2408:8000::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_this_machine_or_beside_it(address: str, near: bool) -> None:
    assert is_near(address) == near


def test_no_robot_stands_on_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as service:
        with pytest.raises(NotPostedError, match="网址指向本机"):
            post(f"https://127.0.0.1:{service.getsockname()[1]}/send?key=1", {})
        line, _ = service.accept()
        with line:
            assert line.recv(1) == b"", "the line is dropped before a word is said"
