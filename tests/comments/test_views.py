"""留言 as people write and read it on the page of a task."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import city_moment
from tracker.assignments.rules import reads_others
from tracker.comments.actions import write
from tracker.comments.models import Comment
from tracker.comments.queries import LENGTH, readable
from tracker.comments.rules import may_read
from tracker.errors import Refused
from tracker.events.models import Event
from tracker.people.models import User
from tracker.plan.models import Task
from tracker.units.models import Unit

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
AT = city_moment("2024-03-21T10:00")


@pytest.fixture
def task(session: Session) -> Task:
    """11-2, a task of the eleven counties; 市农业农村局 answers for its indicator."""
    return session.scalars(select(Task).where(Task.code == "11-2")).one()


@pytest.fixture
def say(session: Session, task: Task, person: Person) -> Callable[..., Comment]:
    """Somebody comments on the task and calls units by their short names."""

    def write_one(username: str, text: str, *names: str) -> Comment:
        units = session.scalars(select(Unit).where(Unit.short.in_(names))).all()
        return write(session, task, text, units, by=person(username), at=AT)

    return write_one


def test_a_comment_is_kept_shown_and_in_the_timeline(sign_in: SignIn, session: Session, task: Task) -> None:
    client = sign_in("mangkang")
    answer = client.post(f"/tasks/{task.id}/comments", data={"text": "  请@农业农村局核对台账\r\n谢谢 <b> "})
    comment = session.scalars(select(Comment)).one()
    assert (answer.status_code, answer.location) == (303, f"/tasks/{task.id}#comment-{comment.id}")
    assert comment.text == "请@农业农村局核对台账\n谢谢 <b>"
    assert [mention.unit.short for mention in comment.mentions] == ["市农业农村局"]
    event = session.scalars(select(Event).where(Event.subject == "comment")).one()
    assert (event.verb, event.task_id, event.unit_id) == ("write", task.id, comment.unit_id)
    page = client.get(f"/tasks/{task.id}").text
    assert "核对台账\n谢谢 &lt;b&gt;" in page
    assert "@市农业农村局" in page.partition("办理记录")[2]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("   ", "请写留言内容"),
        ("字" * 2001, "留言不能超过 2000 字"),
        ("@市农业农村居 请看", "没有可以 @ 的单位“市农业农村居”，最接近的是：市农业农村局"),
        ("@市财政局 请看", "没有可以 @ 的单位“市财政局”"),
    ],
)
def test_what_cannot_be_taken_is_told_and_kept(
    sign_in: SignIn, session: Session, task: Task, text: str, problem: str
) -> None:
    answer = sign_in("nongye").post(f"/tasks/{task.id}/comments", data={"text": text})
    assert answer.status_code == 422
    assert problem in answer.text
    assert text.strip() in answer.text
    assert session.scalars(select(Comment)).all() == []


def test_a_task_whose_page_one_may_not_open_cannot_be_commented_on(sign_in: SignIn, session: Session) -> None:
    other = session.scalars(select(Task).where(Task.code == "47-1")).one()
    answer = sign_in("nongye").post(f"/tasks/{other.id}/comments", data={"text": "好"})
    assert answer.status_code == 404
    assert "没有找到" in answer.text


@pytest.mark.parametrize("name", ["leader", "reviewer"])
def test_who_only_reads_is_told_so(sign_in: SignIn, session: Session, task: Task, name: str) -> None:
    client = sign_in(name)
    answer = client.post(f"/tasks/{task.id}/comments", data={"text": "好"})
    assert answer.status_code == 409
    assert "只能查看，不能留言" in answer.text
    assert "写留言" not in client.get(f"/tasks/{task.id}").text


def test_the_action_asks_the_rule_too(say: Callable[..., Comment]) -> None:
    with pytest.raises(Refused):
        say("leader", "好")


def test_counties_do_not_read_each_other_unless_called(
    sign_in: SignIn, task: Task, say: Callable[..., Comment]
) -> None:
    say("mangkang", "只给部门看"), say("mangkang", "也给卡若看", "卡若区"), say("nongye", "给大家看")
    seen = {
        name: [words for words in ("只给部门看", "也给卡若看", "给大家看") if words in page]
        for name in ("karuo", "mangkang", "nongye", "office", "leader")
        if (page := sign_in(name).get(f"/tasks/{task.id}").text)
    }
    assert seen.pop("karuo") == ["也给卡若看", "给大家看"]
    assert all(len(words) == 3 for words in seen.values())


def test_the_rule_and_its_filter_agree(session: Session, person: Person, say: Callable[..., Comment]) -> None:
    for name in ("office", "nongye", "mangkang", "karuo"):
        for called in ((), ("卡若区",), ("市农业农村局",), ("卡若区", "芒康县")):
            say(name, "好", *called)
    for name in ("office", "leader", "nongye", "nongye-head", "mangkang", "karuo"):
        reader = person(name)
        is_for_all = reads_others(reader.role, reader.unit.kind)
        allowed = readable(reader.unit_id, is_for_all=is_for_all)
        query = select(Comment.id).join(Comment.unit).where(allowed)
        by_rule = {
            comment.id
            for comment in session.scalars(select(Comment))
            if may_read(
                comment.unit_id, comment.unit.kind, [mention.unit_id for mention in comment.mentions],
                reader_unit_id=reader.unit_id, reads_others=is_for_all,
            )
        }  # fmt: skip
        assert set(session.scalars(query)) == by_rule


def test_older_comments_are_asked_for(sign_in: SignIn, task: Task, say: Callable[..., Comment]) -> None:
    for number in range(LENGTH + 1):
        say("mangkang", f"第 {number} 条")
    client = sign_in("mangkang")
    page = client.get(f"/tasks/{task.id}").text
    assert "第 0 条" not in page
    assert "查看更早的留言" in page
    assert page.index("第 1 条") < page.index("第 50 条")
    assert "第 0 条" in client.get(f"/tasks/{task.id}?comments=all").text
