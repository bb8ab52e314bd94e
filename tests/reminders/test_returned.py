"""What the office returned is told the next day: milestones and documents, with the reason."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.appeals.conftest import document
from tests.reminders.conftest import BASE, DayOf, FindMilestone, Run
from tests.world import city_moment
from tracker.assignments.models import Assignment
from tracker.evidence import actions as evidence
from tracker.milestones import actions
from tracker.milestones.models import Milestone
from tracker.people.models import User
from tracker.reminders.actions import Letter
from tracker.reminders.rules import NoticeKind

Person = Callable[[str], User]
NOON = city_moment("2024-03-20T12:00")


def lines(letters: dict[str, Letter], kind: NoticeKind) -> dict[str, list[str]]:
    """What each person reads of a kind, by user name."""
    found = {
        name: [item.text for item in letter.due.items if item.kind is kind]
        for name, letter in letters.items()
    }
    return {name: texts for name, texts in found.items() if texts}


def send_back(session: Session, row: Milestone, person: Person, day_of: DayOf) -> None:
    """芒康县 ticks on Wednesday, six weeks ahead of its day, and the office returns it at once."""
    actions.submit(session, row, by=person("mangkang"), at=NOON, today=NOON.date())
    actions.send_back(session, row, "台账缺 4 个乡镇", by=person("office"), at=NOON, day=day_of("2024-03-20"))


def test_a_returned_milestone_is_told_the_next_day_and_once(
    run: Run, session: Session, person: Person, milestone: FindMilestone, day_of: DayOf
) -> None:
    row = milestone("11-2", "芒康县")
    send_back(session, row, person, day_of)
    letters = run("2024-03-21T09:00")
    text = lines(letters, NoticeKind.RETURNED_MILESTONE).pop("mangkang")
    assert text == [
        "11-2（自评、牵头）各县（区）具体落实，确保现场可查：全面推行耕地分类管理，"
        "在安全利用类耕地落实品种替代、水肥调控、土壤调理等农艺措…"
        "：被市食安办退回（2024-03-20）：台账缺 4 个乡镇；期限 2024-04-30"
    ]
    assert set(lines(letters, NoticeKind.RETURNED_MILESTONE)) == {"mangkang"}
    assert "退回节点 1 项" in letters["mangkang"].mail.subject
    assert f"{BASE}/tasks/{row.task_id}?milestone={row.id}\n" in letters["mangkang"].mail.text
    assert lines(run("2024-03-22T09:00"), NoticeKind.RETURNED_MILESTONE) == {}


def test_what_was_submitted_again_is_not_told(
    run: Run, session: Session, person: Person, milestone: FindMilestone, day_of: DayOf
) -> None:
    row = milestone("11-2", "芒康县")
    send_back(session, row, person, day_of)
    actions.submit(session, row, by=person("mangkang"), at=NOON, today=NOON.date())
    assert lines(run("2024-03-21T09:00"), NoticeKind.RETURNED_MILESTONE) == {}


def test_only_the_handler_is_told(
    run: Run,
    session: Session,
    person: Person,
    milestone: FindMilestone,
    day_of: DayOf,
    newcomer: Callable[..., User],
) -> None:
    row = milestone("11-2", "芒康县")
    colleague = newcomer("dawa", beside="mangkang")
    session.get_one(Assignment, row.assignment_id).handler_id = colleague.id
    send_back(session, row, person, day_of)
    assert set(lines(run("2024-03-21T09:00"), NoticeKind.RETURNED_MILESTONE)) == {"dawa"}
    assert lines(run("2024-03-21T10:00"), NoticeKind.RETURNED_MILESTONE) == {}


def test_a_returned_document_is_told_the_next_day_and_once(
    run: Run, session: Session, person: Person, milestone: FindMilestone
) -> None:
    paper = document(session, milestone("11-2", "芒康县"), person("mangkang"))
    evidence.hand_in(session, paper, by=person("mangkang"), at=NOON, version=None)
    evidence.send_back(session, paper, "没有盖章", by=person("office"), at=NOON, version=None)
    letters = run("2024-03-21T09:00")
    assert lines(letters, NoticeKind.RETURNED_DOCUMENT) == {
        "mangkang": ["《无此业态的说明》被市食安办退回（2024-03-20）：没有盖章"]
    }
    assert f"{BASE}/evidence/{paper.id}\n" in letters["mangkang"].mail.text
    assert lines(run("2024-03-22T09:00"), NoticeKind.RETURNED_DOCUMENT) == {}
