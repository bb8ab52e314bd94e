"""办理记录: everything that happened to a task, for those who may know."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.world import city_moment, find_milestone
from tracker.desk.history import LENGTH, History, history
from tracker.events.actions import record
from tracker.milestones import actions
from tracker.milestones.models import Milestone
from tracker.people.models import User

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
AT = city_moment("2024-03-21T10:00")


@pytest.fixture
def share(session: Session) -> Milestone:
    """11-2 of 芒康县."""
    return find_milestone(session, "11-2", "芒康县")


def note(session: Session, row: Milestone, by: User, **told: object) -> None:
    words = {"subject": "milestone", "verb": "submit", "at": AT, "note": "", **told}
    subject, verb = str(words.pop("subject")), str(words.pop("verb"))
    place = {"task_id": row.task_id, "unit_id": row.unit_id}
    record(session, subject, row.id, verb, by=by, **{**place, **words})  # type: ignore[arg-type]


def read(session: Session, row: Milestone, reader: User, *, is_whole: bool = False) -> History:
    return history(session, row.task_id, reader, is_whole=is_whole)


def test_the_timeline_holds_what_happened_to_all_that_belongs_to_the_task(
    session: Session, share: Milestone, person: Person
) -> None:
    mangkang = person("mangkang")
    note(session, share, mangkang, at=AT)
    note(session, share, mangkang, subject="evidence", verb="add", at=AT + timedelta(minutes=5))
    note(session, share, mangkang, subject="weather", verb="rain", at=AT + timedelta(days=1))
    told = read(session, share, person("office"))
    assert [(day, [entry.first.words for entry in lines]) for day, lines in told.days] == [
        (date(2024, 3, 22), ["rain"]),
        (date(2024, 3, 21), ["上传材料", "提交"]),
    ]
    assert [entry.first.label for _, lines in told.days for entry in lines] == [None, None, "自评"]


def test_a_day_is_the_citys(session: Session, share: Milestone, person: Person) -> None:
    note(session, share, person("mangkang"), at=city_moment("2024-03-22T00:30"))
    assert [day for day, _ in read(session, share, person("office")).days] == [date(2024, 3, 22)]


def test_a_county_reads_of_itself_alone(session: Session, share: Milestone, person: Person) -> None:
    note(session, share, person("mangkang"))
    note(session, share, person("office"), subject="comment", unit_id=None)
    assert read(session, share, person("karuo")).days == []
    assert len(read(session, share, person("mangkang")).days[0][1]) == 1
    for name in ("nongye", "office", "leader"):
        assert len(read(session, share, person(name)).days[0][1]) == 2


def test_what_the_office_ticks_for_a_unit_is_told_as_such(
    session: Session, share: Milestone, person: Person, sign_in: SignIn
) -> None:
    actions.submit(session, share, by=person("office"), at=AT, today=AT.date())
    actions.accept(session, share, by=person("office-admin"), at=AT)
    _, lines = read(session, share, person("mangkang")).days[0]
    assert [(entry.first.words, entry.first.is_on_behalf) for entry in lines] == [
        ("办结", False),
        ("提交", True),
    ]
    assert sign_in("mangkang").get(f"/tasks/{share.task_id}").text.count("市食安办代") == 1


def test_a_long_timeline_is_cut_and_can_be_asked_for_whole(
    session: Session, share: Milestone, person: Person, sign_in: SignIn
) -> None:
    for number in range(LENGTH + 1):
        note(session, share, person("mangkang"), note=f"第 {number} 次", at=AT + timedelta(minutes=number))
    client, address = sign_in("mangkang"), f"/tasks/{share.task_id}"
    page = client.get(address).text
    assert "第 100 次" in page
    assert "第 0 次" not in page
    assert f"{address}?history=all" in page
    whole = client.get(f"{address}?history=all").text
    assert "第 0 次" in whole
    assert "查看更早的办理记录" not in whole


def test_what_was_done_in_one_go_is_one_entry(session: Session, share: Milestone, person: Person) -> None:
    for number in range(3):
        note(session, share, person("mangkang"), note=f"台账 {number}", at=AT + timedelta(seconds=number))
    note(session, share, person("mangkang"), note="台账 3", at=AT + timedelta(minutes=1))
    (_, (later, earlier)) = read(session, share, person("mangkang")).days[0]
    assert later.notes == ["台账 3"]
    assert earlier.notes == ["台账 0", "台账 1", "台账 2"]
    assert earlier.units_words == "芒康县"
