"""提醒 in the system itself: the bell, the list, what has been read and what is done since."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.reminders.conftest import FindMilestone, Run
from tests.world import MovableClock, city_moment
from tracker.milestones import actions
from tracker.people.models import User
from tracker.reminders.models import Notice

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]


def told(session: Session, user: User) -> list[Notice]:
    own = select(Notice).where(Notice.user_id == user.id).order_by(Notice.id)
    return list(session.scalars(own))


def bell(html: str) -> str:
    """What the bell of a page shows."""
    return html.partition('class="own bell"')[2].partition("</a>")[0]


def test_who_has_no_address_is_told_in_the_system(
    run: Run, session: Session, person: Person, sign_in: SignIn
) -> None:
    person("mangkang").email = ""
    client = sign_in("mangkang")
    assert "<b>" not in bell(client.get("/desk").text)
    assert "还没有提醒" in client.get("/notices").text
    run("2024-03-25T09:00")
    page = sign_in("mangkang").get("/notices").text
    (notice,) = told(session, person("mangkang"))
    assert "<b>1</b>" in bell(page)
    assert "未读 1 条" in page
    assert f'href="/notices/{notice.id}">2024-03 月报：期限 2024-03-25，今天到期</a>' in page


def test_a_notice_is_read_when_its_link_is_opened(
    run: Run, session: Session, person: Person, sign_in: SignIn, clock: MovableClock
) -> None:
    run("2024-03-25T09:00")
    (notice,) = told(session, person("mangkang"))
    client = sign_in("mangkang")
    assert client.head(f"/notices/{notice.id}").status_code == 303
    assert notice.read_at is None
    answer = client.get(f"/notices/{notice.id}")
    assert (answer.status_code, answer.location) == (303, notice.url)
    assert client.get(notice.url).status_code == 200
    assert notice.read_at == clock.now()
    clock.move_to("2024-03-25T09:10")
    client.get(f"/notices/{notice.id}")
    assert notice.read_at == city_moment("2024-03-25T09:00")
    page = client.get("/notices").text
    assert "没有未读" in page
    assert "<b>" not in bell(page)
    assert sign_in("karuo").get(f"/notices/{notice.id}").status_code == 404


def test_all_that_the_page_showed_is_marked_as_read_and_nothing_of_others(
    run: Run, session: Session, person: Person, sign_in: SignIn
) -> None:
    run("2024-04-24T09:00"), run("2024-04-29T09:00")
    seen, later = told(session, person("mangkang"))[-2:]
    client = sign_in("mangkang")
    assert f'name="through" value="{later.id}"' in client.get("/notices").text
    answer = client.post("/notices/reading", data={"through": seen.id})
    assert (answer.status_code, answer.location) == (303, "/notices")
    own = told(session, person("mangkang"))
    assert [one.read_at is None for one in own] == [False] * (len(own) - 1) + [True]
    assert all(one.read_at is None for one in told(session, person("karuo")))


def test_the_newest_stand_first_and_what_is_done_since_says_so(
    run: Run, session: Session, person: Person, sign_in: SignIn, milestone: FindMilestone
) -> None:
    run("2024-04-24T09:00"), run("2024-04-25T09:00"), run("2024-04-30T09:00")
    row, at = milestone("11-2", "芒康县"), city_moment("2024-04-30T10:00")
    actions.submit(session, row, by=person("mangkang"), at=at, today=at.date())
    client = sign_in("mangkang")
    pages = [client.get(f"/notices?page={number}").text for number in range(1, 6)]
    lines = "".join(pages).split("<li class=")[1:]
    own = told(session, person("mangkang"))
    assert len(lines) == len(own) > 50
    last_day = [one for one in own if one.at == own[-1].at]
    assert all(f'/notices/{one.id}"' in line for one, line in zip(last_day, lines, strict=False))
    assert {"现已提交或办结" in line for line in lines if ">11-2（" in line} == {True}
    assert sum("现已提交或办结" in line for line in lines) == 2


def test_nothing_is_told_to_administrators(sign_in: SignIn) -> None:
    page = sign_in("admin").get("/people")
    assert 'class="own bell"' not in page.text
