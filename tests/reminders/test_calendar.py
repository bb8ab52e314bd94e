"""The calendar feed: what other programs read, and who gets in."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy.orm import Session

from tests.reminders.conftest import FindMilestone
from tests.world import city_moment
from tracker.milestones import actions
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.reminders.icalendar import DayEvent, as_ics, folded
from tracker.reminders.reading import renew_feed

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
Subscribe = Callable[[str], str]
AT = datetime(2024, 3, 22, 2, tzinfo=UTC)


@pytest.fixture
def subscribe(session: Session, person: Person) -> Subscribe:
    """Gives somebody an address; tells its path."""
    return lambda username: f"/calendar/{renew_feed(session, person(username), at=AT).token}.ics"


def read(text: str) -> dict[str, Any]:
    """The events by UID."""
    return {str(event["UID"]): event for event in Calendar.from_ical(text).walk("VEVENT")}


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=300))
def test_a_line_is_folded_by_octets_and_comes_back_whole(line: str) -> None:
    pieces = folded(line).split("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert "".join([pieces[0], *(piece[1:] for piece in pieces[1:])]) == line


def test_what_is_written_is_read_again() -> None:
    words = "月报，截止; 分号, 逗号 \\ 反斜线\n第二行：" + "很长的一行" * 30
    event = DayEvent("a@tracker", date(2024, 3, 25), words, "https://tracker.example.test/reports/8?a=1,2")
    text = as_ics("芒康县 日程", "Asia/Shanghai", [event], at=AT)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    whole: Any = Calendar.from_ical(text)
    assert whole["REFRESH-INTERVAL"].dt == timedelta(hours=6)
    assert (whole["X-WR-TIMEZONE"], whole["NAME"]) == ("Asia/Shanghai", "芒康县 日程")
    (found,) = whole.walk("VEVENT")
    assert found["SUMMARY"] == words
    assert found["URL"] == "https://tracker.example.test/reports/8?a=1,2"
    assert (found["DTSTART"].dt, found["DTEND"].dt) == (date(2024, 3, 25), date(2024, 3, 26))
    assert found["DTSTAMP"].dt == AT


def test_the_days_of_the_unit_are_read_without_sign_in(
    client: FlaskClient, subscribe: Subscribe, session: Session, person: Person, milestone: FindMilestone
) -> None:
    address, unit_id = subscribe("mangkang"), person("mangkang").unit_id
    answer = client.get(address)
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    events = read(answer.text)
    march = events[f"changdu-2023-report-2024-03-{unit_id}@tracker"]
    assert (march["DTSTART"].dt, march["SUMMARY"]) == (date(2024, 3, 25), "2024-03 月报截止")
    assert len([uid for uid in events if "-report-" in uid]) == 18, "from March 2024 on"
    gate = f"changdu-2023-G2-{unit_id}@tracker"
    assert events[gate]["DTSTART"].dt == date(2024, 4, 30)
    before = int("".join(filter(str.isdigit, events[gate]["SUMMARY"])))
    row, at = milestone("11-2", "芒康县"), city_moment("2024-03-22T10:00")
    actions.submit(session, row, by=person("mangkang"), at=at, today=at.date())
    row = milestone("1-2", "芒康县")
    row.due_on = row.planned_on = date(2024, 4, 1)
    row.late_from = date(2024, 4, 2)
    events = read(client.get(address).text)
    assert events[gate]["SUMMARY"] == f"自评节点截止：还有 {before - 2} 项未提交"
    earlier = events[f"changdu-2023-G2-{unit_id}-2024-04-01@tracker"]
    assert (earlier["DTSTART"].dt, earlier["SUMMARY"]) == (date(2024, 4, 1), "自评节点截止：还有 1 项未提交")
    for word in ("mangkang", person("mangkang").name):
        assert word not in answer.text


def test_a_unit_that_reports_nothing_has_its_gates_alone(client: FlaskClient, subscribe: Subscribe) -> None:
    events = read(client.get(subscribe("office")).text)
    assert events
    assert not [uid for uid in events if "-report-" in uid]


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"valid_until": date(2024, 3, 21)}, {"role": Role.AUDIT_ADMIN}]
)
def test_who_has_left_reads_no_more(
    client: FlaskClient, subscribe: Subscribe, person: Person, change: dict[str, Any]
) -> None:
    address = subscribe("mangkang")
    for name, value in change.items():
        setattr(person("mangkang"), name, value)
    assert client.get(address).status_code == 404


def test_a_renewed_address_closes_the_old_one(sign_in: SignIn, person: Person) -> None:
    client = sign_in("mangkang")
    assert "生成日历地址" in client.get("/notices").text
    addresses = []
    for _ in range(2):
        answer = client.post("/notices/calendar")
        assert (answer.status_code, answer.location) == (303, "/notices")
        page = client.get("/notices").text
        addresses.append(page.partition('value="http://127.0.0.1:8000')[2].partition('"')[0])
    assert "换一个地址" in page
    old, new = addresses
    assert old.startswith(f"/calendar/{person('mangkang').id}-")
    assert len(new.removesuffix(".ics").partition("-")[2]) == 43
    assert [client.get(address).status_code for address in addresses] == [404, 200]


def test_a_wrong_address_is_a_plain_404(client: FlaskClient, subscribe: Subscribe, person: Person) -> None:
    address, user_id = subscribe("mangkang"), person("mangkang").id
    wrong = ("x", f"{user_id}-{'a' * 43}", f"0{address[10:-4]}", "99999999999-" + "a" * 43, "昌都")
    for token in wrong:
        answer = client.get(f"/calendar/{token}.ics")
        assert answer.status_code == 404
        assert "<h1>没有找到</h1>" in answer.text
