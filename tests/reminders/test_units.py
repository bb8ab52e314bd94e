"""What the office reads about a unit that is three working days late, and the unit about itself."""

import re
from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.reminders.conftest import FindMilestone, Run
from tracker.milestones.models import Milestone
from tracker.milestones.rules import State
from tracker.reminders.rules import NoticeKind


def test_the_office_reads_what_a_unit_owes(run: Run, session: Session, milestone: FindMilestone) -> None:
    one = milestone("11-1", "市农业农村局")
    session.execute(update(Milestone).where(Milestone.id != one.id).values(state=State.ACCEPTED))
    one.due_on, one.late_from = date(2024, 3, 19), date(2024, 3, 20)
    letters = run("2024-03-22T09:00")
    (item,) = [item for item in letters["office"].due.items if item.kind is NoticeKind.UNIT_MILESTONES]
    assert item.text == (
        "市农业农村局：11-1 自评（期限 2024-03-19，已逾期 3 个工作日；该单位现有逾期共 1 项）"
    )
    assert item.path == f"/tasks/{one.task_id}?milestone={one.id}"


def test_a_line_about_a_unit_names_three_of_many_and_the_unit_reads_the_same_total(run: Run) -> None:
    letters = run("2024-05-08T09:00")
    (item,) = [item for item in letters["office"].due.items if item.name == "芒康县"]
    own = [item for item in letters["mangkang"].due.items if item.rung > 0]
    found = re.fullmatch(
        r"芒康县：(.*)等 (\d+) 项（期限 2024-04-30，已逾期 3 个工作日；该单位现有逾期共 (\d+) 项）", item.text
    )
    assert found
    assert found[1].count("、") == 2
    assert int(found[2]) == len([one for one in own if one.kind is NoticeKind.MILESTONE])
    assert f"本单位现有逾期共 {found[3]} 项" in letters["mangkang"].mail.text
    assert "light=late" in item.path
