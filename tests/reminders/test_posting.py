"""群机器人: what the group of a campaign is told, once, and who sets where."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.outbox.robot import Robot, open_robot
from tests.world import city_moment
from tracker.events.models import Event
from tracker.outbox.models import HookMessage
from tracker.outbox.rules import HookKind, MailState
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders.jobs import Round
from tracker.reminders.models import Webhook
from tracker.reminders.posting import set_webhook
from tracker.reminders.rules.posts import DEFAULT_TEMPLATE, post_text, template_fault

SignIn = Callable[[str], FlaskClient]
URL = "https://robot.example.test/send?key=secret"
RunRound = Callable[[str], Round]


@pytest.fixture
def robot(session: Session, campaign: Campaign, person: Callable[[str], User]) -> None:
    """The campaign has a robot in a WeCom group."""
    set_webhook(
        session, campaign, HookKind.WECOM, URL, DEFAULT_TEMPLATE,
        is_on=True, by=person("office-admin"), at=city_moment("2024-03-15T10:00"),
    )  # fmt: skip


def lines(told: Round) -> list[str]:
    return [item.text for letter in told.groups for item in letter.items]


@pytest.mark.usefixtures("robot")
def test_the_group_reads_the_digest_and_the_overdue_once_a_rung(
    run_round: RunRound, session: Session
) -> None:
    assert lines(run_round("2024-03-25T09:00")) == []
    (digest,) = lines(run_round("2024-03-26T09:00"))
    assert digest.startswith("2024-03 月报：应报 35 个单位，按时 0 个单位")
    assert lines(run_round("2024-03-26T15:00")) == lines(run_round("2024-03-27T09:00")) == []
    (missing,) = lines(run_round("2024-03-28T09:00"))
    assert "35 个单位未报" in missing
    assert lines(run_round("2024-03-29T09:00")) == []
    assert len(lines(run_round("2024-04-03T09:00"))) == 1
    first = session.scalars(select(HookMessage).order_by(HookMessage.id)).first()
    assert first
    assert (first.kind, first.url, first.state) == (HookKind.WECOM, URL, MailState.WAITING)
    assert first.text.startswith("**昌都市创建国家食品安全示范城市**（2024-03-26）\n\n- [2024-03 月报：应报")
    assert first.text.endswith("](https://tracker.example.test/reports/month/2024-03?campaign=changdu-2023)")
    overdue = lines(run_round("2024-05-08T09:00"))
    assert any(line.startswith("芒康县：") for line in overdue)


@pytest.mark.usefixtures("robot")
def test_what_was_given_up_unposted_is_told_again(run_round: RunRound, session: Session) -> None:
    told = lines(run_round("2024-03-28T09:00"))
    session.execute(update(HookMessage).values(state=MailState.FAILED))
    assert lines(run_round("2024-03-28T15:00")) == []
    assert [line[:11] for line in lines(run_round("2024-03-29T09:00"))] == [line[:11] for line in told]
    assert lines(run_round("2024-04-01T09:00")) == []


def test_without_a_robot_nothing_is_posted(run_round: RunRound) -> None:
    assert run_round("2024-03-28T09:00").groups == []


def test_a_long_list_is_cut_where_the_robot_would_cut_it() -> None:
    many = [(f"单位 {number}：[11-1] 逾期", "https://tracker.example.test/tasks/1") for number in range(200)]
    text = post_text(DEFAULT_TEMPLATE, "昌都市_创建*", date(2024, 3, 26), many, most_bytes=4096)
    assert 3900 < len(text.encode()) <= 4096
    assert text.endswith("\n- 等共 200 项")
    assert "昌都市＿创建＊" in text
    assert "- [单位 0：［11-1］ 逾期](https://tracker.example.test/tasks/1)" in text
    whole = post_text(DEFAULT_TEMPLATE, "昌都市", date(2024, 3, 26), many, most_bytes=20000)
    assert "等共" not in whole


@pytest.mark.parametrize(
    ("template", "is_good"),
    [
        ("{事项}", True),
        (DEFAULT_TEMPLATE, True),
        ("提醒", False),
        ("{事项}{x}", False),
        ("{事项}}", False),
        ("{事项}{}", False),
    ],
)
def test_a_template_has_a_place_for_the_lines_and_no_unknown_ones(template: str, is_good: bool) -> None:
    assert (template_fault(template) is None) == is_good


def test_a_wrong_place_is_named() -> None:
    assert template_fault("{创建}{时间}：{事项}") == (
        "模板里的 {时间} 不会换成什么，只能用 {创建}、{日期}、{事项}"
    )


def test_the_office_sets_its_robot(sign_in: SignIn, session: Session, run_round: RunRound) -> None:
    client = sign_in("office-admin")
    assert "还没有发过" in client.get("/plan/settings/webhook").text
    data = {"hook_kind": "dingtalk", "hook_url": "http://robot.example.test", "hook_template": "提醒"}
    answer = client.post("/plan/settings/webhook", data=data)
    assert answer.status_code == 422
    for words in ("应为以 https:// 开头的网址", "模板里须有 {事项}", 'value="http://robot.example.test"'):
        assert words in answer.text
    data |= {"hook_url": URL, "hook_template": "提醒：{事项}", "hook_is_on": "1"}
    answer = client.post("/plan/settings/webhook", data=data)
    assert (answer.status_code, answer.location) == (303, "/plan/settings/webhook")
    event = session.scalars(select(Event).where(Event.verb == "set_webhook")).one()
    assert "secret" not in str(event.after)
    run_round("2024-03-26T09:00")
    page = sign_in("office-admin").get("/plan/settings/webhook").text
    assert "昌都市创建国家食品安全示范城市：1 项" in page
    assert "提醒：- [2024-03 月报" in page


@pytest.fixture
def listener() -> Iterator[Robot]:
    """A robot that listens."""
    with open_robot() as listener:
        yield listener


def test_a_secret_is_kept_until_it_is_replaced_or_dropped_and_never_shown(
    sign_in: SignIn, session: Session, campaign: Campaign
) -> None:
    client, page = sign_in("office-admin"), "/plan/settings/webhook"
    data = {"hook_kind": "dingtalk", "hook_url": URL, "hook_template": "{事项}", "hook_secret": " SECabc "}
    assert client.post(page, data=data | {"hook_template": ""}).text.count("密钥不回显，请重新填写") == 1
    assert client.post(page, data=data).status_code == 303
    hook = session.get_one(Webhook, campaign.id)
    assert hook.secret == "SECabc"
    text = client.get(page).text
    assert "已存有密钥" in text
    assert "SECabc" not in text
    client.post(page, data=data | {"hook_secret": ""})
    assert hook.secret == "SECabc"
    client.post(page, data=data | {"hook_secret": "", "hook_drops_secret": "1"})
    assert hook.secret == ""
    client.post(page, data=data)
    wecom = {"hook_kind": "wecom"}
    assert "企业微信的机器人没有加签，请留空" in client.post(page, data=data | wecom).text
    client.post(page, data=data | wecom | {"hook_secret": ""})
    assert (hook.kind, hook.secret) == (HookKind.WECOM, "")
    events = session.scalars(select(Event).where(Event.verb == "set_webhook").order_by(Event.id))
    told = [event.after for event in events]
    assert [after["is_signed"] for after in told] == [True, True, False, True, False]
    assert "SECabc" not in str(told)


def test_a_trial_is_said_at_once_and_the_answer_shown(
    sign_in: SignIn, session: Session, listener: Robot
) -> None:
    client, page = sign_in("office-admin"), "/plan/settings/webhook"
    assert client.post(f"{page}/trial").status_code == 409
    data = {"hook_kind": "dingtalk", "hook_url": listener.url, "hook_template": "督办 {事项}"}
    client.post(page, data=data | {"hook_secret": "SECabc"})
    answer = client.post(f"{page}/trial", follow_redirects=True)
    assert "测试消息已发出，机器人答复：{&#34;errcode&#34;: 0" in answer.text
    (body,) = listener.bodies
    assert body["markdown"]["text"].startswith("督办 - [这是一条测试消息，收到即表示群机器人设置正确](http")
    assert "&sign=" in listener.paths[0]
    listener.answer = '{"errcode": 310000, "errmsg": "sign not match"}'
    answer = client.post(f"{page}/trial", follow_redirects=True)
    assert "测试消息没有发出：{&#34;errcode&#34;: 310000" in answer.text
    events = session.scalars(select(Event).where(Event.verb == "try_webhook").order_by(Event.id)).all()
    assert [event.note[:8] for event in events] == ["测试消息已发出，", "测试消息没有发出"]
    assert session.scalars(select(HookMessage)).all() == []


@pytest.mark.usefixtures("robot")
def test_what_is_queued_is_signed_with_the_secret_of_that_day(
    run_round: RunRound, session: Session, campaign: Campaign
) -> None:
    hook = session.get_one(Webhook, campaign.id)
    hook.kind, hook.secret = HookKind.DINGTALK, "SECabc"
    (letter,) = run_round("2024-03-26T09:00").groups
    message = session.scalars(select(HookMessage)).one()
    assert (message.secret, message.kind) == ("SECabc", HookKind.DINGTALK)
    assert "SECabc" not in repr(letter)
