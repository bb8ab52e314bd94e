"""群机器人: what the group of a campaign is told, once, and who sets where."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.world import city_moment
from tracker.events.models import Event
from tracker.outbox.models import HookMessage
from tracker.outbox.rules import HookKind, MailState
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders.jobs import Round
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
    [("{事项}", True), (DEFAULT_TEMPLATE, True), ("提醒", False), ("{事项}{x}", False)],
)
def test_a_template_has_a_place_for_the_lines_and_no_unknown_ones(template: str, is_good: bool) -> None:
    assert (template_fault(template) is None) == is_good


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
