"""What the office returned is told the next day: milestones and documents, with the reason."""

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from tests.appeals.conftest import document
from tests.reminders.conftest import BASE, DayOf, FindMilestone, Run
from tests.reminders.test_jobs import sent_march_report
from tests.world import city_moment
from tracker.assignments.models import Assignment
from tracker.evidence import actions as evidence
from tracker.milestones import actions
from tracker.milestones.models import Milestone
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders.actions import Letter
from tracker.reminders.rules import NoticeKind
from tracker.reminders.rules.ladder import Audience, LadderKind, Rung
from tracker.reminders.settings import set_ladder
from tracker.reports import actions as reports
from tracker.reports.queries import terms_of

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


def test_a_returned_report_whose_day_is_far_is_told_at_once_and_then_by_its_ladder(
    run: Run, session: Session, campaign: Campaign, person: Person, day_of: DayOf
) -> None:
    campaign.report_resend_days = 5
    terms = terms_of(campaign, day_of("2024-03-20"))
    report = sent_march_report(session, campaign, person("nongye"), terms)
    reports.send_back(session, report, "数字不实", by=person("office"), at=NOON, terms=terms)
    letters = run("2024-03-21T09:00")
    assert lines(letters, NoticeKind.RETURNED_REPORT) == {
        "nongye": ["2024-03 月报：被市食安办退回（2024-03-20）：数字不实；重报期限 2024-03-27"]
    }
    assert "退回月报 1 项" in letters["nongye"].mail.subject
    assert "nongye" not in run("2024-03-22T09:00")  # the others hear of the 25th
    told = [lines(run(f"2024-03-{day}T09:00"), NoticeKind.REPORT)["nongye"] for day in (26, 27)]
    assert told == [
        ["2024-03 月报：已退回，重报期限 2024-03-27，还有 1 个工作日；退回原因：数字不实"],
        ["2024-03 月报：已退回，重报期限 2024-03-27，今天到期；退回原因：数字不实"],
    ]


def test_after_a_downtime_a_return_is_told_by_the_rung_that_holds_and_by_that_alone(
    run: Run, session: Session, person: Person, milestone: FindMilestone, day_of: DayOf
) -> None:
    row = milestone("11-2", "芒康县")
    row.due_on, row.late_from = date(2024, 3, 22), date(2024, 3, 23)
    send_back(session, row, person, day_of)
    assert row.due_on == date(2024, 3, 25)
    letters = run("2024-03-22T09:00")
    (text,) = [text for text in lines(letters, NoticeKind.MILESTONE)["mangkang"] if text.startswith("11-2")]
    assert text.endswith("（已退回）：期限 2024-03-25，还有 1 个工作日；退回原因：台账缺 4 个乡镇")
    assert lines(letters, NoticeKind.RETURNED_MILESTONE) == {}
    assert lines(run("2024-03-25T09:00"), NoticeKind.RETURNED_MILESTONE) == {}
    assert lines(run("2024-03-26T09:00"), NoticeKind.RETURNED_MILESTONE) == {}


def test_the_office_sets_the_ladder_of_returned_things(
    run: Run, session: Session, campaign: Campaign, person: Person, milestone: FindMilestone, day_of: DayOf
) -> None:
    one, other = milestone("11-2", "芒康县"), milestone("9-2", "芒康县")
    for row in (one, other):
        row.due_on, row.late_from = date(2024, 3, 25), date(2024, 3, 26)
    set_ladder(
        session, campaign, LadderKind.RETURNED, [Rung(2, frozenset({Audience.OFFICE}))],
        by=person("office-admin"), at=NOON, seen=LadderKind.RETURNED.default.mark,
    )  # fmt: skip
    send_back(session, one, person, day_of)
    own = lines(run("2024-03-25T09:00"), NoticeKind.MILESTONE)["mangkang"]
    assert [text.split("（")[0] for text in own] == ["9-2"]
    office = lines(run("2024-03-27T09:00"), NoticeKind.UNIT_RETURNED)["office"]
    assert office == [
        "芒康县：退回后未重新提交：11-2 自评（期限 2024-03-25，已逾期 2 个工作日；该单位现有逾期共 3 项）"
    ]
    letters = run("2024-03-28T09:00")
    assert "11-2" not in lines(letters, NoticeKind.UNIT_MILESTONES)["office"][0]
    assert lines(letters, NoticeKind.UNIT_RETURNED) == {}


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
