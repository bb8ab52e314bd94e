"""经办人: a task is given to one of the unit's liaisons."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import MovableClock
from tracker.assignments.actions import hand_to
from tracker.assignments.models import Assignment
from tracker.errors import Refused
from tracker.events.models import Event
from tracker.people.models import User

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]


def give(client: FlaskClient, share: Assignment, to: object) -> tuple[int, str]:
    data = {"handler_id": to, "back": f"/tasks/{share.task_id}"}
    answer = client.post(f"/assignments/{share.id}/handler", data=data)
    return answer.status_code, answer.text


@pytest.mark.parametrize("name", ["mangkang", "office"])
def test_a_task_is_given_to_a_person_and_back_to_all(
    sign_in: SignIn, session: Session, share: Assignment, colleague: User, name: str
) -> None:
    client = sign_in(name)
    assert give(client, share, colleague.id)[0] == 303
    page = client.get(f"/tasks/{share.task_id}").text
    assert "经办：达瓦" in page
    assert "全体联络员 → 达瓦" in page
    assert ("市食安办代" in page.partition("办理记录")[2]) is (name == "office")
    assert give(client, share, "")[0] == 303
    events = session.scalars(select(Event).where(Event.subject == "assignment").order_by(Event.id)).all()
    assert [(event.subject_id, event.verb, event.note) for event in events] == [
        (share.id, "hand_to", "全体联络员 → 达瓦"),
        (share.id, "hand_to", "达瓦 → 全体联络员"),
    ]
    assert [event.after["handler_id"] for event in events] == [colleague.id, None]
    assert share.handler_id is None


def test_the_same_person_again_changes_nothing(
    sign_in: SignIn, session: Session, share: Assignment, colleague: User
) -> None:
    client = sign_in("mangkang")
    for _ in range(2):
        assert give(client, share, colleague.id)[0] == 303
    assert len(session.scalars(select(Event).where(Event.subject == "assignment")).all()) == 1


def test_who_is_not_of_the_unit_cannot_be_chosen(
    sign_in: SignIn, session: Session, share: Assignment, colleague: User, person: Person
) -> None:
    client = sign_in("mangkang")
    head, stranger = person("mangkang-head"), person("karuo")
    for wrong in (head.id, stranger.id, "x", 99999999):
        code, page = give(client, share, wrong)
        assert (code, "指定经办人 11-2 芒康县" in page) == (422, True)
    colleague.is_active = False
    assert give(client, share, colleague.id)[0] == 422
    assert share.handler_id is None


def test_the_action_asks_the_rule_too(
    session: Session, share: Assignment, colleague: User, person: Person, clock: MovableClock
) -> None:
    colleague.is_active = False
    for handler in (person("karuo"), colleague):
        with pytest.raises(Refused):
            hand_to(session, share, handler, by=person("office"), at=clock.now(), today=clock.today())


def test_others_learn_nothing_or_the_reason(sign_in: SignIn, share: Assignment, colleague: User) -> None:
    assert give(sign_in("nongye"), share, colleague.id)[0] == 404
    for name in ("mangkang-head", "leader"):
        code, page = give(sign_in(name), share, colleague.id)
        assert (code, "只有本单位联络员和市食安办可以指定经办人" in page) == (409, True)


def test_where_there_is_no_choice_none_is_offered(sign_in: SignIn, share: Assignment, person: Person) -> None:
    assert "指定经办人" not in sign_in("mangkang").get(f"/tasks/{share.task_id}").text


def test_the_desk_shows_whose_it_is_and_what_is_mine(
    sign_in: SignIn, share: Assignment, colleague: User, person: Person
) -> None:
    client = sign_in("mangkang")
    assert "我经办" in client.get("/desk").text
    give(client, share, colleague.id)
    assert client.get("/desk?view=all").text.count("经办：达瓦") == 1
    assert "没有这样的任务" in client.get("/desk?view=mine").text
    give(client, share, person("mangkang").id)
    page = client.get("/desk?view=mine").text
    assert page.count('class="task"') == 1
    assert "11-2" in page
    colleague.is_active = False
    assert "我经办" not in client.get("/desk").text


def test_who_has_left_handles_nothing(sign_in: SignIn, share: Assignment, colleague: User) -> None:
    share.handler, colleague.is_active = colleague, False
    client = sign_in("mangkang")
    assert "经办：达瓦" not in client.get("/desk?view=all").text
    assert "经办：达瓦" not in client.get(f"/tasks/{share.task_id}").text


def test_a_county_does_not_learn_who_works_in_a_department(
    sign_in: SignIn, session: Session, share: Assignment, person: Person
) -> None:
    lead = session.scalars(
        select(Assignment).where(
            Assignment.unit_id == person("nongye").unit_id, Assignment.task_id != share.task_id
        )
    ).all()
    for each in lead:
        each.handler = person("nongye")
    session.flush()
    assert "经办：" not in sign_in("mangkang").get(f"/tasks/{share.task_id}").text
    assert "经办：" in sign_in("leader").get(f"/tasks/{share.task_id}").text
