"""What the office reads of what was asked, and a unit of what was answered."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.reminders.conftest import BASE, FindMilestone, Run
from tests.world import city_moment
from tracker.appeals import actions
from tracker.appeals.models import Appeal
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders.actions import Letter
from tracker.reminders.rules import NoticeKind

Person = Callable[[str], User]
ASKED_AT = city_moment("2024-04-10T15:00")


@pytest.fixture
def appeal(session: Session, milestone: FindMilestone, person: Person) -> Appeal:
    """On Wednesday 2024-04-10 芒康县 asks for three weeks more."""
    return actions.ask_extension(
        session,
        milestone("11-2", "芒康县"),
        date(2024, 5, 20),
        "检测设备 5 月到货",
        by=person("mangkang"),
        at=ASKED_AT,
        today=ASKED_AT.date(),
    )


def lines(letters: dict[str, Letter], kind: NoticeKind) -> dict[str, list[str]]:
    """What each person reads of a kind, by user name."""
    found = {
        name: [item.text for item in letter.due.items if item.kind is kind]
        for name, letter in letters.items()
    }
    return {name: texts for name, texts in found.items() if texts}


def test_the_office_reads_the_next_day_what_waits_for_it(run: Run, appeal: Appeal) -> None:
    letters = run("2024-04-11T09:00")
    text = "芒康县：11-2 自评 延期至 2024-05-20（现行期限 2024-04-30）：检测设备 5 月到货"
    assert lines(letters, NoticeKind.APPEAL) == {"office": [text], "office-admin": [text]}
    assert "【待答复申请】1 项" in letters["office"].mail.text
    assert f"{BASE}/appeals/{appeal.id}\n" in letters["office"].mail.text
    assert "待答复申请 1 项" in letters["office"].mail.subject
    assert lines(run("2024-04-12T09:00"), NoticeKind.APPEAL) == {}


def test_who_asked_in_a_units_name_is_not_asked_to_answer(
    run: Run, session: Session, milestone: FindMilestone, person: Person
) -> None:
    row = milestone("11-2", "芒康县")
    actions.ask_waiver(session, row, "来电说明", by=person("office"), at=ASKED_AT)
    assert set(lines(run("2024-04-11T09:00"), NoticeKind.APPEAL)) == {"office-admin"}


def test_the_unit_reads_the_answer_once(run: Run, session: Session, appeal: Appeal, person: Person) -> None:
    actions.refuse(session, appeal, "请附合同", by=person("office"), at=city_moment("2024-04-11T16:00"))
    letters = run("2024-04-12T09:00")
    assert lines(letters, NoticeKind.APPEAL) == {}
    assert lines(letters, NoticeKind.APPEAL_ANSWER) == {
        "mangkang": ["11-2 自评 延期至 2024-05-20：市食安办答复“不同意”（请附合同）"]
    }
    assert "【申请答复】1 项" in letters["mangkang"].mail.text
    assert run("2024-04-15T09:00") == {}


def test_an_answer_is_news_for_ten_working_days(
    run: Run, session: Session, appeal: Appeal, person: Person
) -> None:
    actions.grant(session, appeal, "", by=person("office"), at=city_moment("2024-04-11T16:00"))
    letters = run("2024-05-10T09:00")
    assert lines(letters, NoticeKind.APPEAL_ANSWER) == {}


def test_what_was_withdrawn_is_told_to_nobody(
    run: Run, session: Session, appeal: Appeal, person: Person
) -> None:
    actions.withdraw(session, appeal, by=person("mangkang"), at=ASKED_AT)
    letters = run("2024-04-11T09:00")
    assert lines(letters, NoticeKind.APPEAL) == lines(letters, NoticeKind.APPEAL_ANSWER) == {}


def test_every_campaign_tells_of_its_own(
    run: Run, session: Session, appeal: Appeal, second_campaign: Campaign
) -> None:
    letters = run("2024-04-11T09:00")
    assert len(lines(letters, NoticeKind.APPEAL)["office"]) == 1
