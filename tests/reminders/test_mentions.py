"""Who reads in the next mail that a comment calls upon the unit."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.reminders.conftest import BASE, Run
from tests.world import city_moment
from tracker.comments.actions import write
from tracker.comments.models import Comment
from tracker.people.models import User
from tracker.plan.models import Task
from tracker.reminders.actions import Letter
from tracker.reminders.rules import NoticeKind
from tracker.units.models import Unit

Person = Callable[[str], User]
Say = Callable[..., Comment]


@pytest.fixture
def say(session: Session, person: Person) -> Say:
    """Somebody comments on 11-2 at a city time and calls units."""

    def write_one(username: str, moment: str, *names: str) -> Comment:
        task = session.scalars(select(Task).where(Task.code == "11-2")).one()
        units = session.scalars(select(Unit).where(Unit.short.in_(names))).all()
        return write(session, task, "请 <今天> 核对", units, by=person(username), at=city_moment(moment))

    return write_one


def told(letters: dict[str, Letter]) -> set[str]:
    """Who is told of a comment."""
    return {
        name
        for name, letter in letters.items()
        if any(item.kind is NoticeKind.MENTION for item in letter.due.items)
    }


def test_the_liaison_of_a_called_unit_reads_of_it_the_next_day_once(run: Run, say: Say) -> None:
    comment = say("nongye", "2024-04-01T08:00", "芒康县")
    assert told(run("2024-04-01T09:00")) == set()
    letters = run("2024-04-02T09:00")
    assert told(letters) == {"mangkang"}
    text = letters["mangkang"].mail.text
    assert "【留言】1 项" in text
    assert "11-2 市农业农村局 市农业农村局联络员 2024-04-01 留言提到本单位：请 <今天> 核对" in text
    assert f"{BASE}/tasks/{comment.task_id}#comment-{comment.id}\n" in text
    assert "请 &lt;今天&gt; 核对" in letters["mangkang"].mail.html
    assert told(run("2024-04-03T09:00")) == set()


def test_a_comment_of_a_day_off_is_told_on_the_next_working_day(run: Run, say: Say) -> None:
    say("nongye", "2024-04-04T10:00", "芒康县")  # 清明
    assert told(run("2024-04-07T09:00")) == {"mangkang"}  # a Sunday that is worked


def test_the_office_hears_of_it_and_who_wrote_it_does_not(run: Run, say: Say) -> None:
    say("office", "2024-04-01T10:00", "市食安办", "卡若区")
    assert told(run("2024-04-02T09:00")) == {"office-admin", "karuo"}


def test_an_old_comment_is_no_news(run: Run, say: Say) -> None:
    say("nongye", "2024-03-25T10:00", "芒康县")
    assert told(run("2024-04-02T09:00")) == set()
